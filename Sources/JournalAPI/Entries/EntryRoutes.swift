import Foundation
import Journal
import Primitives
import Storage
import Web

/// Entries over REST: the dated pages of a journal.
package struct EntryRoutes: Sendable {
    private enum Fields {
        static let firstDay = QueryField.day("date_from", "Only entries of this day or later.")
        static let lastDay = QueryField.day("date_to", "Only entries of this day or earlier.")
        static let type = QueryField.choice("type", of: Entry.Form.self, "Only entries of this type.").repeated()
        static let trade = QueryField.id("trade_id", of: Trade.self, "Only entries about this trade.")
    }

    private static let listFields: [any QueryParameter] = [
        Fields.firstDay, Fields.lastDay, Fields.type, Fields.trade, PageFields.page, PageFields.limit,
    ]

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let entry = Content.json(EntryDetailView.shape)
        table.get(
            "/journal/entries", "List entries, the newest day first", reads: Self.listFields,
            answers: [200: .json(EntriesView.shape)], list)
        table.post("/journal/entries", "Write an entry", takes: .json(NewEntry.shape), answers: [201: entry], make)
        table.get("/journal/entries/{id}", "Get an entry", answers: [200: entry], get)
        table.put(
            "/journal/entries/{id}", "Change an entry", heeds: [Precondition.header], takes: .json(EntryChange.shape),
            answers: [200: entry, 412: .json(Precondition.staleShape)], edit)
        table.delete(
            "/journal/entries/{id}", "Delete an entry", heeds: [Precondition.header],
            answers: [200: .json(DeletedView.shape), 412: .json(Precondition.staleShape)], delete)
    }

    func list(_ call: Call) async throws -> Answer {
        let page = try Page(call)
        var query = EntryQuery()
        query.firstDay = try call.value(of: Fields.firstDay)
        query.lastDay = try call.value(of: Fields.lastDay)
        query.types = try call.value(of: Fields.type).map(\.rawValue)
        query.trade = try call.value(of: Fields.trade)
        (query.limit, query.offset) = (page.limit, page.offset)
        let asked = query
        return try await services.show(call) { db in
            let store = EntryStore(db)
            var texts = AnswerLimits.texts
            return EntriesView(
                entries: try store.list(asked, sharing: &texts).map { EntryView($0) }, total: try store.count(asked),
                page: page.number,
                limit: page.limit)
        }
    }

    func get(_ call: Call) async throws -> Answer {
        let id = try call.entry()
        return try await services.show(call) { try Self.view(id, $0) }
    }

    func make(_ call: Call) async throws -> Answer {
        let new: NewEntry = try await call.json(bytesMax: JournalServices.textBodyBytesMax)
        let world = services.world
        let now = world.now()
        return try await services.make(call, "add an entry", showing: { try Self.view($0, $1) }) { draft, db in
            var fields = new.fields
            if fields.day == nil {
                let settings = try SettingsStore(db).current()
                var calendar = TradingCalendar(
                    zone: settings.zone ?? .gmt, startOfDayMinutes: settings.startOfDayMinutes)
                fields.day = calendar.day(of: now)
            }
            fields.trade = try fields.trade.map { try TradeStore(db).current($0) }
            let id = ID<Entry>.new(in: world)
            try EntryStore(db).add(id, fields, at: now, in: &draft)
            return id
        }
    }

    func edit(_ call: Call) async throws -> Answer {
        let id = try call.entry()
        let change: EntryChange = try await call.json(bytesMax: JournalServices.textBodyBytesMax)
        let given = change.fields
        return try await services.change(
            call, "edit entry \(Lookup.short(id))", showing: { try Self.view(id, $0) }
        ) { draft, db in
            var fields = given
            fields.trade = try fields.trade.map { try TradeStore(db).current($0) }
            try EntryStore(db).edit(id, fields, in: &draft)
        }
    }

    func delete(_ call: Call) async throws -> Answer {
        let id = try call.entry()
        return try await services.delete(
            call, "delete entry \(Lookup.short(id))", showing: { try Self.view(id, $0) }
        ) { draft, db in
            _ = try EntryStore(db).delete(id, in: &draft)
        }
    }

    private static func view(_ id: ID<Entry>, _ db: JournalFile.Connection) throws -> EntryDetailView {
        EntryDetailView(
            entry: EntryView(try EntryStore(db).require(id)),
            images: try ImageStore(db).images(ofEntry: id, limit: AnswerLimits.imagesMax).map { ImageName($0) },
            image_count: try ImageStore(db).count(ofEntry: id))
    }
}
