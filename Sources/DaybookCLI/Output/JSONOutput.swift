import Foundation
import Primitives

/// A JSON value on its way to a script: keys sorted, amounts as strings, times as ISO 8601 in UTC, so that equal journals
/// print equal bytes.
enum JSON: Sendable {
    case null
    case flag(Bool)
    case integer(Int64)
    /// A ratio. What is not finite prints as null.
    case ratio(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    static func count(_ value: Int) -> JSON { .integer(Int64(value)) }
    static func text(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
    static func integer(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
    static func ratio(_ value: Double?) -> JSON { value.map { .ratio($0) } ?? .null }
    static func amount(_ value: Amount?) -> JSON { value.map { .text($0.description) } ?? .null }
    static func time(_ value: Timestamp?) -> JSON { value.map { .text($0.description) } ?? .null }
    static func id(_ value: ID<some Any>) -> JSON { .text(value.description) }
    static func id<Noun>(_ value: ID<Noun>?) -> JSON { value.map { .text($0.description) } ?? .null }

    /// Prints the value and a line break on standard output.
    func printed() {
        var text = ""
        append(to: &text, indent: "")
        print(text)
    }

    /// Two blanks for each level; no line break at the end.
    var description: String {
        var text = ""
        append(to: &text, indent: "")
        return text
    }

    private func append(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let integer): text += String(integer)
        case .ratio(let ratio): text += ratio.isFinite ? Self.number(ratio) : "null"
        case .text(let string): JSONText.append(string, to: &text)
        case .list(let items) where items.isEmpty: text += "[]"
        case .list(let items):
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += indent + "  "
                item.append(to: &text, indent: indent + "  ")
                text += index < items.count - 1 ? ",\n" : "\n"
            }
            text += indent + "]"
        case .object(let fields) where fields.isEmpty: text += "{}"
        case .object(let fields):
            text += "{\n"
            for (index, key) in fields.keys.sorted().enumerated() {
                text += indent + "  "
                JSONText.append(key, to: &text)
                text += ": "
                (fields[key] ?? .null).append(to: &text, indent: indent + "  ")
                text += index < fields.count - 1 ? ",\n" : "\n"
            }
            text += indent + "}"
        }
    }

    /// The shortest digits that read back as the same number; whole numbers without a point.
    private static func number(_ ratio: Double) -> String {
        ratio == ratio.rounded() && ratio.magnitude < 1e15 ? String(Int64(ratio)) : ratio.description
    }
}
