import GRDB
import Journal
import Primitives
import Storage
import Sync

/// One thing that a person does to a trade, an import or a conflict, through the stores that the CLI and REST use.
struct SimulatedAct {
    let number: Int
    let chance: UInt64
    let word: String
    let world: World

    func draft(_ db: Database, _ draft: inout Draft) throws {
        let store = TradeStore(db)
        switch number {
        case 5: return try settle(db, &draft)
        case 6: return try undo(db, &draft)
        case 7: return try undoImport(db, &draft)
        case 8: return try rename(db, &draft)
        case 9: return try merge(db, &draft)
        case 10: return try importFills(db, &draft)
        case 11: return try correct(db, &draft)
        default: break
        }
        guard let trade = pick(try store.list(TradeQuery())) else { return }
        switch number {
        case 0, 1: _ = try store.delete(trade.id, in: &draft)
        case 2: try store.appendNotes(trade.id, word, in: &draft)
        case 3: _ = try store.addTags(trade.id, [word], world: world, in: &draft)
        default: try store.annotate(trade.id, ["rating": .integer(Int64(chance % 5))], in: &draft)
        }
    }

    private func settle(_ db: Database, _ draft: inout Draft) throws {
        guard let contest = pick(try ConflictStore(db).contests()) else { return }
        try Settlement(db).decide(alive: chance % 2 == 0, contest.key, in: &draft)
    }

    private func undo(_ db: Database, _ draft: inout Draft) throws {
        guard let commit = pick(try HistoryStore(db).newest(10)) else { return }
        _ = try draft.undo(commit.name, db)
    }

    /// Takes the fills of a trade away, as undoing the import does that brought them.
    private func undoImport(_ db: Database, _ draft: inout Draft) throws {
        guard let trade = pick(try TradeStore(db).list(TradeQuery())) else { return }
        for part in try FillStore(db).fills(of: trade) { draft.delete(Schema.fill, part.fill.id) }
    }

    // MARK: Accounts and instruments

    private func rename(_ db: Database, _ draft: inout Draft) throws {
        let store = AccountStore(db)
        if let account = pick(try store.list()) { try store.rename(account, to: word, in: &draft) }
    }

    private func merge(_ db: Database, _ draft: inout Draft) throws {
        let store = AccountStore(db)
        let accounts = try store.list()
        guard let part = pick(accounts), let whole = pick(accounts.reversed()) else { return }
        try store.merge(part, into: whole, in: &draft)
    }

    /// Under a name as this device knows it; the fills are few, so that accounts meet in one market.
    private func importFills(_ db: Database, _ draft: inout Draft) throws {
        let account = try AccountStore(db).forImport(exchange: "binance", environment: .live, label: word)
        try AccountStore(db).ensure(account, in: &draft)
        for number in 0..<(1 + chance % 3) {
            let turn = (chance / 3 + number) % 8
            draft.put(
                Fill(
                    id: .derived("simulated fill", [account.id.description, String(turn)]), account: account.id,
                    symbol: "BTC_USDT", side: turn % 2 == 0 ? .buy : .sell, price: Amount(whole: Int64(100 + turn)),
                    quantity: Amount(whole: 1), fee: .zero, feeCurrency: "",
                    time: Timestamp(milliseconds: 1_700_000_000_000 + Int64(turn) * 1000), sequence: Int64(turn),
                    externalID: ""))
        }
    }

    private func correct(_ db: Database, _ draft: inout Draft) throws {
        if chance % 2 == 0 {
            var fields = try InstrumentFields(exchange: "", symbol: "ETH_USDT", kind: nil)
            fields.multiplier = .set(Amount(whole: Int64(1 + chance / 2 % 3)))
            try InstrumentStore(db).set(fields, in: &draft)
        } else if let account = pick(try AccountStore(db).list()) {
            var fields = AccountFields()
            fields.currency = .set(word)
            fields.costBasis = chance / 2 % 2 == 0 ? .fifo : .average
            try AccountStore(db).set(fields, of: account, in: &draft)
        }
    }

    private func pick<T>(_ things: [T]) -> T? {
        things.isEmpty ? nil : things[Int(chance % UInt64(things.count))]
    }
}
