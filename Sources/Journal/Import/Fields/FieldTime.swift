import Primitives

/// Which number comes first in a date like `03/04/2026` or `17-03-26`. Hyperliquid writes dates as the trader's browser
/// does.
package enum DateOrder: Hashable, Sendable, CaseIterable {
    case monthFirst, dayFirst
    /// Only where the year has two digits; a year of four at the end cannot be first.
    case yearFirst

    /// For people.
    package var title: String {
        switch self {
        case .monthFirst: "month first"
        case .dayFirst: "day first"
        case .yearFirst: "year first"
        }
    }

    /// As `--date-order` takes it.
    package var word: String {
        switch self {
        case .monthFirst: "mdy"
        case .dayFirst: "dmy"
        case .yearFirst: "ymd"
        }
    }
}

/// Reads times as exchanges write them:
///
/// - ISO 8601, with a blank or a `T`, with or without a zone: `2026-11-21 09:30:00.1234`
/// - with a year of two digits: `26-11-21 09:30:00`
/// - time first: `09:30 2026-11-21`
/// - with slashes, points or dashes: `11/21/2026 - 09:30:00`, `21.11.2026 09:30`, `11/21/2026, 9:30:00 PM`
/// - with the month's name: `21 Nov 2026`, `Nov 21, 2026 09:30`
/// - since 1970, in seconds, milli-, micro- or nanoseconds, told apart by their size
///
/// A time without a zone is one of the file's `clock`. Digits past the millisecond are cut off.
struct FieldTime: Hashable, Sendable {
    /// The day of Bitcoin's genesis block: what claims to be older is a misread column.
    static let earliest = Timestamp(milliseconds: 1_230_940_800_000)
    static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    /// Of dates whose year has four digits and stands last.
    var dateOrder = DateOrder.monthFirst
    /// Of dates whose year has two digits.
    var shortOrder = DateOrder.yearFirst
    var zone = ZoneClock(.utcOffset(minutes: 0))
    /// Dates may be written `20260921`.
    var hasCompactDates = false
    /// The finest that was written: 1 for milliseconds, 1,000 for seconds, 60,000 for minutes, a day for dates alone.
    private(set) var resolutionMilliseconds: Int64 = 86_400_000
    /// How many times had a zone of their own.
    private(set) var zonedCount = 0

    enum Outcome { case time(Timestamp), unreadable, tooEarly }

    mutating func read(_ field: FieldBytes) -> Outcome {
        guard let milliseconds = sinceEpoch(field) ?? civil(field, clock: nil) else { return .unreadable }
        return outcome(milliseconds)
    }

    /// A time whose date and clock stand in two columns.
    mutating func read(_ date: FieldBytes, clock: FieldBytes) -> Outcome {
        guard !clock.isBlank else { return read(date) }
        guard let milliseconds = civil(date, clock: clock) else { return .unreadable }
        return outcome(milliseconds)
    }

    private func outcome(_ milliseconds: Int64) -> Outcome {
        let time = Timestamp(milliseconds: milliseconds)
        guard time <= Self.latest else { return .unreadable }
        return time < Self.earliest ? .tooEarly : .time(time)
    }

    /// The numbers of a date that does not begin with a year of four digits; nil for other dates.
    static func openDate(_ field: FieldBytes) -> OpenDate? {
        var cursor = FieldCursor(field)
        if isClockFirst(field) { guard cursor.clock() != nil, cursor.takeBlanks() else { return nil } }
        guard let first = cursor.number(digits: 1...2), let separator = cursor.takeAny("-/."),
            let second = cursor.number(digits: 1...2), cursor.takeByte(separator),
            let (third, digits) = cursor.numberAndLength(digits: 1...4), digits == 2 || digits == 4
        else { return nil }
        return OpenDate(first: first, second: second, third: third, isShort: digits == 2, separator: separator)
    }

    struct OpenDate {
        let first, second, third: Int
        /// The year has two digits.
        let isShort: Bool
        let separator: UInt8
    }

    /// Whether a field is a time of day alone.
    static func isClock(_ field: FieldBytes) -> Bool {
        var cursor = FieldCursor(field)
        return cursor.clock() != nil && cursor.isAtEnd
    }

    private static func isClockFirst(_ field: FieldBytes) -> Bool {
        field.count > 2 && (field[1] == UInt8(ascii: ":") || field[2] == UInt8(ascii: ":"))
    }

    private mutating func sinceEpoch(_ field: FieldBytes) -> Int64? {
        var value: Int64 = 0
        var index = 0
        while index < field.count, field[index].isDigit {
            guard index < 19, value <= 922_337_203_685_477_579 else { return nil }
            value = value * 10 + Int64(field[index] - UInt8(ascii: "0"))
            index += 1
        }
        // Eight digits are a date without dashes.
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
        note(value < 100_000_000_000 && fraction == 0 ? 1000 : 1)
        return switch value {
        case ..<100_000_000_000: value * 1000 + fraction
        case ..<100_000_000_000_000: value
        case ..<100_000_000_000_000_000: value / 1000
        default: value / 1_000_000
        }
    }

    private mutating func note(_ resolution: Int64) { resolutionMilliseconds = min(resolutionMilliseconds, resolution) }

    private mutating func civil(_ field: FieldBytes, clock apart: FieldBytes?) -> Int64? {
        var cursor = FieldCursor(field)
        var clock: Clock?
        if Self.isClockFirst(field) {
            clock = cursor.clock()
            guard clock != nil, cursor.takeBlanks() else { return nil }
        }
        guard let date = date(&cursor) else { return nil }
        if let apart {
            // A spreadsheet writes a date alone as one at midnight.
            if !cursor.isAtEnd { guard cursor.takeBlanks(), cursor.clock() != nil else { return nil } }
            guard clock == nil, cursor.isAtEnd else { return nil }
            cursor = FieldCursor(apart)
            clock = cursor.clock() ?? cursor.compactClock()
            guard clock != nil else { return nil }
        } else if clock == nil, !cursor.isAtEnd {
            if !cursor.take("T"), !cursor.take("t") {
                _ = cursor.take(",") || cursor.take(";")
                _ = cursor.takeBlanks()
                if cursor.take("-") { _ = cursor.takeBlanks() }
            }
            clock = cursor.clock() ?? (hasCompactDates ? cursor.compactClock() : nil)
            guard clock != nil else { return nil }
        }
        let offset = cursor.zoneMinutes()
        guard cursor.isAtEnd else { return nil }
        let time = clock ?? Clock()
        guard
            let local = Timestamp(
                year: date.year, month: date.month, day: date.day, hour: time.hour, minute: time.minute,
                second: time.second, millisecond: time.millisecond)
        else { return nil }
        if let clock { note(clock.resolution) }
        guard let offset else { return zone.utc(local.milliseconds) }
        zonedCount += 1
        return local.milliseconds - Int64(offset) * 60_000
    }

    private func date(_ cursor: inout FieldCursor) -> CivilDay? {
        if let named = cursor.dateWithMonthName() { return named }
        if hasCompactDates, let day = cursor.compactDay() { return day }
        guard let (first, digits) = cursor.numberAndLength(digits: 1...4), let separator = cursor.takeAny("-/."),
            let second = cursor.number(digits: 1...2), cursor.takeByte(separator)
        else { return nil }
        if digits == 4 {
            guard let day = cursor.number(digits: 1...2) else { return nil }
            return CivilDay(year: first, month: second, day: day)
        }
        guard let (third, lastDigits) = cursor.numberAndLength(digits: 1...4), digits <= 2 else { return nil }
        if lastDigits <= 2 {
            return switch shortOrder {
            case .yearFirst: CivilDay(year: 2000 + first, month: second, day: third)
            case .dayFirst: CivilDay(year: 2000 + third, month: second, day: first)
            case .monthFirst: CivilDay(year: 2000 + third, month: first, day: second)
            }
        }
        guard lastDigits == 4 else { return nil }
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
    /// How finely it was written.
    var resolution: Int64 = 60_000
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

    /// Nil, and nothing taken, where no hour and minute stand here.
    mutating func clock() -> Clock? {
        var clock = Clock()
        let begin = index
        guard let hour = number(digits: 1...2), take(":"), let minute = number(digits: 2...2) else {
            index = begin
            return nil
        }
        clock.hour = hour
        clock.minute = minute
        if take(":") {
            guard let second = number(digits: 2...2) else { return nil }
            clock.second = second
            clock.resolution = 1000
            if take(".") || take(",") {
                guard let (value, length) = numberAndLength(digits: 1...3) else { return nil }
                clock.resolution = 1
                clock.millisecond = length == 3 ? value : length == 2 ? value * 10 : value * 100
                while index < bytes.count, bytes[index].isDigit { index += 1 }
            }
        }
        return afternoon(clock)
    }

    /// `093000` or `0930`, as Interactive Brokers writes it.
    mutating func compactClock() -> Clock? {
        let begin = index
        guard let (value, length) = numberAndLength(digits: 4...6), length != 5 else {
            index = begin
            return nil
        }
        let hasSeconds = length == 6
        let seconds = hasSeconds ? value : value * 100
        return Clock(
            hour: seconds / 10_000, minute: seconds / 100 % 100, second: seconds % 100,
            resolution: hasSeconds ? 1000 : 60_000)
    }

    /// `20260921`; nil, and nothing taken, for anything else.
    mutating func compactDay() -> CivilDay? {
        guard bytes.count - index >= 8, bytes[index..<(index + 8)].allSatisfy(\.isDigit),
            bytes.count - index == 8 || !bytes[index + 8].isDigit, let value = number(digits: 4...4),
            let month = number(digits: 2...2), let day = number(digits: 2...2)
        else { return nil }
        return CivilDay(year: value, month: month, day: day)
    }

    /// `21 Nov 2026`, `21-Nov-26`, `Nov 21, 2026`, `2026-Nov-21`; nil, and nothing taken, for anything else.
    mutating func dateWithMonthName() -> CivilDay? {
        // Most dates have no letter among their first bytes, and are not slowed down.
        guard bytes.count - index >= 8, bytes[index..<(index + 6)].contains(where: { $0.asciiLowercased >= 0x61 })
        else {
            return nil
        }
        let begin = index
        func partSign(_ cursor: inout FieldCursor) { _ = cursor.takeAny("-/.,"); _ = cursor.takeBlanks() }
        if let month = monthName() {
            partSign(&self)
            if let day = number(digits: 1...2) {
                partSign(&self)
                if let year = number(digits: 4...4) { return CivilDay(year: year, month: month, day: day) }
            }
        } else if let (first, length) = numberAndLength(digits: 1...4) {
            partSign(&self)
            if let month = monthName() {
                partSign(&self)
                if length == 4, let day = number(digits: 1...2) {
                    return CivilDay(year: first, month: month, day: day)
                }
                if length <= 2, let (year, digits) = numberAndLength(digits: 2...4), digits != 3 {
                    return CivilDay(year: digits == 2 ? 2000 + year : year, month: month, day: first)
                }
            }
        }
        index = begin
        return nil
    }

    /// Takes an English month's name, whole or its first three letters.
    private mutating func monthName() -> Int? {
        var end = index
        while end < bytes.count, bytes[end].asciiLowercased != bytes[end].asciiUppercased { end += 1 }
        guard end - index >= 3 else { return nil }
        let word = FieldBytes(rebasing: bytes[index..<end])
        for (number, name) in Self.monthNames.enumerated()
        where word.count == 3 ? name.hasPrefix(word.text.lowercased()) : name == word.text.lowercased() {
            index = end
            return number + 1
        }
        return nil
    }

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

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
    /// The offset that a text declares: `Time(UTC+8)` is 480, `Date(UTC)` is 0, `Time Zone:UTC+8`, and in the names of
    /// Binance's files `(UTC--6)` is -360. Nil when it declares none.
    static func declaredOffsetMinutes(_ text: some StringProtocol) -> Int? {
        let bare = text.uppercased().filter { $0 != " " }
        for word in ["UTC", "GMT"] {
            guard let range = bare.firstRange(of: word) else { continue }
            var rest = bare[range.upperBound...]
            if let end = rest.firstIndex(where: { !("+-:".contains($0) || $0.isNumber) }) { rest = rest[..<end] }
            // A dash for the blank before the sign.
            if rest.hasPrefix("--") || rest.hasPrefix("-+") { rest.removeFirst() }
            guard !rest.isEmpty else { return 0 }
            return Array(rest.utf8).withUnsafeBufferPointer { bytes in
                var cursor = FieldCursor(bytes)
                guard let minutes = cursor.zoneMinutes(), cursor.isAtEnd else { return nil }
                return minutes
            }
        }
        return nil
    }
}
