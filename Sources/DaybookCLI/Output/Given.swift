import Foundation
import Journal
import Primitives

/// Reads what a person types as values, with failures that say how it is written.
enum Given {
    /// Nil for nil.
    ///
    /// - Throws: `argument.bad_amount`.
    static func amount(_ text: String?, _ name: String) throws(Failure) -> Amount? {
        guard let text else { return nil }
        guard let amount = Amount(text) else {
            throw Failure(
                .invalid, "argument.bad_amount",
                "The \(name) “\(text)” is no number: write it as 1234.5, with a point and at most 18 decimals.")
        }
        return amount
    }

    /// A moment; one without an offset is by the clock of the zone, and a day stands for its first.
    ///
    /// - Throws: `argument.bad_time`.
    static func time(_ text: String, _ calendar: TradingCalendar, now: Timestamp) throws(Failure) -> Timestamp {
        if text.lowercased() == "now" { return now }
        let clock = LocalClock(calendar)
        if let day = try? day(text, calendar, now: now) { return clock.start(of: day) }
        guard let moment = Timestamp(text), moment.isInBounds else {
            throw Failure(
                .invalid, "argument.bad_time",
                "“\(text)” is no time: write it as 2026-11-21T09:30, with Z or +01:00 behind it where it is not local, or as a "
                    + "day: 2026-11-21, `yesterday`, `monday`, `7d`.")
        }
        // What reads with a Z behind it had no offset of its own.
        return Timestamp(text + "Z") == nil ? moment : clock.moment(ofWall: moment)
    }

    /// The zone that is given, else the journal's, else this machine's.
    ///
    /// - Throws: `argument.bad_zone`.
    static func zone(_ text: String?, _ settings: JournalSettings = .init()) throws(Failure) -> TimeZone {
        guard let text else { return settings.zone ?? .current }
        guard let zone = TimeZone(identifier: text) else {
            throw Failure(
                .invalid, "argument.bad_zone", "“\(text)” is no time zone: write it as Europe/Berlin or UTC.")
        }
        return zone
    }

    /// How days are told: in the zone that is given, else the journal's, and from the journal's start of the day on.
    ///
    /// - Throws: `argument.bad_zone`.
    static func calendar(_ zone: String? = nil, _ settings: JournalSettings) throws(Failure) -> TradingCalendar {
        TradingCalendar(zone: try Self.zone(zone, settings), startOfDayMinutes: settings.startOfDayMinutes)
    }

    /// - Throws: `argument.bad_number`.
    static func limit(_ number: Int) throws(Failure) -> Int {
        guard number > 0 else {
            throw Failure(.invalid, "argument.bad_number", "The limit is \(number): give one above zero.")
        }
        return number
    }
}

/// The clock on the wall of one zone.
struct LocalClock: Sendable {
    let zone: TimeZone
    private let startOfDayMinutes: Int

    init(_ zone: TimeZone) { self.init(TradingCalendar(zone: zone)) }

    init(_ calendar: TradingCalendar) {
        zone = calendar.zone
        startOfDayMinutes = calendar.startOfDayMinutes
    }

    private func offset(_ moment: Timestamp) -> Int64 {
        // No zone says anything of other years, and Foundation need not be asked about them.
        let known = min(max(moment, Timestamp.bounds.lowerBound), Timestamp.bounds.upperBound)
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(known.milliseconds) / 1000))) * 1000
    }

    /// What the wall shows at the moment, written as if it were UTC.
    private func wall(_ moment: Timestamp) -> Timestamp { moment.adding(milliseconds: offset(moment)) }

    /// The moment at which the wall shows this; of two the first, of none the one the clock jumps over.
    func moment(ofWall wall: Timestamp) -> Timestamp {
        let before = wall.adding(milliseconds: -offset(wall.adding(milliseconds: -86_400_000)))
        guard self.wall(before) != wall else { return before }
        let after = wall.adding(milliseconds: -offset(wall.adding(milliseconds: 86_400_000)))
        return self.wall(after) == wall ? after : before
    }

    /// What the wall shows when the day starts.
    func start(of day: CivilDay) -> Timestamp {
        let minutes = Int64(day.daysSince1970) * 1440 + Int64(startOfDayMinutes)
        return moment(ofWall: Timestamp(milliseconds: minutes * 60_000))
    }

    func day(of moment: Timestamp) -> CivilDay {
        let shifted = wall(moment).adding(milliseconds: -Int64(startOfDayMinutes) * 60_000)
        return CivilDay(daysSince1970: Int(shifted.milliseconds.flooredDivision(by: 86_400_000).quotient))
    }

    /// `2026-11-21 09:30`.
    func minute(_ moment: Timestamp) -> String {
        let text = wall(moment).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    /// `2026-11-21 09:30:00`.
    func second(_ moment: Timestamp) -> String {
        let text = wall(moment).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }
}
