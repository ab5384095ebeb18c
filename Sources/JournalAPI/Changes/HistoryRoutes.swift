import Journal
import Primitives
import Storage
import Sync
import Web

/// What happened to a journal, and taking it back, over REST.
package struct HistoryRoutes: Sendable {
    /// What the fields held before and after, of one answer; in bytes. The commit that exceeds it still is in it, if it is
    /// the only one.
    package static let valueBytesMax = 1 << 20

    private static let limit = QueryField.integer("limit", in: 1...1000, or: 50, "How many commits, the latest first.")
    private static let after = QueryField<String?>.parsed(
        "after", .text(length: 1...200),
        "The name of a commit, as the history gives it: what comes after it is told. An answer names it as next.",
        wanted: "the name of a commit, like a3f2/17"
    ) { $0.utf8.count <= 200 ? $0 : nil }

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        let history = Content.json(HistoryView.shape)
        table.get(
            "/journal/history", "List the commits of every device, the latest first", reads: [Self.limit],
            answers: [200: history], newest)
        table.get(
            "/journal/history/{id}", "List every change of one trade, entry, tag or image",
            reads: [Self.limit, Self.after], answers: [200: history], changes)
        table.post(
            "/journal/undo", "Take back what one commit changed", takes: .json(GivenCommit.shape),
            answers: [200: .json(UndoView.shape)], undo)
    }

    func newest(_ call: Call) async throws -> Answer {
        let limit = try call.value(of: Self.limit)
        return try await services.show(call) { db in
            HistoryView(try HistoryStore(db).newest(limit), isWhole: true, next: nil)
        }
    }

    func changes(_ call: Call) async throws -> Answer {
        let id = try call.thing()
        let (limit, after) = (try call.value(of: Self.limit), try call.value(of: Self.after))
        return try await services.show(call) { db in
            let keys = Set(try EntityFinder(db).keys(id.description))
            let last = try after.map { try CommitNames(db).dot($0) }
            let changes = try HistoryStore(db).changes(
                of: keys, after: last, countMax: limit, bytesMax: Self.valueBytesMax)
            return HistoryView(
                changes.entries, isWhole: changes.isWhole, next: changes.hasMore ? changes.entries.last?.name : nil)
        }
    }

    func undo(_ call: Call) async throws -> UndoView {
        let given: GivenCommit = try await call.json()
        let name = given.commit
        let undone = try await services.edit(call, "undo \(name)") { draft, db in try draft.undo(name, db) }
        return UndoView(undone.result, commit: undone.commits.last)
    }
}

extension Call {
    /// Anything that has an id.
    ///
    /// - Throws: `thing.not_found`.
    func thing() throws(Failure) -> EntityID {
        guard let id = EntityID(parameter("id")) else {
            throw Failure(
                .notFound, "thing.not_found",
                "There is nothing “\(parameter("id").prefix(60))”. Ids are UUIDs, as lists show them.")
        }
        return id
    }
}
