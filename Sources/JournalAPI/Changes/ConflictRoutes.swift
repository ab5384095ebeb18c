import Journal
import Primitives
import Storage
import Sync
import Web

/// What was changed on two devices at once, and settling it, over REST.
package struct ConflictRoutes: Sendable {
    /// Stands for the life or death of a thing, where a field is meant otherwise.
    private static let presence = "presence"
    private static let fieldName = Shape.text.note(
        "As the conflict names it; presence for a deletion.", example: "rating")
    private static let first = QueryField.integer(
        "first", in: 1...PageFields.pageMax, or: 1, "The number of the first version that is told.")

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        table.get(
            "/journal/conflicts", "List what was changed on two devices at once",
            reads: [PageFields.page, PageFields.limit], answers: [200: .json(ConflictsView.shape)], list)
        table.get(
            "/journal/conflicts/{id}/{field}", "Get the versions of one field, some of them at a time",
            names: ["field": Self.fieldName], reads: [Self.first], answers: [200: .json(FieldConflict.shape)], field)
        table.get(
            "/journal/conflicts/{id}/{field}/{number}", "Get one version of a field, whole",
            names: [
                "field": Self.fieldName,
                "number": .integer(1...Int64(PageFields.pageMax)).note("As the conflict tells it."),
            ],
            answers: [200: .json(FieldConflict.Version.shape)], version)
        table.post(
            "/journal/conflicts/{id}/{field}", "Settle a field, or a deletion against an edit",
            names: ["field": Self.fieldName],
            takes: .json(Decision.shape), answers: [200: .json(SettledView.shape)], settle)
    }

    func list(_ call: Call) async throws -> Answer {
        let page = try Page(call)
        return try await services.show(call) { db in
            let store = try ConflictStore(db)
            return ConflictsView(
                try store.fields(from: page.offset, countMax: page.limit),
                try store.contests(from: page.offset, countMax: page.limit))
        }
    }

    func field(_ call: Call) async throws -> Answer {
        let (id, field) = (try call.thing(), call.parameter("field"))
        var reading = ConflictReading()
        reading.first = try call.value(of: Self.first)
        return try await services.show(call) { [reading] db in
            let key = try Settlement(db).key(among: try EntityFinder(db).keys(id.description), field: field)
            return FieldConflict(try ConflictStore(db).require(key, field: field, reading))
        }
    }

    func version(_ call: Call) async throws -> Answer {
        let (id, field) = (try call.thing(), call.parameter("field"))
        guard let number = Int(call.parameter("number")), (1...PageFields.pageMax).contains(number) else {
            throw Failure.conflictNoVersion
        }
        return try await services.show(call) { db in
            let key = try Settlement(db).key(among: try EntityFinder(db).keys(id.description), field: field)
            let version = try ConflictStore(db).version(number, key, field: field)
            return FieldConflict.Version(version, field: field)
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
