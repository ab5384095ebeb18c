import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Say how you want your figures, on every device.",
        discussion: """
            Without options it shows what is set. `none` takes a setting away.

              daybook settings --zone Europe/Berlin --currency EUR
              daybook settings --start-of-day 04:00 --basis gross
              daybook settings --start-balance 25000

            They are part of the journal: a sync brings them to your other devices and to the server. Options of
            `daybook stats` and of lists come before them.
            """)

    @Option(name: .long, help: "The time zone of your days, as Europe/Berlin.", completion: .zones)
    var zone: String?

    @Option(name: .long, help: "The currency that comes first, as USDT.")
    var currency: String?

    @Option(
        name: .long, help: "When your day starts: 04:00, or -07:00 for 17:00 of the evening before.")
    var startOfDay: String?

    @Option(name: .long, help: "net: profits after fees; gross: before them.")
    var basis: String?

    @Option(name: .long, help: "What you had before the first trade, in that currency.")
    var startBalance: String?

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let fields = try fields()
        let journal = try await options.open()
        try await journal.edit("change the settings") { draft, db in try SettingsStore(db).edit(fields, in: &draft) }
        let settings = try await journal.read { try SettingsStore($0).current() }
        if options.json { json(settings).printed() } else { show(settings) }
    }

    private func fields() throws -> SettingsFields {
        var fields = SettingsFields()
        fields.zone = Self.change(zone)
        fields.baseCurrency = Self.change(currency)
        fields.basis = Self.change(basis)
        fields.startOfDayMinutes = try Self.change(startOfDay).map(Self.minutes)
        fields.startBalance = try Self.change(startBalance).map { text in
            try Given.amount(text, "start balance") ?? .zero
        }
        return fields
    }

    private static func change(_ text: String?) -> Change<String> {
        text.map { $0 == "none" ? .clear : .set($0) } ?? .keep
    }

    private static func minutes(_ text: String) throws(Failure) -> Int {
        let isBefore = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours < 24, minutes < 60
        else {
            throw Failure(
                .invalid, "argument.bad_start_of_day",
                "“\(text)” is no start of a day: write it as 04:00, or as -07:00 for 17:00 of the evening before.")
        }
        return (hours * 60 + minutes) * (isBefore ? -1 : 1)
    }

    private func json(_ settings: JournalSettings) -> JSON {
        .object([
            "zone": .text(settings.zone?.name), "base_currency": .text(settings.baseCurrency),
            "start_of_day_minutes": .count(settings.startOfDayMinutes), "basis": .text(settings.basis.rawValue),
            "start_balance": .amount(settings.startBalance),
        ])
    }

    private func show(_ settings: JournalSettings) {
        let minutes = settings.startOfDayMinutes
        let time = "\(pad(abs(minutes) / 60, 2)):\(pad(abs(minutes) % 60, 2))"
        Facts([
            ("zone", settings.zone?.name ?? "(each machine's own; the server's is UTC)"),
            ("currency", settings.baseCurrency ?? "(none)"),
            ("start of day", minutes < 0 ? "-\(time), on the evening before" : time),
            ("basis", settings.basis == .net ? "net: profits after fees" : "gross: profits before fees"),
            ("start balance", settings.startBalance.map { Figures.money($0) } ?? "(none)"),
        ]).printed()
    }
}
