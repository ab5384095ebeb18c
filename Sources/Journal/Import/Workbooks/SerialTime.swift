import Primitives

/// Times as spreadsheets keep them: days since the end of 1899 or the beginning of 1904, with the time of day behind the
/// point. They come out as ISO 8601 has them, to the millisecond.
enum SerialTime {
    /// Nil for what no calendar of a spreadsheet has: before its beginning, or after the year 9999.
    static func text(_ serial: Double, as format: TimeFormat, since1904: Bool) -> String? {
        guard serial >= 0, serial < Double(daysMax) else { return nil }
        let all = Int64((serial * Double(dayMilliseconds)).rounded())
        let (days, milliseconds) = (all / dayMilliseconds, all % dayMilliseconds)
        if format.isDuration { return clock(all, format) }
        // A clock that hides its day is still a moment, if it has one.
        if days == 0, !since1904 || !format.hasDate { return clock(milliseconds, format) }
        let date = self.date(days + (since1904 ? daysFrom1900To1904 : 0))
        return format.hasClock || milliseconds > 0 ? "\(date) \(clock(milliseconds, format))" : date
    }

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let daysMax: Int64 = 2_958_466
    private static let daysFrom1900To1904: Int64 = 1462
    private static let daysFrom1900To1970: Int64 = 25_569
    /// A day that Excel has and no calendar: the 29th of February 1900.
    private static let surplusDay: Int64 = 60

    private static func date(_ days: Int64) -> String {
        if days == surplusDay { return "1900-02-29" }
        return CivilDay(daysSince1970: Int(days - daysFrom1900To1970 + (days < surplusDay ? 1 : 0))).description
    }

    /// Seconds are left out where neither the look nor the time has any: the file tells its times by minutes then.
    private static func clock(_ milliseconds: Int64, _ format: TimeFormat) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000)
        let minutes = "\(two(seconds / 3600)):\(two(seconds / 60 % 60))"
        guard fraction > 0 || seconds % 60 > 0 || format.hasSeconds || !format.hasClock else { return minutes }
        guard fraction > 0 else { return "\(minutes):\(two(seconds % 60))" }
        return "\(minutes):\(two(seconds % 60)).\(String(1000 + fraction).dropFirst())"
    }
}
