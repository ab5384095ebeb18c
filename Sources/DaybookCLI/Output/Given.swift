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

    /// - Throws: `argument.bad_day`.
    static func day(_ text: String, _ zone: TimeZone, now: Timestamp) throws(Failure) -> CivilDay {
        switch text {
        case "today": return LocalClock(zone).day(of: now)
        case "yesterday":
            return CivilDay(daysSince1970: LocalClock(zone).day(of: now).daysSince1970 - 1)
        default:
            guard let day = CivilDay(text) else {
                throw Failure(
                    .invalid, "argument.bad_day",
                    "“\(text)” is no day: write it as 2026-11-21, or `today` or `yesterday`.")
            }
            return day
        }
    }

    /// A moment; one without an offset is by the clock of the zone.
    ///
    /// - Throws: `argument.bad_time`.
    static func time(_ text: String, _ zone: TimeZone, now: Timestamp) throws(Failure) -> Timestamp {
        if text == "now" { return now }
        if text == "today" || text == "yesterday" || CivilDay(text) != nil {
            return LocalClock(zone).start(of: try day(text, zone, now: now))
        }
        guard let moment = Timestamp(text) else {
            throw Failure(
                .invalid, "argument.bad_time",
                "“\(text)” is no time: write it as 2026-11-21T09:30, with Z or +01:00 behind it where it is not local.")
        }
        // What reads with a Z behind it had no offset of its own.
        return Timestamp(text + "Z") == nil ? moment : LocalClock(zone).moment(ofWall: moment)
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

    init(_ zone: TimeZone) { self.zone = zone }

    private func offset(_ moment: Timestamp) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))) * 1000
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

    func day(of moment: Timestamp) -> CivilDay {
        CivilDay(daysSince1970: Int(wall(moment).milliseconds.flooredDivision(by: 86_400_000).quotient))
    }

    func start(of day: CivilDay) -> Timestamp {
        moment(ofWall: Timestamp(milliseconds: Int64(day.daysSince1970) * 86_400_000))
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
