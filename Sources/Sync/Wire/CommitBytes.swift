import Foundation
import Primitives
import SwiftProtobuf

/// The bytes of a commit with another parent and context, and everything else as it stands: operations and fields of
/// later versions come through, and every version makes the same bytes of it.
enum CommitBytes {
    private static let parentField: UInt64 = 2
    private static let contextField: UInt64 = 3

    /// - Throws: `sync.garbage` for bytes that are no message.
    static func replacing(
        parent: CommitHash?, context: [Dot], in bytes: [UInt8]
    ) throws(Failure) -> [UInt8] {
        var head = Daybook_Sync_V1_Commit()
        if let parent { head.parent = Data(parent.bytes) }
        head.context = context.map(\.message)
        var result: [UInt8]
        do {
            result = try head.serializedBytes()
        } catch {
            throw .damagedBody
        }
        guard
            WireCount.forEachPart(
                in: bytes,
                { number, part in if number != parentField, number != contextField { result += part } })
        else { throw .damagedBody }
        return result
    }
}
