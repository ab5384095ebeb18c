import Journal
import Primitives
import Sync

/// What a transaction touched of the facts that something is derived from.
struct JournalChanges {
    struct Market: Hashable {
        let account: EntityID
        let symbol: String

        /// By bytes, as SQLite compares: Swift takes symbols that only look alike for one.
        static func == (left: Self, right: Self) -> Bool {
            left.account == right.account && left.symbol.utf8.elementsEqual(right.symbol.utf8)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(account)
            for byte in symbol.utf8 { hasher.combine(byte) }
        }
    }

    /// For each market, the time of the earliest fill that changed, in milliseconds.
    private(set) var markets: [Market: Int64] = [:]
    /// Trades entered by hand, and annotations whose anchor or life changed, each once, in the order they were noted:
    /// most likely that of their rows.
    private(set) var trades: [EntityID] = []
    private var notedTrades: Set<EntityID> = []
    /// Trades of which something was written, or that were tagged or untagged.
    private(set) var annotations: Set<EntityID> = []
    /// Tags that were written or whose life changed.
    private(set) var tags: Set<EntityID> = []
    /// Accounts whose cost basis may have changed.
    private(set) var accounts: Set<EntityID> = []

    /// Deleted trades whose fills may count again, or no more.
    private(set) var asideGroups: Set<EntityID> = []

    /// The fields of a fill and a trade that no figure depends on.
    private static let plainFillFields: Set<UInt32> = [Schema.fill.number(of: "external_id")]
    private static let plainTradeFields: Set<UInt32> = Set(
        ["stop_price", "target_price", "rating", "notes", "setup"].map { Schema.trade.number(of: $0) })

    mutating func note(market: Market, milliseconds: Int64) {
        markets[market] = min(markets[market] ?? .max, milliseconds)
    }

    mutating func note(trade id: EntityID) {
        if notedTrades.insert(id).inserted { trades.append(id) }
    }

    mutating func note(asideGroup id: EntityID) { asideGroups.insert(id) }

    mutating func note(annotation id: EntityID) { annotations.insert(id) }

    /// Notes an entity before or after a write; what a change moves from one place to another is noted at both.
    ///
    /// - Parameter writes: the fields written; nil when the entity as a whole appeared or vanished.
    mutating func note(_ table: EntityTable, _ id: EntityID, _ writes: [FieldWrite]?) throws {
        switch table.entity.kind {
        case Schema.fill.kind:
            if let writes, writes.allSatisfy({ Self.plainFillFields.contains($0.field) }) { return }
            guard let fill = try table.row(of: id) else { return }
            if case .bytes(let account) = fill.values[0], let account = EntityID(bytes: account),
                case .text(let symbol) = fill.values[1], case .integer(let time) = fill.values[7]
            {
                note(market: Market(account: account, symbol: symbol), milliseconds: time)
            }
            if fill.values.count > 11, case .bytes(let group) = fill.values[11], let group = EntityID(bytes: group) {
                note(asideGroup: group)
            }
        case Schema.trade.kind:
            annotations.insert(id)
            if let writes, writes.allSatisfy({ Self.plainTradeFields.contains($0.field) }) { return }
            note(trade: id)
        case Schema.account.kind: accounts.insert(id)
        case Schema.tag.kind: tags.insert(id)
        default: break
        }
    }
}
