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
    /// Markets in which fills may be missing that were there before, or be of another kind.
    private(set) var edited: Set<Market> = []
    /// Symbols of which an instrument changed.
    private(set) var symbols: Set<String> = []
    /// Trades entered by hand, and annotations whose anchor or life changed, each once, in the order they were noted:
    /// most likely that of their rows.
    private(set) var trades: [EntityID] = []
    private var notedTrades: Set<EntityID> = []
    /// Trades of which something was written, or that were tagged or untagged.
    private(set) var annotations: Set<EntityID> = []
    /// Tags whose name or life changed.
    private(set) var tags: Set<EntityID> = []
    /// Accounts by which their trades may be figured otherwise now.
    private(set) var accounts: Set<EntityID> = []

    /// Imports whose fills may be likely doubles now, or no more.
    private(set) var imports: Set<EntityID> = []
    /// Deleted trades whose fills may count again, or no more.
    private(set) var asideGroups: Set<EntityID> = []

    /// The fields of a trade that no round trip depends on.
    private static let plainTradeFields: Set<UInt32> = Set(
        ["stop_price", "target_price", "rating", "notes", "setup"].map { Schema.trade.number(of: $0) })
    /// The fields that figures depend on, of the kinds that are noted by what they show. Of a trade the writes are enough.
    private static let figuredFields: [Kind: Set<UInt32>] = [
        Schema.account.kind: Set(
            ["exchange", "cost_basis", "alias_of", "currency", "margin"].map { Schema.account.number(of: $0) }),
        Schema.instrument.kind: Set(Schema.instrument.fields.map(\.number)),
        Schema.fill.kind: Set(Schema.fill.fields.map(\.number)).subtracting([Schema.fill.number(of: "external_id")]),
        Schema.tag.kind: [Schema.tag.number(of: "name")],
        Schema.fileImport.kind: Set(
            ["layout", "resolution_ms", "has_ids", "account"].map { Schema.fileImport.number(of: $0) }),
    ]

    /// - Parameter isGrowing: whether the market only gets more fills.
    mutating func note(market: Market, milliseconds: Int64, isGrowing: Bool = false) {
        markets[market] = min(markets[market] ?? .max, milliseconds)
        if !isGrowing { edited.insert(market) }
    }

    mutating func note(account id: EntityID) { accounts.insert(id) }

    mutating func note(trade id: EntityID) {
        if notedTrades.insert(id).inserted { trades.append(id) }
    }

    mutating func note(asideGroup id: EntityID) { asideGroups.insert(id) }

    mutating func note(annotation id: EntityID) { annotations.insert(id) }

    /// What an entity shows, to be asked before it is written and after; nil when no figure depends on what is written,
    /// or when the writes alone tell what has changed.
    static func shown(_ table: EntityTable, _ id: EntityID, writing writes: [FieldWrite]) throws -> [Value]? {
        guard let fields = figuredFields[table.entity.kind], writes.contains(where: { fields.contains($0.field) })
        else { return nil }
        return try table.row(of: id)?.values
    }

    /// Notes an entity that was written, unless it shows what it showed before: that is how a tag comes along with each
    /// trade that has it. What moved from one place to another is noted at both.
    ///
    /// - Parameter before: nil for an entity that is new.
    mutating func note(
        _ kind: Kind, _ id: EntityID, _ writes: [FieldWrite], from before: [Value]?, to after: [Value]?
    ) {
        if kind == Schema.trade.kind {
            annotations.insert(id)
            if !writes.allSatisfy({ Self.plainTradeFields.contains($0.field) }) { note(trade: id) }
        } else if before != after {
            if let before { note(kind, id, showing: before) }
            if let after { note(kind, id, showing: after, isNew: before == nil) }
        }
    }

    /// Notes an entity that vanished or came back.
    mutating func notePresence(_ table: EntityTable, _ id: EntityID) throws {
        if table.entity.kind == Schema.trade.kind {
            annotations.insert(id)
            note(trade: id)
        } else if let row = try table.row(of: id) {
            note(table.entity.kind, id, showing: row.values)
        }
    }

    private mutating func note(_ kind: Kind, _ id: EntityID, showing values: [Value], isNew: Bool = false) {
        switch kind {
        case Schema.fill.kind:
            if case .bytes(let account) = values[0], let account = EntityID(bytes: account),
                case .text(let symbol) = values[1], case .integer(let time) = values[7]
            {
                note(market: Market(account: account, symbol: symbol), milliseconds: time, isGrowing: isNew)
            }
            if values.count > 11, case .bytes(let group) = values[11], let group = EntityID(bytes: group) {
                note(asideGroup: group)
            }
        case Schema.account.kind:
            accounts.insert(id)
            // What it was another name of, before or now.
            if values.count > 4, case .bytes(let other) = values[4], let other = EntityID(bytes: other) {
                accounts.insert(other)
            }
        case Schema.instrument.kind:
            if values.count > 1, case .text(let symbol) = values[1] { symbols.insert(symbol) }
        case Schema.tag.kind: tags.insert(id)
        case Schema.fileImport.kind: imports.insert(id)
        default: break
        }
    }
}
