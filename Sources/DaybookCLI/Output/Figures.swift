import Primitives

/// Numbers for people: rounded for the eye, never for a sum.
enum Figures {
    /// Money: two decimals, or three digits that say something when it is less than one.
    static func money(_ amount: Amount?) -> String {
        guard let amount else { return "" }
        guard amount.magnitude < Amount(whole: 1), !amount.isZero else { return rounded(amount, decimals: 2) }
        var decimals = 2
        var least = Amount(units: 100_000_000_000_000_000)
        while amount.magnitude < least, decimals < Amount.decimals {
            least = Amount(units: least.units / 10)
            decimals += 1
        }
        guard decimals > 2 else { return rounded(amount, decimals: 2) }
        return rounded(amount, decimals: min(decimals + 1, Amount.decimals), isTrimmed: true)
    }

    /// A price or a quantity as it is; of a long one, as averages are, the first digits.
    static func price(_ amount: Amount?, digits: Int = 8) -> String {
        guard let amount else { return "" }
        let whole = String(amount.magnitude.units / Amount(whole: 1).units)
        var decimals = max(digits - whole.utf8.count, 2)
        if whole == "0" {
            var least = Amount(whole: 1)
            while amount.magnitude < least, decimals < Amount.decimals {
                least = Amount(units: least.units / 10)
                decimals += 1
            }
        }
        return rounded(amount, decimals: min(decimals, Amount.decimals), isTrimmed: true)
    }

    /// As `money`, with a plus sign before a profit.
    static func profit(_ amount: Amount?) -> String {
        guard let amount else { return "" }
        return (amount > .zero ? "+" : "") + money(amount)
    }

    static func style(_ amount: Amount?) -> Terminal.Style? {
        guard let amount, !amount.isZero else { return nil }
        return amount > .zero ? .green : .red
    }

    /// A ratio with two decimals; a dash where it is not defined.
    static func ratio(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "–" }
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e15 else { return "\(value)" }
        let whole = Int64(hundredths.magnitude)
        return (hundredths < 0 ? "-" : "") + "\(whole / 100).\(pad(Int(whole % 100), 2))"
    }

    /// A fraction as a percentage with one decimal; a dash where it is not defined.
    static func percent(_ value: Double?) -> String {
        guard let value, value.isFinite, value.magnitude < 1e12 else { return "–" }
        let tenths = (value * 1000).rounded()
        let whole = Int64(tenths.magnitude)
        return (tenths < 0 ? "-" : "") + "\(whole / 10).\(whole % 10) %"
    }

    static func multiple(_ r: Double?) -> String { r.map { ratio($0) + "R" } ?? "" }

    /// `2d 3h`, `4h 10m`, `35s`.
    static func duration(milliseconds: Double) -> String {
        guard milliseconds.isFinite else { return "–" }
        let seconds = Int64(min(max(milliseconds, 0) / 1000, 1e15))
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(days)d \(hours)h" }
        if hours > 0 { return "\(hours)h \(minutes)m" }
        return minutes > 0 ? "\(minutes)m \(seconds % 60)s" : "\(seconds)s"
    }

    static func bytes(_ count: Int64?) -> String {
        guard let count else { return "–" }
        if count < 1024 { return "\(count) B" }
        if count < 1 << 20 { return "\(count >> 10) KiB" }
        return ratio(Double(count) / Double(1 << 20)) + " MiB"
    }

    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// Half away from zero.
    private static func rounded(_ amount: Amount, decimals: Int, isTrimmed: Bool = false) -> String {
        var step: Int128 = 1
        for _ in decimals..<Amount.decimals { step *= 10 }
        let magnitude = amount.magnitude.units
        let count = magnitude / step + (magnitude % step >= step - magnitude % step ? 1 : 0)
        let (units, isTooLarge) = count.multipliedReportingOverflow(by: step)
        guard !isTooLarge else { return amount.description }
        let text = Amount(units: units).description
        let sign = amount.units < 0 && count > 0 ? "-" : ""
        guard !isTrimmed else { return sign + text }
        let point = text.firstIndex(of: ".")
        let have = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        return sign + text + (point == nil ? "." : "") + String(repeating: "0", count: decimals - have)
    }
}
