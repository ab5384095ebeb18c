import Primitives

/// Which number comes first in a date like `03/04/2026`. Hyperliquid writes dates as the trader's browser does.
package enum DateOrder: Hashable, Sendable { case monthFirst, dayFirst }

/// Reads times as exchanges write them:
///
/// - ISO 8601, with a blank or a `T`, with or without a zone: `2026-11-21 09:30:00.1234`
/// - with a year of two digits: `26-11-21 09:30:00`
/// - time first: `09:30 2026-11-21`
/// - with slashes: `11/21/2026 - 09:30:00`, `11/21/2026, 9:30:00 PM`, `2026/11/21 09:30`
/// - since 1970, in seconds, milli-, micro- or nanoseconds, told apart by their size
///
/// A time without a zone is taken to be `offsetMinutes` ahead of UTC. Digits past the millisecond are cut off.
struct FieldTime: Hashable, Sendable {
    /// The day of Bitcoin's genesis block: what claims to be older is a misread column.
    static let earliest = Timestamp(milliseconds: 1_230_940_800_000)
    static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    var dateOrder = DateOrder.monthFirst
    var offsetMinutes = 0

    enum Outcome { case time(Timestamp), unreadable, tooEarly }

    func read(_ field: FieldBytes) -> Outcome {
        guard let milliseconds = sinceEpoch(field) ?? civil(field) else { return .unreadable }
        let time = Timestamp(milliseconds: milliseconds)
        guard time <= Self.latest else { return .unreadable }
        return time < Self.earliest ? .tooEarly : .time(time)
    }

    /// The first two numbers of a date with slashes that does not begin with the year. Nil for other dates.
    static func slashedDate(_ field: FieldBytes) -> (first: Int, second: Int)? {
        var cursor = FieldCursor(field)
        guard let first = cursor.number(digits: 1...2), cursor.take("/") || cursor.take("."),
            let second = cursor.number(digits: 1...2), cursor.take("/") || cursor.take(".")
        else { return nil }
        return (first, second)
    }

    private func sinceEpoch(_ field: FieldBytes) -> Int64? {
        var value: Int64 = 0
        var index = 0
        while index < field.count, field[index].isDigit {
            guard index < 19, value <= 922_337_203_685_477_579 else { return nil }
            value = value * 10 + Int64(field[index] - UInt8(ascii: "0"))
            index += 1
        }
        // Eight digits are a date without dashes, and no exchange writes those.
        guard index >= 9 else { return nil }
        var fraction: Int64 = 0
        if index < field.count {
            guard field[index] == UInt8(ascii: "."), index + 1 < field.count else { return nil }
            var scale: Int64 = 100
            for byte in field[(index + 1)...] {
                guard byte.isDigit else { return nil }
                fraction += Int64(byte - UInt8(ascii: "0")) * scale
                scale /= 10
            }
        }
        return switch value {
        case ..<100_000_000_000: value * 1000 + fraction
        case ..<100_000_000_000_000: value
        case ..<100_000_000_000_000_000: value / 1000
        default: value / 1_000_000
        }
    }

    private func civil(_ field: FieldBytes) -> Int64? {
        var cursor = FieldCursor(field)
        var clock: Clock?
        if field.count > 2, field[1] == UInt8(ascii: ":") || field[2] == UInt8(ascii: ":") {
            clock = cursor.clock()
            guard clock != nil, cursor.takeBlanks() else { return nil }
        }
        guard let date = date(&cursor) else { return nil }
        var offset = offsetMinutes
        if clock == nil, !cursor.isAtEnd {
            if !cursor.take("T"), !cursor.take("t") {
                _ = cursor.take(",")
                _ = cursor.takeBlanks()
                if cursor.take("-") { _ = cursor.takeBlanks() }
            }
            clock = cursor.clock()
            guard clock != nil else { return nil }
        }
        if let zone = cursor.zoneMinutes() { offset = zone }
        guard cursor.isAtEnd else { return nil }
        let time = clock ?? Clock()
        guard
            let local = Timestamp(
                year: date.year, month: date.month, day: date.day, hour: time.hour, minute: time.minute,
                second: time.second, millisecond: time.millisecond)
        else { return nil }
        return local.milliseconds - Int64(offset) * 60_000
    }

    private func date(_ cursor: inout FieldCursor) -> CivilDay? {
        guard let (first, digits) = cursor.numberAndLength(digits: 1...4), let separator = cursor.takeAny("-/."),
            let second = cursor.number(digits: 1...2), cursor.takeByte(separator)
        else { return nil }
        if digits == 4 {
            guard let day = cursor.number(digits: 1...2) else { return nil }
            return CivilDay(year: first, month: second, day: day)
        }
        guard let (third, lastDigits) = cursor.numberAndLength(digits: 1...4), digits <= 2 else { return nil }
        if separator == UInt8(ascii: "-"), lastDigits <= 2 {
            return CivilDay(year: 2000 + first, month: second, day: third)
        }
        guard lastDigits == 4, separator != UInt8(ascii: "-") else { return nil }
        // A point is how Germans and Russians part a date, and they say the day first.
        return dateOrder == .dayFirst || separator == UInt8(ascii: ".")
            ? CivilDay(year: third, month: second, day: first) : CivilDay(year: third, month: first, day: second)
    }
}

/// A time of day.
private struct Clock {
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0
}

/// Reads ASCII numbers and signs from front to back.
private struct FieldCursor {
    private let bytes: FieldBytes
    private var index = 0

    init(_ bytes: FieldBytes) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func takeByte(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool { takeByte(UInt8(ascii: character)) }

    mutating func takeAny(_ characters: StaticString) -> UInt8? {
        for offset in 0..<characters.utf8CodeUnitCount where takeByte(characters.utf8Start[offset]) {
            return characters.utf8Start[offset]
        }
        return nil
    }

    /// Blanks, and the narrow no-break blank (U+202F) that browsers put before AM and PM.
    mutating func takeBlanks() -> Bool {
        let begin = index
        while true {
            if take(" ") { continue }
            guard bytes.count - index >= 3, bytes[index] == 0xe2, bytes[index + 1] == 0x80, bytes[index + 2] == 0xaf
            else { break }
            index += 3
        }
        return index > begin
    }

    mutating func number(digits: ClosedRange<Int>) -> Int? { numberAndLength(digits: digits)?.value }

    mutating func numberAndLength(digits: ClosedRange<Int>) -> (value: Int, length: Int)? {
        var value = 0
        let begin = index
        while index < bytes.count, index - begin < digits.upperBound, bytes[index].isDigit {
            value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        let length = index - begin
        return length >= digits.lowerBound ? (value, length) : nil
    }

    mutating func clock() -> Clock? {
        var clock = Clock()
        guard let hour = number(digits: 1...2), take(":"), let minute = number(digits: 2...2) else { return nil }
        clock.hour = hour
        clock.minute = minute
        if take(":") {
            guard let second = number(digits: 2...2) else { return nil }
            clock.second = second
            if take(".") || take(",") {
                guard let (value, length) = numberAndLength(digits: 1...3) else { return nil }
                clock.millisecond = length == 3 ? value : length == 2 ? value * 10 : value * 100
                while index < bytes.count, bytes[index].isDigit { index += 1 }
            }
        }
        return afternoon(clock)
    }

    /// Takes an `AM` or `PM`, if there is one. Nil for `13 PM`.
    private mutating func afternoon(_ clock: Clock) -> Clock? {
        let begin = index
        _ = takeBlanks()
        let isMorning = takeAny("Aa") != nil
        guard isMorning || takeAny("Pp") != nil, takeAny("Mm") != nil else {
            index = begin
            return clock
        }
        guard (1...12).contains(clock.hour) else { return nil }
        var moved = clock
        moved.hour = clock.hour % 12 + (isMorning ? 0 : 12)
        return moved
    }

    /// `Z`, `UTC`, `GMT`, `+02:00`, `-0530`, `+2`. Nil, and nothing taken, for anything else.
    mutating func zoneMinutes() -> Int? {
        let begin = index
        _ = takeBlanks()
        if take("Z") || take("z") { return 0 }
        let rest = FieldBytes(rebasing: bytes[index...])
        if rest.equals("utc") || rest.equals("gmt") {
            index = bytes.count
            return 0
        }
        if let sign = takeAny("+-"), let hours = number(digits: 1...2), hours <= 14 {
            _ = take(":")
            let minutes = isAtEnd ? 0 : number(digits: 2...2)
            if let minutes, minutes < 60 { return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes) }
        }
        index = begin
        return nil
    }
}

extension FieldTime {
    /// The offset that a column's name declares: `Time(UTC+8)` is 480, `Date(UTC)` is 0. Nil when it declares none.
    static func declaredOffsetMinutes(_ columnName: some StringProtocol) -> Int? {
        var rest = columnName.uppercased().filter { $0 != " " }[...]
        guard let range = rest.firstRange(of: "UTC") else { return nil }
        rest = rest[range.upperBound...]
        if rest.last == ")" { rest.removeLast() }
        guard !rest.isEmpty else { return 0 }
        return Array(rest.utf8).withUnsafeBufferPointer { bytes in
            var cursor = FieldCursor(bytes)
            guard let minutes = cursor.zoneMinutes(), cursor.isAtEnd else { return nil }
            return minutes
        }
    }
}
