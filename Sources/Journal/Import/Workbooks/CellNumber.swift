/// A number as a workbook keeps it: the digits of a binary number, of which spreadsheets show fifteen.
///
/// `0.30000000000000004` is shown as 0.3, and so it is read. All is done in decimal digits; nothing is made binary again.
struct CellNumber {
    /// How its decimals are parted.
    enum Notation {
        /// As `0.5` or `0,5`.
        case sign(NumberForm)
        /// As `5E-1`, which no sign can make another number.
        case neutral
    }

    /// As many digits as spreadsheets show; they keep no more of what is typed in.
    static let digitsMax = 15
    /// Binary numbers go no further.
    private static let exponentMax = 330
    private static let bytesMax = 400

    private var isNegative = false
    /// Without zeros at either end; none for zero.
    private var digits: [UInt8] = []
    /// The power of ten of the last digit.
    private var exponent = 0

    /// Nil for what is no number: `1.5E-7` is one, `+1`, `1,5` and blanks are none.
    init?(_ text: [UInt8]) {
        guard text.count <= Self.bytesMax else { return nil }
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest.removeFirst()
        }
        var hasPoint = false
        var count = 0
        while let byte = rest.first, byte.isDigit || byte == UInt8(ascii: "."), !(hasPoint && !byte.isDigit) {
            rest.removeFirst()
            guard byte.isDigit else {
                hasPoint = true
                continue
            }
            count += 1
            if hasPoint { exponent -= 1 }
            if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte - UInt8(ascii: "0")) }
        }
        guard count > 0 else { return nil }
        if let mark = rest.first {
            rest.removeFirst()
            let power = String(decoding: rest, as: UTF8.self)
            guard mark == UInt8(ascii: "E") || mark == UInt8(ascii: "e"), let power = Int(power),
                abs(power) <= Self.exponentMax
            else { return nil }
            exponent += power
        }
        round()
    }

    private mutating func round() {
        if digits.count > Self.digitsMax {
            let isUp = digits[Self.digitsMax] >= 5
            exponent += digits.count - Self.digitsMax
            digits.removeSubrange(Self.digitsMax...)
            if isUp {
                while digits.last == 9 {
                    digits.removeLast()
                    exponent += 1
                }
                if let last = digits.popLast() { digits.append(last + 1) } else { digits = [1] }
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (exponent, isNegative) = (0, false) }
    }

    /// As a file of text would have it.
    ///
    /// What has more than fifteen digits before the point is written with an exponent, as `1.5E+18`: its last digits may
    /// have been another's, so that it is no id.
    func text(_ notation: Notation) -> [UInt8] {
        var plain = isNegative ? [UInt8(ascii: "-")] : []
        let signs = digits.map { $0 + UInt8(ascii: "0") }
        let wholeCount = digits.count + exponent
        switch notation {
        case _ where digits.isEmpty: plain.append(UInt8(ascii: "0"))
        case _ where exponent >= 0 && wholeCount <= Self.digitsMax:
            plain += signs + Array(repeating: UInt8(ascii: "0"), count: exponent)
        case .neutral: plain += signs + Array((exponent < 0 ? "E\(exponent)" : "E+\(exponent)").utf8)
        case .sign(let form) where wholeCount > Self.digitsMax:
            plain += signs.prefix(1) + (signs.count > 1 ? [form.decimal] + signs.dropFirst() : [])
            plain += Array("E+\(wholeCount - 1)".utf8)
        case .sign(let form):
            let all = Array(repeating: UInt8(ascii: "0"), count: max(0, 1 - wholeCount)) + signs
            plain += all.dropLast(-exponent) + [form.decimal] + all.suffix(-exponent)
        }
        return plain
    }
}
