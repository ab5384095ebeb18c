import Foundation
import Journal
import Primitives
import Storage
import Web

/// The conditions on trades that a query may hold. Different ones combine with *and*, repeated ones with *or*.
enum TradeFilterFields {
    static let account = QueryField.text("account", "Only this account: its id, name, exchange or exchange/name.")
        .repeated()
    static let exchange = QueryField.text("exchange", "Only trades on this exchange.").repeated()
    static let symbol = QueryField.text("symbol", "Only this market, as BTC_USDT or btcusdt.").repeated()
    static let side = QueryField.parsed(
        "side", .choice(["long", "short", "LONG", "SHORT"]), "Only long or only short trades.", wanted: "long or short"
    ) { Direction(given: $0) }.repeated()
    static let tag = QueryField.text("tag", "Only trades with this tag, by its name.").repeated()
    static let setup = QueryField.text(
        "setup_tag", "Only trades of this setup, in any case; \(untagged) for those without one."
    ).repeated()
    static let source = QueryField.choice(
        "source", of: TradeSource.self, "Only trades entered by hand, or only those that imported fills make."
    ).repeated()
    static let status = QueryField.choice(
        "status", of: TradeQuery.Status.self,
        "Only open or only closed trades. Of the closed ones, final are those whose profit is known."
    ).repeated()
    static let rating = QueryField<Int?>.integer("rating", in: 1...5, "Only trades with this rating.").repeated()
    static let firstDay = QueryField.day("date_from", "Only trades closed on this day or later.")
    static let lastDay = QueryField.day("date_to", "Only trades closed on this day or earlier.")
    static let zone = QueryField.parsed(
        "zone", .text(length: 1...SettingsFields.zoneBytesMax).note("", example: "Europe/Berlin"),
        "Whose days these are. Default: the zone of the settings, else UTC.",
        wanted: "a time zone like Europe/Berlin or UTC"
    ) { try? SettingsFields.zone($0) }
    static let text = QueryField.text("q", "Only trades whose notes have these words.")

    static let all: [any QueryParameter] = [
        account, exchange, symbol, side, tag, setup, source, status, rating, firstDay, lastDay, zone, text,
    ]

    /// Stands for no setup at all.
    static let untagged = "(untagged)"
}

/// The conditions of one query, read but not looked up.
struct GivenTradeFilter: Sendable {
    private let accounts: [String]
    private let exchanges: [String]
    private let symbols: [String]
    private let directions: [Direction]
    private let tags: [String]
    private let setups: [String]
    private let sources: [TradeSource]
    private let statuses: [TradeQuery.Status]
    private let ratings: [Int]
    private let firstDay: CivilDay?
    private let lastDay: CivilDay?
    private let zone: TimeZone?
    private let text: String?

    /// - Throws: `request.bad_query`, `search.empty`.
    init(_ call: Call) throws(Failure) {
        typealias Fields = TradeFilterFields
        accounts = try call.value(of: Fields.account)
        exchanges = try call.value(of: Fields.exchange)
        symbols = try call.value(of: Fields.symbol)
        directions = try call.value(of: Fields.side)
        tags = try call.value(of: Fields.tag)
        setups = try call.value(of: Fields.setup)
        sources = try call.value(of: Fields.source)
        statuses = try call.value(of: Fields.status)
        ratings = try call.value(of: Fields.rating)
        firstDay = try call.value(of: Fields.firstDay)
        lastDay = try call.value(of: Fields.lastDay)
        zone = try call.value(of: Fields.zone)
        text = try call.value(of: Fields.text).map { words throws(Failure) in try SearchStore.query(words) }
    }

    /// The query, with what it names by name looked up. A name that nothing has admits no trade.
    func query(_ db: JournalFile.Connection) throws -> TradeQuery {
        var query = TradeQuery()
        query.accounts = try accounts.flatMap { try AccountStore(db).named($0) }
        query.exchanges = exchanges.map { $0.lowercased() }
        query.symbols = symbols.map { (try? Symbol.canonical($0)) ?? $0 }
        query.directions = directions
        query.tags = try TagStore(db).named(tags).map(\.id)
        query.setups = setups.map { $0 == TradeFilterFields.untagged ? "" : $0 }
        query.sources = sources
        query.statuses = statuses
        query.ratings = ratings
        query.text = text
        query.isEmpty =
            !accounts.isEmpty && query.accounts.isEmpty || !tags.isEmpty && query.tags.isEmpty
            || (firstDay.map { first in lastDay.map { $0 < first } ?? false } ?? false)
        if firstDay != nil || lastDay != nil {
            let settings = try SettingsStore(db).current()
            var calendar = TradingCalendar(
                zone: zone ?? settings.zone ?? .gmt, startOfDayMinutes: settings.startOfDayMinutes)
            query.closedWithin = calendar.moments(from: firstDay, through: lastDay)
        }
        return query
    }
}
