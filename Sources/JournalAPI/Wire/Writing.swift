import Primitives
import Storage
import Web

extension JournalServices {
    /// How large a body with a long text may be: notes and entries have 256 KiB, and JSON may escape every byte.
    static let textBodyBytesMax = 2 << 20

    /// The header that names the commit of a write, for `POST /journal/undo`.
    static let commitHeader = "daybook-commit"

    /// Answers with what is shown of the journal, and its entity tag.
    ///
    /// - Parameter show: may ask for nothing but the journal, the path and the query: see `cached`.
    func show(
        _ call: Call, _ show: @Sendable @escaping (JournalFile.Connection) throws -> some View
    ) async throws -> Answer {
        try await cached(call) { try await tagged($0, show) }
    }

    /// Written down where it is read: that takes the journal's own time, and the board knows whose work it is.
    private func tagged(
        _ journal: OpenJournal, _ show: @Sendable @escaping (JournalFile.Connection) throws -> some View
    ) async throws -> TaggedView {
        try await journal.file.read { db in try AnswerLimits.reading { try TaggedView(try show(db)) } }
    }

    /// Changes one thing, unless the caller has read it before (`If-Match`) and it is something else by now.
    ///
    /// - Parameters:
    ///   - show: what is shown of it; what the precondition is compared with, in the transaction that writes.
    ///   - body: drafts the change.
    /// - Returns: what is shown of it afterwards; or 412 with what it is now.
    func change<Shown: View>(
        _ call: Call, _ summary: String, showing show: @Sendable @escaping (JournalFile.Connection) throws -> Shown,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> Void
    ) async throws -> Answer {
        try await written(call, summary, showing: show, body) { journal, _ in
            try await tagged(journal, show).answer()
        }
    }

    /// The same, answering with something else than what the precondition is compared with.
    func change(
        _ call: Call, _ summary: String,
        showing show: @Sendable @escaping (JournalFile.Connection) throws -> some View,
        answering answer: @Sendable @escaping (JournalFile.Connection) throws -> some View,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> Void
    ) async throws -> Answer {
        try await written(call, summary, showing: show, body) { journal, _ in
            try Answer(json: try await journal.file.read { db in try AnswerLimits.reading { try answer(db) } })
        }
    }

    /// Makes one thing.
    ///
    /// - Returns: what is shown of it, with 201.
    func make<Noun>(
        _ call: Call, _ summary: String,
        showing show: @Sendable @escaping (ID<Noun>, JournalFile.Connection) throws -> some View,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> ID<Noun>
    ) async throws -> Answer {
        try await withJournal(of: call) { journal in
            let made = try await edit(call, journal, summary, body)
            var answer = try await tagged(journal) { try show(made.result, $0) }.answer(status: 201)
            answer[Self.commitHeader] = made.commits.last
            return answer
        }
    }

    /// Deletes one thing, under the same condition as `change`.
    func delete<Shown: View>(
        _ call: Call, _ summary: String, showing show: @Sendable @escaping (JournalFile.Connection) throws -> Shown,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> Void
    ) async throws -> Answer {
        try await written(call, summary, showing: show, body) { _, commits in
            try DeletedView(commits).answer()
        }
    }

    private func written<Shown: View>(
        _ call: Call, _ summary: String, showing show: @Sendable @escaping (JournalFile.Connection) throws -> Shown,
        _ body: @Sendable @escaping (inout Draft, JournalFile.Connection) throws -> Void,
        answering answer: @Sendable (OpenJournal, _ commits: [String]) async throws -> Answer
    ) async throws -> Answer {
        let precondition = Precondition(call)
        return try await withJournal(of: call) { journal in
            do {
                let edited = try await edit(call, journal, summary) { draft, db in
                    if let precondition { try AnswerLimits.reading { try precondition.check(try show(db)) } }
                    try body(&draft, db)
                }
                var answer = try await answer(journal, edited.commits)
                answer[Self.commitHeader] = edited.commits.last
                return answer
            } catch let stale as Stale<Shown> {
                return call.refusal(Failure.stale, details: stale.shown)
            }
        }
    }
}

/// What became of a deletion: the commit that did it, which `POST /journal/undo` takes back.
struct DeletedView: View {
    static let shape = Shape.object(
        "Deleted",
        [
            "deleted": .flag,
            "commit": .text.orNull.note("What POST /journal/undo takes to bring it back.", example: "a3f2/17"),
            "commits": .list(of: .text).note("All of them, where it took several: undo the last one first."),
        ])

    let deleted = true
    @OrNull var commit: String?
    let commits: [String]

    init(_ commits: [String]) {
        commit = commits.last
        self.commits = commits
    }
}
