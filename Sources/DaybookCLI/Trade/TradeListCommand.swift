import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List trades, the newest first.",
        discussion: """
            Options of one kind combine with “or”, of different kinds with “and”:

              daybook trade list --symbol btcusdt --tag breakout --from 2026-11-01
              daybook trade list --open
              daybook trade list --sort net --limit 10 --closed
            """)

    @OptionGroup var options: JournalOptions

    @Option(
        name: .long, help: "Only this market, as BTC_USDT or btcusdt. May be given more than once.",
        completion: .symbols)
    var symbol: [String] = []

    @Option(name: .long, help: "Only trades with this tag. May be given more than once.", completion: .tags)
    var tag: [String] = []

    @Option(
        name: .long, help: "Only this account: its name, its exchange, or exchange/name. May be given more than once.",
        completion: .accounts)
    var account: [String] = []

    @Option(
        name: .long,
        help: "Only trades opened on this day or later: 2026-11-21, `monday`, `7d`, `last-week`, or a time.",
        completion: .days)
    var from: String?

    @Option(name: .long, help: "Only trades opened until the end of this day, or before this time.", completion: .days)
    var to: String?

    @Flag(name: .long, help: "Only open trades.")
    var open = false

    @Flag(name: .long, help: "Only closed trades.")
    var closed = false

    @Option(name: .long, help: "At most so many. Default: 50; all with --json.")
    var limit: Int?

    @Option(name: .long, help: "By which to sort: opened, closed, net or symbol.")
    var sort: TradeQuery.Order = .opened

    @Flag(name: .long, help: "Turn the order around.")
    var reverse = false

    @Option(
        name: .long,
        help: "The time zone of days and times, as Europe/Berlin. Default: as in the settings, else this machine's.",
        completion: .zones)
    var zone: String?

    private static let listing = Listing(noun: "trades", countMax: TradeQuery.limitMax)

    func validate() throws {
        if open && closed {
            throw ValidationError("Give --open or --closed, not both; without either, both are listed.")
        }
    }

    func run() async throws {
        let journal = try await options.open()
        let calendar = try Given.calendar(zone, try await journal.read { try SettingsStore($0).current() })
        let query = try query(calendar)
        let (tags, accounts) = (tag, account)
        let (trades, count, all, doubles) = try await journal.read { db in
            var query = query
            query.tags = try tags.map { try TagStore(db).require($0).id }
            query.accounts = try accounts.flatMap { try AccountStore(db).matching($0).map(\.id) }
            let store = TradeStore(db)
            return (
                try store.list(query), try store.count(query), try store.count(TradeQuery()),
                try DoubleStore(db).count()
            )
        }
        if options.json {
            JSON.list(trades.map { TradeJSON.summary($0) }).printed()
        } else if trades.isEmpty {
            Self.listing.empty(count: all, hint: "`daybook import FILE` and `daybook trade add` make some.")
        } else {
            TradeTable.table(trades, LocalClock(calendar)).printed()
        }
        Self.listing.note(shown: trades.count, of: count)
        if doubles > 0 {
            Terminal.note(
                "\(Figures.count(doubles, "fill")) look like others and wait, in no trade: `daybook import review` lists them."
            )
        }
    }

    private func query(_ calendar: TradingCalendar) throws -> TradeQuery {
        let now = World.live.now()
        var query = TradeQuery()
        query.symbols = try symbol.map { try Symbol.canonical($0) }
        query.isOpen = open ? true : closed ? false : nil
        query.openedFrom = try from.map { text in
            let days = try? Given.days(text, calendar, now: now)
            return try days.map { LocalClock(calendar).start(of: $0.lowerBound) }
                ?? Given.time(text, calendar, now: now)
        }
        query.openedBefore = try to.map { text in
            guard let last = try? Given.days(text, calendar, now: now).upperBound else {
                return try Given.time(text, calendar, now: now)
            }
            return LocalClock(calendar).start(of: CivilDay(daysSince1970: last.daysSince1970 + 1))
        }
        query.order = sort
        query.isReversed = reverse
        query.limit = try Self.listing.limit(limit, json: options.json)
        return query
    }
}

extension TradeQuery.Order: ExpressibleByArgument {}

enum TradeTable {
    static func table(_ trades: [TradeSummary], _ clock: LocalClock) -> Table {
        var table = Table([
            .init("ID"), .init("OPENED"), .init("SYMBOL", isFlexible: true), .init("SIDE"),
            .init("QUANTITY", .right, rank: 3), .init("ENTRY", .right, rank: 4), .init("EXIT", .right, rank: 5),
            .init("NET", .right), .init("R", .right, rank: 2), .init("RATING", rank: 1),
            .init("TAGS", isFlexible: true, rank: 6),
        ])
        for trade in trades {
            table.add([
                .init(Lookup.short(trade.id), .cyan), .init(clock.minute(trade.openedAt)), .init(trade.symbol),
                .init(trade.direction.rawValue), .init(trade.quantity?.description),
                .init(Figures.price(trade.entryPrice)),
                .init(trade.isOpen ? "open" : Figures.price(trade.exitPrice), trade.isOpen ? .yellow : nil),
                .init(net(trade), Figures.style(trade.net)), .init(Figures.multiple(trade.r)),
                .init(trade.rating.map { String(repeating: "*", count: min(max($0, 0), 5)) }),
                .init(
                    (trade.isContested ? "(!)" : "") + (trade.hasPartialHistory ? "(partial history) " : "")
                        + trade.tags.joined(separator: ", ")),
            ])
        }
        return table
    }

    /// With its currency, where the symbol names another.
    private static func net(_ trade: TradeSummary) -> String {
        let currency = Symbol.quote(of: trade.symbol).isEmpty ? nil : trade.ownCurrency
        return [Figures.profit(trade.net), currency].compactMap(\.self).joined(separator: " ")
    }
}
