import Primitives

/// A signed whole number of 256 bits, wide enough for sums of products of two amounts.
///
/// Price times quantity has up to 36 decimals; rounding each product to 18 would make the figures of a round trip depend
/// on how the exchange happened to slice an order. So products are summed exactly, in units of 10⁻³⁶, and rounded once,
/// when a figure is read. Amounts within `Amount.inputMax` leave room for 2³⁴ products.
struct WideInteger: Hashable, Sendable {
    private(set) var high: Int128
    private(set) var low: UInt128
    /// True once a sum has left the 256 bits. It stays true: the number means nothing any more.
    private(set) var isOverflowed = false

    static let zero = WideInteger(0)

    init(_ value: Int128) {
        high = value < 0 ? -1 : 0
        low = UInt128(truncatingIfNeeded: value)
    }

    init(_ left: Int128, times right: Int128) {
        let product = left.magnitude.multipliedFullWidth(by: right.magnitude)
        high = Int128(truncatingIfNeeded: product.high)
        low = product.low
        if (left < 0) != (right < 0) { negate() }
    }

    /// `left × right ÷ divisor`, rounded half away from zero. Nil when the divisor is not above zero.
    init?(_ left: Int128, times right: Int128, over divisor: Int128) {
        guard divisor > 0 else { return nil }
        let (quotient, remainder) = Self.divide(
            left.magnitude.multipliedFullWidth(by: right.magnitude), by: divisor.magnitude)
        self.init(magnitude: quotient)
        if remainder >= divisor.magnitude - remainder { self += Self(1) }
        if (left < 0) != (right < 0) { negate() }
    }

    private init(magnitude: (high: UInt128, low: UInt128)) {
        high = Int128(truncatingIfNeeded: magnitude.high)
        low = magnitude.low
    }

    var isZero: Bool { high == 0 && low == 0 }
    var isNegative: Bool { high < 0 }

    static func += (left: inout Self, right: Self) {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        let (sum, overflow) = left.high.addingReportingOverflow(right.high)
        let (high, carryOverflow) = sum.addingReportingOverflow(carry ? 1 : 0)
        left.low = low
        left.high = high
        if overflow || carryOverflow || right.isOverflowed { left.isOverflowed = true }
    }

    @inline(__always)
    fileprivate mutating func addSmall(_ value: UInt128) {
        let (sum, carry) = low.addingReportingOverflow(value)
        low = sum
        if carry {
            let (upper, overflow) = high.addingReportingOverflow(1)
            high = upper
            isOverflowed = isOverflowed || overflow
        }
    }

    static func -= (left: inout Self, right: Self) { left += -right }

    static func - (left: Self, right: Self) -> Self {
        var difference = left
        difference -= right
        return difference
    }

    static prefix func - (value: Self) -> Self {
        var negated = value
        negated.negate()
        return negated
    }

    private mutating func negate() {
        let (sum, carry) = (~low).addingReportingOverflow(1)
        low = sum
        high = ~high &+ (carry ? 1 : 0)
    }

    private var magnitude: (high: UInt128, low: UInt128) {
        let value = high < 0 ? -self : self
        return (UInt128(bitPattern: value.high), value.low)
    }

    /// The number itself, or nil when 128 signed bits do not hold it.
    var narrowed: Int128? {
        let value = Int128(truncatingIfNeeded: low)
        return !isOverflowed && high == (value < 0 ? -1 : 0) ? value : nil
    }

    /// `self ÷ divisor`, rounded half away from zero. Nil when the quotient does not fit or the divisor is not above
    /// zero.
    func divided(by divisor: Int128) -> Int128? {
        guard !isOverflowed, divisor > 0 else { return nil }
        let (quotient, remainder) = Self.divide(magnitude, by: divisor.magnitude)
        guard quotient.high == 0, quotient.low <= UInt128(Int128.max) else { return nil }
        let rounded = remainder >= divisor.magnitude - remainder ? quotient.low + 1 : quotient.low
        guard rounded <= UInt128(Int128.max) else { return nil }
        return high < 0 ? -Int128(rounded) : Int128(rounded)
    }

    /// `self ÷ divisor` of numbers that are not negative, to 126 bits and rounded half up. Nil when the quotient does not
    /// fit or the divisor is zero.
    func ratio(to divisor: WideInteger) -> Int128? {
        guard !isOverflowed, !divisor.isOverflowed, high >= 0, divisor.high >= 0 else { return nil }
        let bits =
            divisor.high > 0 ? 256 - divisor.high.leadingZeroBitCount : 128 - divisor.low.leadingZeroBitCount
        let shift = max(0, bits - 127)
        return shifted(down: shift).divided(by: Int128(truncatingIfNeeded: divisor.shifted(down: shift).low))
    }

    /// Of a number that is not negative; by 128 bits at most.
    private func shifted(down count: Int) -> WideInteger {
        let high = UInt128(bitPattern: high)
        return Self(magnitude: (high >> count, high << (128 - count) | low >> count))
    }

    /// `self ÷ divisor` for a number that is not negative, where nothing is left over; nil otherwise.
    func exactQuotient(by divisor: Int128) -> Int128? {
        guard !isOverflowed, high >= 0, divisor > 0 else { return nil }
        let (quotient, remainder) = Self.divide(magnitude, by: divisor.magnitude)
        guard remainder == 0, quotient.high == 0 else { return nil }
        return Int128(exactly: quotient.low)
    }

    /// `self × part ÷ whole` for a number that is not negative and `0 ≤ part ≤ whole`, rounded half up. Nil outside that.
    func scaled(by part: Int128, over whole: Int128) -> WideInteger? {
        guard !isOverflowed, high >= 0, whole > 0, part >= 0, part <= whole else { return nil }
        // self = quotient × whole + rest, so the result is quotient × part + rest × part ÷ whole, and each step fits.
        let (quotient, rest) = Self.divide(magnitude, by: whole.magnitude)
        let lower = quotient.low.multipliedFullWidth(by: part.magnitude)
        var result = Self(magnitude: (quotient.high &* part.magnitude &+ lower.high, lower.low))
        let shared = Self.divide(rest.multipliedFullWidth(by: part.magnitude), by: whole.magnitude)
        result += Self(magnitude: (0, shared.quotient.low))
        if shared.remainder >= whole.magnitude - shared.remainder { result += Self(1) }
        return result
    }

    private static func divide(
        _ value: (high: UInt128, low: UInt128), by divisor: UInt128
    ) -> (quotient: (high: UInt128, low: UInt128), remainder: UInt128) {
        guard value.high != 0 else {
            let (quotient, remainder) = value.low.quotientAndRemainder(dividingBy: divisor)
            return ((0, quotient), remainder)
        }
        let (high, carried) = value.high.quotientAndRemainder(dividingBy: divisor)
        let (low, remainder) = divisor.dividingFullWidth((carried, value.low))
        return ((high, low), remainder)
    }
}

extension Amount {
    /// The product of two numbers that are not negative; nil where it has more decimals than there are, or is too large.
    package func exactly(times factor: Amount) -> Amount? {
        WideInteger(units, times: factor.units).exactQuotient(by: Amount(whole: 1).units).map(Amount.init(units:))
    }
}

extension WideInteger {
    /// Adds the square of a number; quicker where it is of 64 bits.
    @inline(__always)
    mutating func addSquare(of value: Int128) {
        guard let narrow = Int64(exactly: value) else {
            self += Self(value, times: value)
            return
        }
        let product = narrow.magnitude.multipliedFullWidth(by: narrow.magnitude)
        addSmall(UInt128(product.high) << 64 | UInt128(product.low))
    }

    /// Times a number that is not negative.
    func multiplied(by factor: Int64) -> Self {
        var product = Self.zero
        var power = self
        var rest = factor
        while rest > 0 {
            if rest & 1 == 1 { product += power }
            rest >>= 1
            if rest > 0 { power += power }
        }
        return product
    }

    /// The nearest double but for a few units in its last place. Nil when the number has overflowed.
    var approximate: Double? {
        guard !isOverflowed else { return nil }
        // Int128 converts slowly but exactly enough; the lower half is never negative.
        return Double(high) * 0x1p128 + Double(low)
    }

    /// Units of 10⁻³⁶ read as an amount, rounded half away from zero. Nil when it is larger than an amount can be.
    var amount: Amount? { divided(by: 1_000_000_000_000_000_000).map(Amount.init(units:)) }
}
