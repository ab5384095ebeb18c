import Foundation
import Primitives

/// The bytes of one file or of standard input, piece by piece.
final class ImportSource {
    let name: String
    /// In bytes; zero when it is not known before the end, as for a pipe.
    let size: Int64
    /// What the format is told by.
    let head: [UInt8]
    private let handle: FileHandle

    private static let chunkBytes = 256 << 10

    /// - Parameter path: of a file, or `-` for standard input.
    /// - Throws: `file.not_found`.
    init(_ path: String) throws {
        if path == "-" {
            name = "standard input"
            handle = .standardInput
            size = 0
        } else {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let attributes, attributes[.type] as? FileAttributeType != .typeDirectory,
                let handle = FileHandle(forReadingAtPath: path)
            else { throw Failure(.notFound, "file.not_found", "There is no file \(path), or it cannot be read.") }
            name = URL(fileURLWithPath: path).lastPathComponent
            self.handle = handle
            size = (attributes[.size] as? Int).map(Int64.init) ?? 0
        }
        var head: [UInt8] = []
        while head.count < Self.chunkBytes {
            guard let more = try handle.read(upToCount: Self.chunkBytes - head.count), !more.isEmpty else { break }
            head += more
        }
        self.head = head
    }

    /// The whole source from its beginning. To be asked for once: a pipe cannot be read twice.
    func chunks() -> () throws -> [UInt8]? {
        var isFirst = true
        return { [handle, head] in
            if isFirst {
                isFirst = false
                return head.isEmpty ? nil : head
            }
            guard let data = try handle.read(upToCount: Self.chunkBytes), !data.isEmpty else { return nil }
            return [UInt8](data)
        }
    }
}
