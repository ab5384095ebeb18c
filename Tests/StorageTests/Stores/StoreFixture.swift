import Foundation
import Journal
import Primitives
import Storage
import Sync

/// A journal with what most tests of stores begin with.
extension TestDevice {
    static let account = Account.named(exchange: "binance", environment: .live, label: "main")

    /// A fill whose every value does not matter but those given. `minute` counts from the epoch of the tests.
    static func fill(
        _ number: UInt64, _ side: Side, _ quantity: String = "1", price: String = "100", minute: Int64? = nil,
        symbol: String = "BTC_USDT", fee: String = "0"
    ) -> Fill {
        Fill(
            id: .numbered(number), account: account.id, symbol: symbol, side: side, price: Amount(price) ?? .zero,
            quantity: Amount(quantity) ?? .zero, fee: Amount(fee) ?? .zero, feeCurrency: "USDT",
            time: Timestamp(milliseconds: 1_777_000_000_000 + (minute ?? Int64(number)) * 60_000),
            sequence: Int64(number), externalID: String(number))
    }

    func add(_ fills: Fill...) async throws {
        try await journal.edit("import") { draft, db in
            try AccountStore(db).ensure(Self.account, in: &draft)
            for fill in try FillStore(db).unknown(fills) { draft.put(fill) }
        }
    }

    func trades(_ query: TradeQuery = TradeQuery()) async throws -> [TradeSummary] {
        try await journal.read { try TradeStore($0).list(query) }
    }

    /// The only trade there is.
    func onlyTrade() async throws -> TradeSummary {
        let trades = try await trades()
        guard trades.count == 1 else { throw Failure(.internal, "test.trades", "there are \(trades.count) trades") }
        return trades[0]
    }

    func detail(_ id: ID<Trade>) async throws -> TradeDetail {
        try await journal.read { try TradeStore($0).detail(id) }
    }

    func write(_ body: @Sendable @escaping (TradeStore, inout Draft) throws -> Void) async throws {
        try await journal.edit("write") { draft, db in try body(TradeStore(db), &draft) }
    }

    func note(_ id: ID<Trade>, _ text: String) async throws {
        try await write { try $0.setNotes(id, text, in: &$1) }
    }

    func tag(_ id: ID<Trade>, _ names: String...) async throws {
        let world = world
        try await write { try $0.addTags(id, names, world: world, in: &$1) }
    }

    /// A trade entered by hand: long, one share, in at 100.
    @discardableResult
    func addTrade(
        _ symbol: String = "AAPL", exit: String? = nil, stop: String? = nil, openedMinute: Int64 = 0
    ) async throws -> ID<Trade> {
        let id = ID<Trade>.new(in: world)
        var fields = TradeFields()
        fields.symbol = symbol
        fields.direction = .long
        fields.quantity = Amount(whole: 1)
        fields.entryPrice = Amount(whole: 100)
        fields.exitPrice = exit.flatMap { Amount($0) }
        fields.stopPrice = stop.flatMap { Amount($0) }
        fields.openedAt = Timestamp(milliseconds: 1_777_000_000_000 + openedMinute * 60_000)
        if exit != nil { fields.closedAt = fields.openedAt?.adding(milliseconds: 3_600_000) }
        let made = fields
        try await write { try $0.add(id, made, in: &$1) }
        return id
    }
}
