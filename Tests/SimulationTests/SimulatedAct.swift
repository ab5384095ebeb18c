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

    private func pick<T>(_ things: [T]) -> T? {
        things.isEmpty ? nil : things[Int(chance % UInt64(things.count))]
    }
}
