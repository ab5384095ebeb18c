import Foundation
import Journal
import Primitives
import Storage
import Web

/// What is asked of the analytics besides which view: the fields of the query that all views have.
enum AnalyticsFields {
    static let quote = QueryField.text(
        "quote", length: 0...20,
        "The currency of the trades, as USDT: trades in different currencies are never added up. Default: the base "
            + "currency of the settings, else the one with the most closed trades.")
    static let basis = QueryField<JournalSettings.Basis?>.choice(
        "basis", of: JournalSettings.Basis.self,
        "Whether the fees are in (net) or out (gross). Default: as in the settings.")
    static let startBalance = QueryField.parsed(
        "start_balance", .amountAboveZero, "What the account held before the first trade. Default: as in the settings.",
        wanted: "a number above zero, as 25000"
    ) { Amount($0).flatMap { $0 > .zero ? $0 : nil } }

    static let all: [any QueryParameter] = [
        TradeFilterFields.account, TradeFilterFields.exchange, TradeFilterFields.symbol, TradeFilterFields.side,
        TradeFilterFields.tag, TradeFilterFields.setup, TradeFilterFields.source, TradeFilterFields.firstDay,
        TradeFilterFields.lastDay, TradeFilterFields.zone, quote, basis, startBalance,
    ]
}

/// A question to the analytics, read but not looked up.
struct AnalyticsQuestion: Sendable {
    var filter = GivenAnalyticsFilter()
    var zone: TimeZone?
    var quote: String?
    var basis: JournalSettings.Basis?
    var startBalance: Amount?

    init() {}

    /// - Throws: `request.bad_query`.
    init(_ call: Call) throws(Failure) {
        filter = try GivenAnalyticsFilter(call)
        zone = try call.value(of: TradeFilterFields.zone)
        quote = try call.value(of: AnalyticsFields.quote)
        basis = try call.value(of: AnalyticsFields.basis)
        startBalance = try call.value(of: AnalyticsFields.startBalance)
    }
}

/// Which trades a view is about, as the caller names them.
struct GivenAnalyticsFilter: Sendable {
    var accounts: [String] = []
    var exchanges: [String] = []
    var symbols: [String] = []
    var directions: [Direction] = []
    var tags: [String] = []
    var setups: [String] = []
    var sources: [TradeSource] = []
    var firstDay: CivilDay?
    var lastDay: CivilDay?

    init() {}

    /// - Throws: `request.bad_query`.
    init(_ call: Call) throws(Failure) {
        accounts = try call.value(of: TradeFilterFields.account)
        exchanges = try call.value(of: TradeFilterFields.exchange)
        symbols = try call.value(of: TradeFilterFields.symbol)
        directions = try call.value(of: TradeFilterFields.side)
        tags = try call.value(of: TradeFilterFields.tag)
        setups = try call.value(of: TradeFilterFields.setup)
        sources = try call.value(of: TradeFilterFields.source)
        firstDay = try call.value(of: TradeFilterFields.firstDay)
        lastDay = try call.value(of: TradeFilterFields.lastDay)
    }

    /// The filter, with accounts looked up. A name that nothing has admits no trade.
    func filter(_ db: JournalFile.Connection) throws -> TradeFilter {
        var filter = TradeFilter()
        if !accounts.isEmpty { filter.accounts = Set(try accounts.flatMap { try AccountStore(db).named($0) }) }
        if !exchanges.isEmpty {
            let words = Set(exchanges.map { $0.lowercased() })
            let there = Set(try AccountStore(db).list().filter { words.contains($0.exchange.lowercased()) }.map(\.id))
            filter.accounts = filter.accounts.isEmpty ? there : filter.accounts.intersection(there)
        }
        // An empty set would ask for nothing.
        if !accounts.isEmpty || !exchanges.isEmpty, filter.accounts.isEmpty { filter.accounts = [Self.nobodys] }
        filter.symbols = Set(symbols.map { (try? Symbol.canonical($0)) ?? $0 })
        filter.directions = Set(directions)
        filter.tags = Set(tags)
        filter.setups = Set(setups.map { $0 == TradeFilterFields.untagged ? "" : $0 })
        if sources.count == 1 { filter.isManual = sources == [.manual] }
        filter.firstDay = firstDay
        filter.lastDay = lastDay
        return filter
    }

    /// The account of no trade: ids of accounts are derived, and zero is none.
    private static let nobodys = ID<Account>(rawValue: .max)
}
