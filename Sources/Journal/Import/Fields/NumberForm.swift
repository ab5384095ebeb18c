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
        var (signCount, otherCount, before, after) = (0, 0, 0, 0)
        var (sign, last) = (UInt8(0), UInt8(0))
        var startsWithZero = false
        var end = 0
        for byte in field {
            // Letters follow a number: a coin or an exponent.
            guard byte >= 0x80 || byte.asciiLowercased == byte.asciiUppercased else { break }
            end += 1
            if byte.isDigit {
                if signCount == 0 {
                    if before == 0 { startsWithZero = byte == UInt8(ascii: "0") }
                    before += 1
                } else {
                    after += 1
                }
            } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
                if signCount == 0 { sign = byte }
                if byte != sign { otherCount += 1 }
                last = byte
                signCount += 1
                after = 0
            }
        }
        guard signCount > 0 else { return }
        let comma = UInt8(ascii: ",")
        if otherCount > 0 {
            // The other sign must stand once, and last.
            if otherCount == 1, last != sign { note(last) }
        } else if signCount > 1 {
            note(sign == comma ? UInt8(ascii: ".") : comma)
        } else if after != 3 || !(1...3).contains(before) || startsWithZero {
            note(sign)
        } else {
            let text = FieldBytes(rebasing: field[..<end]).text
            if sign == comma { openComma = openComma ?? text } else { openPoint = openPoint ?? text }
        }
    }

    private mutating func note(_ decimal: UInt8) {
        if decimal == UInt8(ascii: ",") { commaCount += 1 } else { pointCount += 1 }
    }
}
