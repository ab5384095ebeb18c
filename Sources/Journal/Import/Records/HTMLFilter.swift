/// Leaves out of HTML what is never shown: comments, scripts and styles, whose signs are no tags, and the ends of the
/// page. Their lines stay.
struct HTMLFilter {
    private struct Part {
        let begin: [UInt8]
        /// Blanks may stand before its last sign.
        let end: [UInt8]
        let name: String
    }

    private static let parts = [
        Part(begin: Array("<!--".utf8), end: Array("-->".utf8), name: "comment"),
        Part(begin: Array("<script".utf8), end: Array("</script>".utf8), name: "script"),
        Part(begin: Array("<style".utf8), end: Array("</style>".utf8), name: "style sheet"),
        // Libxml2 would read nothing behind them; browsers do.
        Part(begin: Array("</body".utf8), end: [UInt8(ascii: ">")], name: "tag"),
        Part(begin: Array("</html".utf8), end: [UInt8(ascii: ">")], name: "tag"),
    ]

    /// What may become the beginning of a part, and the same in lower case.
    private var held: [UInt8] = []
    private var folded: [UInt8] = []
    private var part: Part?
    /// How many signs of the part's end were found.
    private var endCount = 0

    private var isInTag = false
    /// The sign that ends the value of an attribute.
    private var quote: UInt8?
    /// The last sign that was let through, but for blanks within a tag.
    private var last: UInt8 = 0

    /// The part that is still open.
    var unclosed: String? { part?.name }

    /// Adds to `text` what is to be read of the next byte and of those before it that were held back. Whether that ends
    /// with the end of a tag.
    mutating func take(_ byte: UInt8, into text: inout [UInt8]) -> Bool {
        if let part {
            leaveOut(byte, part, &text)
            return false
        }
        if isInTag || held.isEmpty && byte != UInt8(ascii: "<") { return pass(byte, &text) }
        held.append(byte)
        folded.append(Self.lowercased(byte))
        if let next = Self.parts.first(where: { $0.begin.starts(with: folded) }) {
            if next.begin.count == folded.count { (part, endCount, held, folded) = (next, 0, [], []) }
            return false
        }
        // Only the first sign of a part is a `<`.
        let isBegin = byte == UInt8(ascii: "<")
        let passed = isBegin ? held.dropLast() : held[...]
        held = isBegin ? [byte] : []
        folded = held
        return passed.reduce(false) { _, byte in pass(byte, &text) }
    }

    mutating func finish(into text: inout [UInt8]) {
        text.append(contentsOf: held)
        held = []
    }

    /// Whether the byte ends a tag. A `>` within the value of an attribute does not.
    private mutating func pass(_ byte: UInt8, _ text: inout [UInt8]) -> Bool {
        text.append(byte)
        guard isInTag else {
            let isName = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            isInTag = last == UInt8(ascii: "<") && (isName || "/!?".utf8.contains(byte))
            last = byte
            return false
        }
        if let end = quote {
            if byte == end { quote = nil }
        } else if byte == UInt8(ascii: ">") {
            isInTag = false
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), last == UInt8(ascii: "=") {
            quote = byte
        }
        if byte > UInt8(ascii: " ") { last = byte }
        return !isInTag
    }

    private mutating func leaveOut(_ byte: UInt8, _ part: Part, _ text: inout [UInt8]) {
        if byte == UInt8(ascii: "\n") { text.append(byte) }
        if endCount == part.end.count - 1, byte <= UInt8(ascii: " "), part.end.count > 3 { return }
        let sign = Self.lowercased(byte)
        while endCount > 0, part.end[endCount] != sign {
            // As `-` in `--->`.
            endCount = endCount > 1 && part.end[endCount - 1] == part.end[0] ? 1 : 0
        }
        if part.end[endCount] == sign { endCount += 1 }
        if endCount == part.end.count { self.part = nil }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
}
