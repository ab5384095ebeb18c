/// An exact decimal number: a price, a quantity, a fee or a profit.
///
/// Fixed point: a whole number of 10⁻¹⁸ in 128 bits, so ±1.7 × 10²⁰ with 18 decimals. Addition is exact;
/// multiplication and division round the last place half away from zero. What does not fit throws
/// `amount.out_of_range`; nothing wraps, and nothing passes through binary floating point.
package struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
    /// The value in units of 10⁻¹⁸.
    package let units: Int128

    package static let decimals = 18
    private static let one: Int128 = 1_000_000_000_000_000_000
    /// The greatest magnitude of a number read from text. It leaves room for sums of a hundred thousand of them.
    package static let inputMax = Amount(whole: 1_000_000_000_000_000)

    package init(units: Int128) { self.units = units }

    package init(whole: Int64) { units = Int128(whole) * Self.one }

    package static let zero = Amount(units: 0)

    /// Reads `[+-]digits[.digits][e[+-]digits]`; the digits before or after the point may be missing, not both. Nil for
    /// anything else, for more than 64 characters, for more than 18 decimals that are not zero, for an exponent outside
    /// ±40, and for magnitudes above `inputMax`. Separators of thousands are the importers' business.
    package init?(_ text: some StringProtocol) {
        let units = text.utf8.withContiguousStorageIfAvailable { Self.parse($0) } ?? Self.parse(Array(text.utf8))
        guard let units else { return nil }
        self.units = units
    }

    private static func parse(_ text: some RandomAccessCollection<UInt8>) -> Int128? {
        guard text.count <= 64 else { return nil }
        var index = text.startIndex
        var negative = false
        if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            negative = text[index] == UInt8(ascii: "-")
            index = text.index(after: index)
        }
        var value: UInt128 = 0
        var digitCount = 0
        var scale = 0
        // Zeros at the end of the decimals are kept out of `value`: forty of them would not fit, and say nothing.
        var zeroCount = 0
        var seenPoint = false
        while index < text.endIndex {
            let unit = text[index]
            if unit >= UInt8(ascii: "0"), unit <= UInt8(ascii: "9") {
                digitCount += 1
                zeroCount += 1
                if !seenPoint || unit != UInt8(ascii: "0") {
                    for _ in 0..<zeroCount {
                        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                        guard !overflow, product < 1 << 126 else { return nil }
                        value = product
                    }
                    value += UInt128(unit - UInt8(ascii: "0"))
                    if seenPoint { scale += zeroCount }
                    zeroCount = 0
                }
            } else if unit == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else {
                break
            }
            index = text.index(after: index)
        }
        guard digitCount > 0 else { return nil }
        if index < text.endIndex {
            guard text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E"),
                let exponent = Int(String(decoding: text[text.index(after: index)...], as: UTF8.self)),
                (-40...40).contains(exponent)
            else { return nil }
            scale -= exponent
        }
        while scale < decimals {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            scale += 1
        }
        while scale > decimals {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { return nil }
            value = quotient
            scale -= 1
        }
        guard value <= UInt128(inputMax.units) else { return nil }
        return negative ? -Int128(value) : Int128(value)
    }

    package var isZero: Bool { units == 0 }
    /// No sum or product gives the least number of 128 bits, whose magnitude does not fit; made of units all the same, it
    /// counts as its neighbour.
    package var magnitude: Amount { units < 0 ? -self : self }
    package static prefix func - (value: Amount) -> Amount { Amount(units: -max(value.units, .min + 1)) }

    package static func < (left: Self, right: Self) -> Bool { left.units < right.units }

    package static func + (left: Self, right: Self) throws(Failure) -> Amount {
        let (units, overflow) = left.units.addingReportingOverflow(right.units)
        guard !overflow, units != .min else { throw .amountOutOfRange }
        return Amount(units: units)
    }

    package static func - (left: Self, right: Self) throws(Failure) -> Amount { try left + -right }

    package static func * (left: Self, right: Self) throws(Failure) -> Amount {
        try scaled(left.units, by: right.units, over: one)
    }

    /// Throws `amount.division_by_zero` for a zero divisor.
    package static func / (left: Self, right: Self) throws(Failure) -> Amount {
        guard right.units != 0 else { throw .divisionByZero }
        return try scaled(left.units, by: one, over: right.units)
    }

    /// `self × part ÷ whole` with a single rounding: a fee shared out, an average price.
    package func scaled(by part: Amount, over whole: Amount) throws(Failure) -> Amount {
        guard whole.units != 0 else { throw .divisionByZero }
        return try Self.scaled(units, by: part.units, over: whole.units)
    }

    private static func scaled(_ value: Int128, by factor: Int128, over divisor: Int128) throws(Failure) -> Amount {
        let negative = ((value < 0) != (factor < 0)) != (divisor < 0)
        let product = value.magnitude.multipliedFullWidth(by: factor.magnitude)
        let quotient: UInt128
        let remainder: UInt128
        if product.high == 0 {
            (quotient, remainder) = product.low.quotientAndRemainder(dividingBy: divisor.magnitude)
        } else {
            guard product.high < divisor.magnitude else { throw .amountOutOfRange }
            (quotient, remainder) = divisor.magnitude.dividingFullWidth(product)
        }
        // Asked before the rounding too, which could carry past 128 bits.
        guard quotient <= UInt128(Int128.max) else { throw .amountOutOfRange }
        let rounded = remainder >= divisor.magnitude - remainder ? quotient + 1 : quotient
        guard rounded <= UInt128(Int128.max) else { throw .amountOutOfRange }
        return Amount(units: negative ? -Int128(rounded) : Int128(rounded))
    }

    /// For ratios and charts only: never add or compare what comes from here.
    ///
    /// `Double(units)` rounds to the same number, but the standard library's way from 128 bits is slow enough to be half
    /// the cost of a page of statistics. So the upper 64 bits are converted, the last of them standing for the rest.
    package var approximate: Double {
        let shift = max(64 - units.magnitude.leadingZeroBitCount, 0)
        let upper = UInt64(truncatingIfNeeded: units.magnitude >> shift)
        let rest: UInt64 = units.magnitude & ((1 << shift) - 1) == 0 ? 0 : 1
        let value = Double(upper | rest) * Double(sign: .plus, exponent: shift, significand: 1)
        return (units < 0 ? -value : value) / 1e18
    }

    /// The canonical form: no exponent, no leading zeros, no trailing zeros after the point, no `-0`.
    package var description: String {
        // At most 21 digits before the point and 18 after it, a sign and the point. Written from the back.
        let capacity = 48
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var begin = capacity
            func prepend(_ byte: UInt8) {
                begin -= 1
                buffer[begin] = byte
            }
            let (whole, remainder) = units.magnitude.quotientAndRemainder(dividingBy: UInt128(Self.one))
            // Less than 10¹⁸.
            var fraction = UInt64(truncatingIfNeeded: remainder)
            if fraction != 0 {
                var isTrailing = true
                for _ in 0..<Self.decimals {
                    let digit = UInt8(truncatingIfNeeded: fraction % 10)
                    fraction /= 10
                    if isTrailing, digit == 0 { continue }
                    isTrailing = false
                    prepend(UInt8(ascii: "0") + digit)
                }
                prepend(UInt8(ascii: "."))
            }
            if let small = UInt64(exactly: whole) {
                var rest = small
                repeat {
                    prepend(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                    rest /= 10
                } while rest != 0
            } else {
                for byte in String(whole).utf8.reversed() { prepend(byte) }
            }
            if units < 0 { prepend(UInt8(ascii: "-")) }
            return String(decoding: UnsafeMutableBufferPointer(rebasing: buffer[begin...]), as: UTF8.self)
        }
    }

    /// Accepts a JSON string. (A JSON number would have lost digits on its way here.)
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let amount = Amount(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a decimal number")
        }
        self = amount
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Failure {
    package static let amountOutOfRange = Failure(
        .invalid, "amount.out_of_range", "An amount is larger than 170 quintillion (1.7e20): check the numbers.")
    package static let divisionByZero = Failure(
        .invalid, "amount.division_by_zero", "An amount was divided by zero: check the quantities.")
}
