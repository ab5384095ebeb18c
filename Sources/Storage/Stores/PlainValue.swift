import Primitives
import Sync

/// A field's value as people and programs read it.
package enum PlainValue: Hashable, Sendable {
    case none
    case text(String)
    case integer(Int64)
    case time(Timestamp)
    /// Of a later version.
    case unknown

    /// - Parameter field: whose name tells what an integer counts.
    package init(_ value: Value, field: String) {
        self =
            switch value {
            case .null: .none
            case .text(let text): .text(text)
            // A moment beyond all bounds is shown as the number that it is.
            case .integer(let integer) where field.hasSuffix("_ms") && Timestamp(milliseconds: integer).isInBounds:
                .time(Timestamp(milliseconds: integer))
            case .integer(let integer): .integer(integer)
            case .bytes(let bytes): .text(EntityID(bytes: bytes)?.description ?? Hex.encode(bytes))
            case .opaque: .unknown
            }
    }
}
