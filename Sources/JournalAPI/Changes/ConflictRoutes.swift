import Journal
import Primitives
import Storage
import Sync
import Web

/// What was changed on two devices at once, and settling it, over REST.
package struct ConflictRoutes: Sendable {
    /// Stands for the life or death of a thing, where a field is meant otherwise.
    private static let presence = "presence"

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        table.get(
            "/journal/conflicts", "List what was changed on two devices at once",
            answers: [200: .json(ConflictsView.shape)], list)
        table.post(
            "/journal/conflicts/{id}/{field}", "Settle a field, or a deletion against an edit",
            names: ["field": .text.note("As the conflict names it; presence for a deletion.", example: "rating")],
            takes: .json(Decision.shape), answers: [200: .json(SettledView.shape)], settle)
    }

    func list(_ call: Call) async throws -> Answer {
        try await services.show(call) { db in
            let store = try ConflictStore(db)
            return ConflictsView(try store.fields(), try store.contests())
        }
    }

    func settle(_ call: Call) async throws -> Answer {
        let (id, field) = (try call.thing(), call.parameter("field"))
        let decision: Decision = try await call.json(bytesMax: JournalServices.textBodyBytesMax)
        let summary = try decision.summary(of: field)
        let settled = try await services.edit(call, summary) { draft, db in
            let settlement = Settlement(db)
            let keys = try EntityFinder(db).keys(id.description)
            if field == Self.presence {
                let isAlive = try decision.isAlive()
                try settlement.decide(alive: isAlive, try settlement.contested(among: keys), in: &draft)
                return PlainValue.text(isAlive ? "alive" : "deleted")
            }
            let key = try settlement.key(among: keys, field: field)
            switch try decision.choice() {
            case .keep(let version):
                return PlainValue(try settlement.keep(version, of: field, key, in: &draft), field: field)
            case .merge(let text): return .text(try settlement.merge(text, into: field, key, in: &draft))
            }
        }
        var answer = try Answer(
            json: SettledView(
                id: id.description, field: field, value: ValueView(settled.result), commit: settled.commits.last))
        answer[JournalServices.commitHeader] = settled.commits.last
        return answer
    }
}
