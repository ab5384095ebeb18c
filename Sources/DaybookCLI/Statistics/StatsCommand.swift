import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "What your closed trades come to.",
        discussion: """
            A trade counts on the local day of its final close, with all its fees. Trades in different currencies are
            never added up: each currency has its own figures.

              daybook stats
              daybook stats --by tag --from 2026-11-01
              daybook stats --by day --zone America/New_York --start-balance 25000

            --start-balance adds what needs a balance: Sharpe, Sortino, growth, drawdown in percent.
            """)

    @Option(
        name: .long,
        help: "A row for each: symbol, day, tag, setup, account, direction, week, month, weekday, hour or duration.")
    var by: Breakdown.Dimension?

    @Option(
        name: .long, help: "The time zone of days, as Europe/Berlin. Default: as in the settings, else this machine's.",
        completion: .zones)
    var zone: String?

    @Option(
        name: .long, help: "Only trades closed on this day or later: 2026-11-21, `monday`, `7d`, `last-week`.",
        completion: .days)
    var from: String?

    @Option(name: .long, help: "Only trades closed on this day or earlier.", completion: .days)
    var to: String?

    @Option(name: .long, help: "Only this market. May be given more than once.", completion: .symbols)
    var symbol: [String] = []

    @Option(name: .long, help: "Only trades with this tag. May be given more than once.", completion: .tags)
    var tag: [String] = []

    @Option(
        name: .long, help: "Only this account: its name, its exchange, or exchange/name. May be given more than once.",
        completion: .accounts)
    var account: [String] = []

    @Option(name: .long, help: "Only long or only short trades.")
    var direction: Direction?

    @Option(name: .long, help: "Only trades in this currency, as USDT.")
    var quote: String?

    @Option(name: .long, help: "What the account held before the first trade.")
    var startBalance: String?

    @Flag(exclusivity: .exclusive)
    var basis: Basis?

    @OptionGroup var options: JournalOptions

    enum Basis: String, EnumerableFlag {
        case gross, net

        static func help(for basis: Basis) -> ArgumentHelp? {
            switch basis {
            case .gross: "Profits before fees."
            case .net: "Profits after fees. Default: as in the settings, else this."
            }
        }
    }

    func run() async throws {
        let journal = try await options.open()
        let settings = try await wanted(journal)
        let calendar = try Given.calendar(zone, settings)
        let (names, tags, days) = (account, tag, try bounds(calendar))
        let (populations, accounts, filter) = try await journal.read { db in
            var filter = TradeFilter()
            filter.accounts = Set(try names.flatMap { try AccountStore(db).matching($0).map(\.id) })
            filter.tags = Set(try tags.map { try TagStore(db).require($0).name })
            (filter.firstDay, filter.lastDay) = days
            return (try StatisticsStore(db).populations(), try AccountStore(db).list(), filter)
        }
        let chosen = try choose(populations)
        guard startBalance == nil || chosen.count <= 1 else {
            let quotes = chosen.map(\.quote).joined(separator: ", ")
            throw Failure(
                .invalid, "stats.which_currency",
                "There are trades in \(quotes). Say with --quote to which the start balance belongs.")
        }
        let isGross = settings.basis == .gross
        let sections = try chosen.map { population in
            let isBase = chosen.count == 1 || population.quote == settings.baseCurrency
            return try section(population, filter, calendar, isGross, isBase ? settings.startBalance : nil)
        }
        if options.json {
            JSON.object([
                "zone": .text(calendar.zone.name), "basis": .text(settings.basis.rawValue),
                "currencies": .list(sections.map { json($0) }),
            ]).printed()
        } else {
            show(sections, accounts)
        }
    }

    /// The settings of the journal, with the options in their place.
    private func wanted(_ journal: JournalFile) async throws -> JournalSettings {
        var settings = try await journal.read { try SettingsStore($0).current() }
        if let basis { settings.basis = basis == .gross ? .gross : .net }
        if let balance = try Given.amount(startBalance, "start balance") { settings.startBalance = balance }
        return settings
    }

    private struct Section {
        let population: StatisticsStore.Population
        let overview: Overview
        let breakdown: Breakdown?
    }

    private func bounds(_ calendar: TradingCalendar) throws -> (CivilDay?, CivilDay?) {
        let now = World.live.now()
        return (
            try from.map { try Given.days($0, calendar, now: now).lowerBound },
            try to.map { try Given.days($0, calendar, now: now).upperBound }
        )
    }

    private func choose(_ populations: [StatisticsStore.Population]) throws -> [StatisticsStore.Population] {
        guard let quote else { return populations.filter { !$0.closed.isEmpty || $0.left.openCount > 0 } }
        let chosen = populations.filter { $0.quote == quote.uppercased() }
        guard !chosen.isEmpty else {
            let quotes = populations.map(\.quote).filter { !$0.isEmpty }.joined(separator: ", ")
            throw Failure(
                .notFound, "stats.no_such_currency", "There are no trades in \(quote). There are some in: \(quotes).")
        }
        return chosen
    }

    private func section(
        _ population: StatisticsStore.Population, _ filter: TradeFilter, _ calendar: TradingCalendar, _ isGross: Bool,
        _ balance: Amount?
    ) throws -> Section {
        var filter = filter
        filter.symbols = Set(try symbol.map { try Symbol.canonical($0) })
        if let direction { filter.directions = [direction] }
        let facts = isGross ? population.closed.map(\.beforeFees) : population.closed
        let closed = ClosedTrades(facts, in: calendar).filtered(by: filter)
        return Section(
            population: population, overview: try Overview(of: closed, startBalance: balance),
            breakdown: try by.map { try Breakdown(of: closed, by: $0) })
    }

    private func json(_ section: Section) -> JSON {
        var fields: [String: JSON] = [
            "quote": .text(section.population.quote), "overview": StatisticsJSON.overview(section.overview),
            "open_trades": .count(section.population.left.openCount),
            "uncertain_trades": .count(section.population.left.uncertainCount),
            "trades_with_other_fees": .count(section.population.left.otherFeesCount),
        ]
        if let by, let breakdown = section.breakdown {
            fields["by"] = .text(by.rawValue)
            fields["rows"] = .list(breakdown.rows.map { StatisticsJSON.row($0) })
        }
        return .object(fields)
    }

    private func show(_ sections: [Section], _ accounts: [Account]) {
        let shown = sections.filter { $0.overview.tally.count > 0 }
        if shown.isEmpty { showNone(sections) }
        for (index, section) in shown.enumerated() {
            if index > 0 { print("") }
            let page = StatisticsPage(overview: section.overview, quote: section.population.quote)
            if let by, let breakdown = section.breakdown {
                page.printedInOneLine()
                StatisticsPage.table(breakdown, by: by) { name($0, accounts) }.printed()
            } else {
                page.printed()
            }
            note(section.population.left)
        }
    }

    /// Tells a journal without closed trades from conditions that none of them meets.
    private func showNone(_ sections: [Section]) {
        let count = sections.reduce(0) { $0 + $1.population.closed.count }
        print(
            count == 0
                ? "No closed trades."
                : "No closed trades match. There are \(count) without these conditions.")
    }

    private func name(_ key: Breakdown.Key, _ accounts: [Account]) -> String {
        switch key {
        case .account(let id): accounts.first { $0.id == id }.map { "\($0.exchange)/\($0.label)" } ?? "(none)"
        case .noSetup: "(no setup)"
        case .untagged: "(untagged)"
        case .weekday(let day): ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day % 7]
        case .hour(let hour): pad(hour, 2) + ":00"
        default: key.name
        }
    }

    private func note(_ left: LeftOut) {
        if left.openCount > 0 { Terminal.note("\(Figures.count(left.openCount, "trade")) still open.") }
        if left.otherFeesCount > 0 {
            Terminal.note(
                "\(Figures.count(left.otherFeesCount, "trade")) also paid fees in other coins, which are in no figure."
            )
        }
        if left.uncertainCount > 0 {
            Terminal.note("\(Figures.count(left.uncertainCount, "trade")) left out: the profit cannot be told.")
        }
    }
}

extension Breakdown.Dimension: ExpressibleByArgument {}
