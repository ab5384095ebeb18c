import Journal
import Primitives
import Storage
import Web

/// Trades over REST: those that fills make, and those entered by hand.
package struct TradeRoutes: Sendable {
    enum Sort: String, Sendable, CaseIterable {
        case closed_at, opened_at, net_pnl, r_multiple, duration_secs, symbol

        var order: TradeQuery.Order {
            switch self {
            case .closed_at: .closed
            case .opened_at: .opened
            case .net_pnl: .net
            case .r_multiple: .r
            case .duration_secs: .duration
            case .symbol: .symbol
            }
        }
    }

    private static let sort = QueryField.choice(
        "sort", of: Sort.self, or: .closed_at, "By which to sort; trades without it come last.")
    static let listFields: [any QueryParameter] =
        TradeFilterFields.all + [sort, PageFields.order, PageFields.page, PageFields.limit]

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let detail = Content.json(TradeDetailView.shape)
        let deleted = Content.json(DeletedView.shape)
        table.get(
            "/journal/trades", "List trades", reads: Self.listFields, answers: [200: .json(TradesView.shape)], list)
        table.post(
            "/journal/trades", "Enter a trade by hand", takes: .json(NewTrade.shape), answers: [201: detail], make)
        table.get("/journal/trades/{id}", "Get a trade with all that belongs to it", answers: [200: detail], get)
        table.patch(
            "/journal/trades/{id}", "Change a trade", heeds: [Precondition.header], takes: .json(TradeChange.shape),
            answers: [200: detail, 412: .json(Precondition.staleShape)], edit)
        table.delete(
            "/journal/trades/{id}", "Delete a trade", heeds: [Precondition.header],
            answers: [200: deleted, 412: .json(Precondition.staleShape)], delete)
        table.patch(
            "/journal/trades/{id}/notes", "Write the notes of a trade", heeds: [Precondition.header],
            takes: .json(GivenNotes.shape), answers: [200: detail, 412: .json(Precondition.staleShape)], setNotes)
        table.post(
            "/journal/trades/{id}/tags", "Put tags on a trade", heeds: [Precondition.header],
            takes: .json(GivenTags.shape),
            answers: [200: .json(TagNamesView.shape), 412: .json(Precondition.staleShape)], addTags)
        table.delete(
            "/journal/trades/{id}/tags/{tag_id}", "Take a tag off a trade", heeds: [Precondition.header],
            answers: [200: deleted, 412: .json(Precondition.staleShape)], removeTag)
    }

    func list(_ call: Call) async throws -> Answer {
        let filter = try GivenTradeFilter(call)
        let (sort, order) = (try call.value(of: Self.sort), try call.value(of: PageFields.order))
        let page = try Page(call)
        return try await services.show(call) { db in
            var query = try filter.query(db)
            query.order = sort.order
            // Names are read from A to Z unless one asks for the opposite.
            query.isReversed = order == (sort == .symbol ? .desc : .asc)
            (query.limit, query.offset) = (page.limit, page.offset)
            let store = TradeStore(db)
            return TradesView(
                trades: try store.list(query).map { TradeView($0) }, total: try store.count(query),
                page: page.number, limit: page.limit)
        }
    }

    func get(_ call: Call) async throws -> Answer {
        let id = try call.trade()
        return try await services.show(call) { try Self.detail(id, $0) }
    }

    func make(_ call: Call) async throws -> Answer {
        let new: NewTrade = try await call.json(bytesMax: JournalServices.textBodyBytesMax)
        let world = services.world
        let given = try new.fields(at: world.now())
        return try await services.make(
            call, "add a trade of \(given.symbol ?? "")", showing: { try Self.detail($0, $1) }
        ) { draft, db in
            let id = ID<Trade>.new(in: world)
            var fields = given
            try Self.check(try TradeStore(db).stopDoubt(fields), isMeant: new.stop_is_meant)
            fields.account = try new.account.map { try Self.account($0, db, in: &draft) }
            try TradeStore(db).add(id, fields, in: &draft)
            for tag in try TagStore(db).resolve(new.tags ?? [], world: world, in: &draft) {
                draft.add(Schema.tradeTags, to: id, tag.id)
            }
            return id
        }
    }

    func edit(_ call: Call) async throws -> Answer {
        let id = try call.trade()
        let change: TradeChange = try await call.json()
        let given = try change.fields()
        return try await services.change(
            call, "edit trade \(Lookup.short(id))", showing: { try Self.detail(id, $0) }
        ) { draft, db in
            let store = TradeStore(db)
            let id = try store.current(id)
            var fields = given
            try Self.check(try store.stopDoubt(fields, editing: id), isMeant: change.stop_is_meant)
            fields.account = try change.account.map { try Self.account($0, db, in: &draft) }
            if fields.isSomething { try store.edit(id, fields, in: &draft) }
            if !change.cleared.isEmpty { try store.annotate(id, change.cleared, in: &draft) }
        }
    }

    func delete(_ call: Call) async throws -> Answer {
        let id = try call.trade()
        return try await services.delete(
            call, "delete trade \(Lookup.short(id))", showing: { try Self.detail(id, $0) }
        ) { draft, db in
            let store = TradeStore(db)
            _ = try store.delete(try store.current(id), in: &draft)
        }
    }

    func setNotes(_ call: Call) async throws -> Answer {
        let id = try call.trade()
        let given: GivenNotes = try await call.json(bytesMax: JournalServices.textBodyBytesMax)
        let notes = try given.text()
        return try await services.change(
            call, "note on trade \(Lookup.short(id))", showing: { try Self.detail(id, $0) }
        ) { draft, db in
            let store = TradeStore(db)
            try store.setNotes(try store.current(id), notes, in: &draft)
        }
    }

    func addTags(_ call: Call) async throws -> Answer {
        let id = try call.trade()
        let given: GivenTags = try await call.json()
        try given.check()
        let world = services.world
        return try await services.change(
            call, "tag trade \(Lookup.short(id))", showing: { try Self.detail(id, $0) },
            answering: { try Self.tags(id, $0) }
        ) { draft, db in
            let store = TradeStore(db)
            let id = try store.current(id)
            let known = try (given.tag_ids ?? []).map { try TagStore(db).require($0.id) }
            try store.addTags(id, known.map(\.name) + (given.names ?? []), world: world, in: &draft)
        }
    }

    func removeTag(_ call: Call) async throws -> Answer {
        let (id, tag) = (try call.trade(), try call.tag("tag_id"))
        return try await services.delete(
            call, "untag trade \(Lookup.short(id))", showing: { try Self.detail(id, $0) }
        ) { draft, db in
            let store = TradeStore(db)
            try store.removeTag(try store.current(id), tag, in: &draft)
        }
    }

    // MARK: Steps

    /// - Throws: `trade.doubtful_stop`.
    private static func check(_ doubt: StopFinding?, isMeant: Bool?) throws(Failure) {
        guard let doubt, isMeant != true else { return }
        throw Failure(
            .invalid, "trade.doubtful_stop",
            "\(doubt.sentence) Correct it, or send \"stop_is_meant\": true if it is meant.")
    }

    private static func detail(_ id: ID<Trade>, _ db: JournalFile.Connection) throws -> TradeDetailView {
        let store = TradeStore(db)
        return TradeDetailView(try store.detail(try store.current(id), AnswerLimits.tradeDetail))
    }

    private static func tags(_ id: ID<Trade>, _ db: JournalFile.Connection) throws -> TagNamesView {
        let store = TradeStore(db)
        return TagNamesView(tags: try store.tags(of: try store.current(id)).map { TagName($0) })
    }

    private static func account(
        _ label: String, _ db: JournalFile.Connection, in draft: inout Draft
    ) throws -> ID<Account> {
        let account = try AccountStore(db).forManualTrade(label)
        try AccountStore(db).ensure(account, in: &draft)
        return account.id
    }
}

struct TagNamesView: View {
    static let shape = Shape.object(["tags": .list(of: TagName.shape)])

    let tags: [TagName]
}

extension GivenNotes {
    /// - Throws: `request.bad_field` when there are none.
    func text() throws(Failure) -> String {
        switch notes {
        case .set(let text): text
        case .clear: ""
        case .keep: throw Failure(.invalid, "request.bad_field", "Give the \"notes\": a text, or null for none.")
        }
    }
}

extension Call {
    /// The trade of the path.
    ///
    /// - Throws: `trade.not_found` for what is no id either.
    func trade() throws(Failure) -> ID<Trade> { try id("id", "trade") }

    /// - Throws: `tag.not_found`.
    func tag(_ name: String = "id") throws(Failure) -> ID<Tag> { try id(name, "tag") }

    /// - Throws: `entry.not_found`.
    func entry() throws(Failure) -> ID<Entry> { try id("id", "entry") }

    private func id<Noun>(_ name: String, _ noun: String) throws(Failure) -> ID<Noun> {
        guard let id = ID<Noun>(parameter(name)) else {
            throw Failure(
                .notFound, "\(noun).not_found",
                "There is no \(noun) “\(parameter(name).prefix(60))”. Ids are UUIDs, as lists show them.")
        }
        return id
    }
}
