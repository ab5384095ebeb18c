import Primitives

/// Which sign parts the whole from the decimals.
package enum NumberForm: String, Hashable, Sendable, CaseIterable {
    case point, comma

    var decimal: UInt8 { self == .point ? UInt8(ascii: ".") : UInt8(ascii: ",") }
    /// What may stand before each third digit of the whole part.
    var thousands: UInt8 { self == .point ? UInt8(ascii: ",") : UInt8(ascii: ".") }
}

/// What the numbers of a file say of their form.
struct NumberEvidence {
    private(set) var pointCount = 0
    private(set) var commaCount = 0
    /// Like `1.234` and `1,234`, which may be one and a bit or more than a thousand.
    private(set) var openPoint: String?
    private(set) var openComma: String?

    mutating func add(_ field: FieldBytes) {
        var first = -1
        var last = -1
        var count = 0
        var sign: UInt8 = 0
        var isMixed = false
        for index in 0..<field.count {
            let byte = field[index]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
                if count == 0 {
                    first = index
                    sign = byte
                } else if byte != sign {
                    isMixed = true
                }
                last = index
                count += 1
            } else if !byte.isDigit, byte != UInt8(ascii: "-"), byte != UInt8(ascii: "+") {
                // Letters follow a number: a coin or an exponent. Anything before them counts.
                if count == 0 || byte.asciiLowercased != byte || byte.asciiUppercased != byte || byte >= 0x80 {
                    addParts(field, first, last, index, count, sign, isMixed)
                    return
                }
            }
        }
        addParts(field, first, last, field.count, count, sign, isMixed)
    }

    private mutating func addParts(
        _ field: FieldBytes, _ first: Int, _ last: Int, _ end: Int, _ count: Int, _ sign: UInt8, _ isMixed: Bool
    ) {
        guard count > 0 else { return }
        let comma = UInt8(ascii: ",")
        if isMixed {
            // The other sign must stand once, and last.
            let tail = field[last]
            guard (0..<end).count(where: { field[$0] == tail }) == 1 else { return }
            note(tail)
            return
        }
        if count > 1 {
            note(sign == comma ? UInt8(ascii: ".") : comma)
            return
        }
        var start = 0
        while start < first, !field[start].isDigit { start += 1 }
        let whole = first - start
        let isOpen = end - first - 1 == 3 && (1...3).contains(whole) && field[start] != UInt8(ascii: "0")
        guard isOpen else { return note(sign) }
        let text = FieldBytes(rebasing: field[..<end]).text
        if sign == comma { openComma = openComma ?? text } else { openPoint = openPoint ?? text }
    }

    private mutating func note(_ decimal: UInt8) {
        if decimal == UInt8(ascii: ",") { commaCount += 1 } else { pointCount += 1 }
    }
}
