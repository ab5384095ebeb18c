import Journal
import Primitives
import Storage
import Web

/// Tags over REST.
package struct TagRoutes: Sendable {
    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let tag = Content.json(TagView.shape)
        table.get("/journal/tags", "List the tags", answers: [200: .json(TagsView.shape)], list)
        table.post("/journal/tags", "Make a tag", takes: .json(NewTag.shape), answers: [201: tag], make)
        table.get("/journal/tags/{id}", "Get a tag", answers: [200: tag], get)
        table.put(
            "/journal/tags/{id}", "Change a tag", heeds: [Precondition.header], takes: .json(TagChange.shape),
            answers: [200: tag, 412: .json(Precondition.staleShape)], edit)
        table.delete(
            "/journal/tags/{id}", "Delete a tag, and take it off every trade", heeds: [Precondition.header],
            answers: [200: .json(DeletedView.shape), 412: .json(Precondition.staleShape)], delete)
    }

    func list(_ call: Call) async throws -> Answer {
        try await services.show(call) { TagsView(try TagStore($0).list()) }
    }

    func get(_ call: Call) async throws -> Answer {
        let id = try call.tag()
        return try await services.show(call) { try Self.view(id, $0) }
    }

    func make(_ call: Call) async throws -> Answer {
        let new: NewTag = try await call.json()
        let world = services.world
        return try await services.make(call, "add tag \(new.name)", showing: { try Self.view($0, $1) }) { draft, db in
            try TagStore(db).add(new.name, color: new.color, world: world, in: &draft).id
        }
    }

    func edit(_ call: Call) async throws -> Answer {
        let id = try call.tag()
        let change: TagChange = try await call.json()
        return try await services.change(call, "change a tag", showing: { try Self.view(id, $0) }) { draft, db in
            try TagStore(db).edit(id, name: change.name, color: change.color, in: &draft)
        }
    }

    func delete(_ call: Call) async throws -> Answer {
        let id = try call.tag()
        return try await services.delete(call, "delete a tag", showing: { try Self.view(id, $0) }) { draft, db in
            try TagStore(db).delete(id, in: &draft)
        }
    }

    private static func view(_ id: ID<Tag>, _ db: JournalFile.Connection) throws -> TagView {
        let store = TagStore(db)
        return TagView(try store.require(id), tradeCount: try store.tradeCount(of: id))
    }
}
