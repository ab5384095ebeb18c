/// A JSON value on its way out, to a script or a caller. Keys are sorted, amounts are strings, times are ISO 8601 in UTC,
/// so equal journals print equal bytes.
package enum JSON: Hashable, Sendable {
    case null
    case flag(Bool)
    case integer(Int64)
    /// A ratio. What is not finite prints as null.
    case ratio(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    package static func count(_ value: Int) -> JSON { .integer(Int64(value)) }
    package static func text(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
    package static func integer(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
    package static func ratio(_ value: Double?) -> JSON { value.map { .ratio($0) } ?? .null }
    package static func amount(_ value: Amount?) -> JSON { value.map { .text($0.description) } ?? .null }
    package static func time(_ value: Timestamp?) -> JSON { value.map { .text($0.description) } ?? .null }
    package static func id(_ value: ID<some Any>) -> JSON { .text(value.description) }
    package static func id<Noun>(_ value: ID<Noun>?) -> JSON { value.map { .text($0.description) } ?? .null }

    package static func texts(_ texts: some Sequence<String>) -> JSON { .list(texts.map { .text($0) }) }

    /// Two blanks for each level; no line break at the end.
    package var description: String {
        var text = ""
        append(to: &text, indent: "", isCompact: false)
        return text
    }

    /// Without a blank.
    package var compact: String {
        var text = ""
        append(to: &text, indent: "", isCompact: true)
        return text
    }

    private func append(to text: inout String, indent: String, isCompact: Bool) {
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let integer): text += String(integer)
        case .ratio(let ratio): text += ratio.isFinite ? Self.number(ratio) : "null"
        case .text(let string): JSONText.append(string, to: &text)
        case .list(let items):
            Self.append(items, "[", "]", to: &text, indent, isCompact) { item, text, indent in
                item.append(to: &text, indent: indent, isCompact: isCompact)
            }
        case .object(let fields):
            let sorted = fields.sorted { $0.key < $1.key }
            Self.append(sorted, "{", "}", to: &text, indent, isCompact) { field, text, indent in
                JSONText.append(field.key, to: &text)
                text += isCompact ? ":" : ": "
                field.value.append(to: &text, indent: indent, isCompact: isCompact)
            }
        }
    }

    private static func append<Item>(
        _ items: [Item], _ begin: String, _ end: String, to text: inout String, _ indent: String, _ isCompact: Bool,
        _ append: (Item, inout String, _ indent: String) -> Void
    ) {
        text += begin
        let inner = isCompact ? "" : indent + "  "
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if !isCompact { text += "\n" + inner }
            append(item, &text, inner)
        }
        if !isCompact, !items.isEmpty { text += "\n" + indent }
        text += end
    }

    /// The shortest digits that read back as the same number; whole numbers without a point.
    private static func number(_ ratio: Double) -> String {
        ratio == ratio.rounded() && ratio.magnitude < 1e15 ? String(Int64(ratio)) : ratio.description
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral integer: Int64) { self = .integer(integer) }
    package init(floatLiteral ratio: Double) { self = .ratio(ratio) }
    package init(booleanLiteral flag: Bool) { self = .flag(flag) }
    package init(arrayLiteral list: JSON...) { self = .list(list) }
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Dictionary(members) { first, _ in first })
    }
    package init(nilLiteral: ()) { self = .null }
}
