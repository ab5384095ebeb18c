import Journal
import Primitives

/// Days as people name them: `2026-11-21`, `2026-11`, `yesterday`, `monday`, `7d`, `last-week`.
extension Given {
    /// The day that is meant.
    ///
    /// - Throws: `argument.bad_day`, also for a word that means several days.
    static func day(_ text: String, _ calendar: TradingCalendar, now: Timestamp) throws(Failure) -> CivilDay {
        let days = try days(text, calendar, now: now)
        guard days.lowerBound == days.upperBound else {
            throw Failure(
                .invalid, "argument.bad_day",
                "“\(text)” is more than one day: give one, as \(days.lowerBound), `yesterday` or `monday`.")
        }
        return days.lowerBound
    }

    /// The first day and the last that are meant. A weekday is the latest there was, today included; `7d` is the day
    /// seven days ago; weeks begin on Monday.
    ///
    /// - Throws: `argument.bad_day`.
    static func days(
        _ text: String, _ calendar: TradingCalendar, now: Timestamp
    ) throws(Failure) -> ClosedRange<CivilDay> {
        var calendar = calendar
        let today = calendar.dayNumber(of: now)
        let word = text.lowercased().replacing("_", with: "-").replacing(" ", with: "-")
        if let day = CivilDay(word) { return day...day }
        let days = named(word, today) ?? ago(word, today) ?? written(word)
        guard let days else {
            throw Failure(
                .invalid, "argument.bad_day",
                "“\(text)” is no day: write it as 2026-11-21, 2026-11, `today`, `yesterday`, `monday`, `7d` (seven days "
                    + "ago), `this-week`, `last-month` or `this-year`.")
        }
        return days
    }

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    private static func named(_ word: String, _ today: Int) -> ClosedRange<CivilDay>? {
        let date = CivilDay(daysSince1970: today)
        let weekday = TradingCalendar.weekday(ofDayNumber: today)
        switch word {
        case "today": return one(today)
        case "yesterday": return one(today - 1)
        case "this-week": return days(today - weekday, 7)
        case "last-week": return days(today - weekday - 7, 7)
        case "this-month": return month(date.year, date.month)
        case "last-month": return month(date.year, date.month - 1)
        case "this-year": return year(date.year)
        case "last-year": return year(date.year - 1)
        default:
            let name = weekdays.firstIndex { $0 == word || $0.prefix(3) == word }
            return name.map { one(today - (weekday - $0).flooredDivision(by: 7).remainder) }
        }
    }

    /// `7d`, `2w`, `3m`, `1y`: a day that long ago.
    private static func ago(_ word: String, _ today: Int) -> ClosedRange<CivilDay>? {
        guard let unit = word.last, let count = Int(word.dropLast()), (0...10_000).contains(count),
            word.first?.isNumber == true
        else { return nil }
        let date = CivilDay(daysSince1970: today)
        switch unit {
        case "d": return one(today - count)
        case "w": return one(today - 7 * count)
        case "m", "y":
            let first = month(date.year, date.month - count * (unit == "y" ? 12 : 1))
            // The 31st of a shorter month is its last day.
            return one(min(first.lowerBound.daysSince1970 + date.day - 1, first.upperBound.daysSince1970))
        default: return nil
        }
    }

    /// `2026-11`, `2026`.
    private static func written(_ word: String) -> ClosedRange<CivilDay>? {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, first.count == 4, let year = Int(first), year > 0 else { return nil }
        if parts.count == 1 { return Self.year(year) }
        guard parts.count == 2, parts[1].count == 2, let number = Int(parts[1]), (1...12).contains(number) else {
            return nil
        }
        return month(year, number)
    }

    private static func one(_ day: Int) -> ClosedRange<CivilDay> { days(day, 1) }

    private static func days(_ first: Int, _ count: Int) -> ClosedRange<CivilDay> {
        CivilDay(daysSince1970: first)...CivilDay(daysSince1970: first + count - 1)
    }

    /// - Parameter month: from 1; one below is of the year before.
    private static func month(_ year: Int, _ month: Int) -> ClosedRange<CivilDay> {
        let (years, rest) = (month - 1).flooredDivision(by: 12)
        let first = CivilDay(year: year + years, month: rest + 1, day: 1)
        return days(first.daysSince1970, CivilDay.length(of: first.month, first.year))
    }

    private static func year(_ year: Int) -> ClosedRange<CivilDay> {
        CivilDay(year: year, month: 1, day: 1)...CivilDay(year: year, month: 12, day: 31)
    }
}
