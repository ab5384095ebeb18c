/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z. Always UTC; the user's zone is applied at the edge.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The years 1 to 9999, which four digits can write: what lies outside no honest program has told.
    package static let bounds =
        Timestamp(milliseconds: -62_135_596_800_000)...Timestamp(milliseconds: 253_402_300_799_999)

    package var isInBounds: Bool { Self.bounds.contains(self) }

    /// The first or last moment there is where the sum lies beyond it.
    package func adding(milliseconds more: Int64) -> Timestamp {
        let (sum, isTooLarge) = milliseconds.addingReportingOverflow(more)
        return Timestamp(milliseconds: isTooLarge ? (more < 0 ? .min : .max) : sum)
    }

    /// How long after an earlier moment this is; the most that can be told where the two lie farther apart than that.
    package func milliseconds(since earlier: Timestamp) -> Int64 {
        let (difference, isTooLarge) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return isTooLarge ? (self < earlier ? .min : .max) : difference
    }

    /// From a civil date and time in UTC. Nil when a part is out of its range (a 30 February, an hour 24).
    package init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) {
        guard (0...9999).contains(year), (1...12).contains(month), (1...CivilDay.length(of: month, year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
            (0...999).contains(millisecond)
        else { return nil }
        let days = CivilDay(year: year, month: month, day: day).daysSince1970
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + min(second, 59)
        milliseconds = Int64(seconds) * 1000 + Int64(millisecond)
    }

    /// Reads ISO 8601 (RFC 3339): `2026-11-21`, `2026-11-21T09:30[:00[.123456]]` with `Z`, `±hh:mm` or nothing (UTC),
    /// and a blank in place of the `T`. Digits past the millisecond are cut off. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2)
        else { return nil }
        if reader.isAtEnd {
            self.init(year: year, month: month, day: day)
            return
        }
        guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(digits: 2),
            reader.take(":"), let minute = reader.number(digits: 2)
        else { return nil }
        var second = 0
        var millisecond = 0
        if reader.take(":") {
            guard let value = reader.number(digits: 2) else { return nil }
            second = value
            if reader.take(".") || reader.take(",") {
                guard let value = reader.fraction(digits: 3) else { return nil }
                millisecond = value
            }
        }
        var offsetMinutes = 0
        if !reader.isAtEnd, !reader.take("Z"), !reader.take("z") {
            let sign = reader.take("+") ? 1 : reader.take("-") ? -1 : 0
            guard sign != 0, let hours = reader.number(digits: 2), hours < 24 else { return nil }
            let hasColon = reader.take(":")
            let minutes = reader.isAtEnd && !hasColon ? 0 : reader.number(digits: 2)
            guard let minutes, minutes < 60 else { return nil }
            offsetMinutes = sign * (hours * 60 + minutes)
        }
        guard reader.isAtEnd,
            let local = Timestamp(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                millisecond: millisecond)
        else { return nil }
        self = local.adding(milliseconds: -Int64(offsetMinutes) * 60_000)
    }

    /// `2026-11-21T09:30:00.000Z`.
    package var description: String {
        let (days, rest) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDay(daysSince1970: Int(days))
        let time = Int(rest)
        return "\(date)T\(pad(time / 3_600_000, 2)):\(pad(time / 60_000 % 60, 2)):\(pad(time / 1000 % 60, 2))"
            + ".\(pad(time % 1000, 3))Z"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an ISO 8601 time")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A date of the proleptic Gregorian calendar, without a zone.
package struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// The parts are taken as given; use `length(of:_:)` to check them first.
    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Howard Hinnant's `civil_from_days`: eras of 400 years, years that begin in March.
    package init(daysSince1970: Int) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Howard Hinnant's `days_from_civil`.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The number of days of a month, or 0 for a month that does not exist.
    package static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        case 1...12: 31
        default: 0
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.daysSince1970 < right.daysSince1970 }

    /// `2026-11-21`; `-0001-11-21` for a year before 0.
    package var description: String {
        (year < 0 ? "-" : "") + "\(pad(abs(year), 4))-\(pad(month, 2))-\(pad(day, 2))"
    }
}

/// Reads numbers of a fixed width from ASCII text.
struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// At least one digit; those past `digits` are read and dropped.
    mutating func fraction(digits: Int) -> Int? {
        var value = 0
        var count = 0
        while let digit = nextDigit() {
            if count < digits { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, digits)..<digits { value *= 10 }
        return value
    }

    private mutating func nextDigit() -> Int? {
        guard let unit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) else { return nil }
        rest.removeFirst()
        return Int(unit - UInt8(ascii: "0"))
    }
}

extension BinaryInteger {
    /// Quotient rounded towards minus infinity, and the remainder that is never negative.
    package func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// The decimal digits of a number that is not negative, with leading zeros up to `width`.
package func pad(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}
