import Primitives

/// Takes a map of columns apart: `role=value` between commas. A value with a comma, a `=` or a quote in it stands in
/// quotes, and a quote in it is written twice.
///
/// It works on bytes: a mark that combines with the sign before it must not hide that sign.
struct MapItems {
    struct Value {
        let text: String
        let isQuoted: Bool

        /// What stands between `|`.
        ///
        /// - Throws: `import.bad_map` where one is empty.
        func alternatives(_ name: String) throws(Failure) -> [String] {
            let parts = Array(text.utf8).split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
                .map { MapItems.text($0) }
            guard !parts.contains("") else { throw .importBadMap("A word of “\(name)” is empty.") }
            return parts
        }
    }

    private static let (comma, equals, quote) = (UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "\""))

    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    /// The next item; nil at the end.
    ///
    /// - Throws: `import.bad_map`.
    mutating func next() throws(Failure) -> (name: String, value: Value)? {
        dropBlanks()
        guard !rest.isEmpty else { return nil }
        let sign = rest.firstIndex { $0 == Self.equals || $0 == Self.comma }
        guard let sign, rest[sign] == Self.equals else {
            throw .importBadMap("“\(Self.shown(rest.prefix { $0 != Self.comma }))” has no =.")
        }
        let name = Self.text(rest[..<sign])
        guard !name.isEmpty else { throw .importBadMap("A role before = is missing.") }
        rest = rest[(sign + 1)...]
        dropBlanks()
        let value = rest.first == Self.quote ? try quoted(name) : try plain()
        guard !value.text.isEmpty else {
            throw .importBadMap("“\(name.onOneLine(charactersMax: 40))” has no column.")
        }
        return (name, value)
    }

    private mutating func plain() throws(Failure) -> Value {
        let text = rest.prefix { $0 != Self.comma }
        rest = rest[text.endIndex...].dropFirst()
        guard !text.contains(Self.equals), !text.contains(Self.quote) else {
            throw .importBadMap("“\(Self.shown(text))” needs quotes around it, or a comma in it.")
        }
        return Value(text: Self.text(text), isQuoted: false)
    }

    private mutating func quoted(_ name: String) throws(Failure) -> Value {
        var text: [UInt8] = []
        rest = rest.dropFirst()
        while let end = rest.firstIndex(of: Self.quote) {
            text += rest[..<end]
            rest = rest[(end + 1)...]
            if rest.first == Self.quote {
                text.append(Self.quote)
                rest = rest.dropFirst()
                continue
            }
            dropBlanks()
            guard rest.isEmpty || rest.first == Self.comma else {
                throw .importBadMap("Behind the quotes of “\(name.onOneLine(charactersMax: 40))” a comma is missing.")
            }
            rest = rest.dropFirst()
            return Value(text: Self.text(text[...]), isQuoted: true)
        }
        throw .importBadMap("The quotes of “\(name.onOneLine(charactersMax: 40))” are not closed.")
    }

    private mutating func dropBlanks() { rest = rest.drop { $0 <= UInt8(ascii: " ") } }

    /// Without the blanks around it.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let begun = bytes.drop { $0 <= UInt8(ascii: " ") }
        let end = begun.lastIndex { $0 > UInt8(ascii: " ") } ?? begun.startIndex - 1
        return String(decoding: begun[..<(end + 1)], as: UTF8.self)
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String { text(bytes).onOneLine(charactersMax: 40) }

    /// A value as it is to be written: in quotes where it must be.
    static func quoted(_ text: String) -> String {
        let signs = [comma, equals, quote]
        let isPlain = !text.utf8.contains(where: signs.contains) && text.utf8.first != UInt8(ascii: "#") && text != "-"
        return isPlain ? text : inQuotes(text)
    }

    static func inQuotes(_ text: String) -> String {
        let bytes = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return "\"\(String(decoding: bytes, as: UTF8.self))\""
    }
}

extension String {
    /// For messages: in one line, and not more of it than a person wants to see.
    func onOneLine(charactersMax: Int) -> String {
        let clean = String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                        ? " " : scalar
                }))
        return clean.count <= charactersMax ? clean : "\(clean.prefix(charactersMax))…"
    }
}
