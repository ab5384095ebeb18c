/// Leaves out of HTML what is never shown: comments, scripts and styles, whose signs are no tags. Their lines stay.
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
    ]

    /// What may become the beginning of a part, and the same in lower case.
    private var held: [UInt8] = []
    private var folded: [UInt8] = []
    private var part: Part?
    /// How many signs of the part's end were found.
    private var endCount = 0

    /// The part that is still open.
    var unclosed: String? { part?.name }

    /// Adds to `text` what is left of the bytes.
    mutating func feed(_ bytes: [UInt8], into text: inout [UInt8]) {
        for byte in bytes {
            if let part { leaveOut(byte, part, &text) } else { take(byte, &text) }
        }
    }

    mutating func finish(into text: inout [UInt8]) {
        text.append(contentsOf: held)
        held = []
    }

    private mutating func take(_ byte: UInt8, _ text: inout [UInt8]) {
        if held.isEmpty, byte != UInt8(ascii: "<") { return text.append(byte) }
        folded.append(byte | (byte >= 0x41 && byte <= 0x5a ? 0x20 : 0))
        held.append(byte)
        guard let next = Self.parts.first(where: { $0.begin.starts(with: folded) }) else {
            // Only the first sign of a part is a `<`.
            let isBegin = byte == UInt8(ascii: "<")
            text.append(contentsOf: isBegin ? held.dropLast() : held[...])
            held = isBegin ? [byte] : []
            folded = held
            return
        }
        guard next.begin.count == folded.count else { return }
        (part, endCount, held, folded) = (next, 0, [], [])
    }

    private mutating func leaveOut(_ byte: UInt8, _ part: Part, _ text: inout [UInt8]) {
        if byte == UInt8(ascii: "\n") { text.append(byte) }
        let sign = byte | (byte >= 0x41 && byte <= 0x5a ? 0x20 : 0)
        if endCount == part.end.count - 1, sign <= UInt8(ascii: " "), endCount > 2 { return }
        while endCount > 0, part.end[endCount] != sign {
            // As `-` in `--->`.
            endCount = endCount > 1 && part.end[endCount - 1] == part.end[0] ? 1 : 0
        }
        if part.end[endCount] == sign { endCount += 1 }
        if endCount == part.end.count { self.part = nil }
    }
}
