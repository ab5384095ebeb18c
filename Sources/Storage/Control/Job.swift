import Primitives

/// Work of a person that goes on without a request, and after a restart of the server.
package struct Job: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A file that came in.
        case fileImport = "file_import"
    }

    package enum State: String, Sendable, CaseIterable { case queued, running, done, failed }

    /// What was found, and what became of it.
    package struct Counts: Hashable, Sendable {
        package var new = 0
        package var known = 0
        package var refused = 0
        package var skipped = 0

        package init() {}
    }

    /// Why it failed as a whole.
    package struct Problem: Hashable, Sendable {
        package let code: String
        package let message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// What came of it.
    package struct Outcome: Sendable {
        package var done: Int64
        package var counts: Counts
        /// JSON of the kind.
        package var detail: String?
        package var problem: Problem?

        package init(done: Int64 = 0, counts: Counts = Counts(), detail: String? = nil, problem: Problem? = nil) {
            self.done = done
            self.counts = counts
            self.detail = detail
            self.problem = problem
        }
    }

    package let id: ID<Job>
    package let person: ID<Person>
    package let kind: Kind
    package var state = State.queued
    /// What is to be done, as JSON of the kind.
    package let request: String
    /// Starts that did not end in order, with the one that goes on.
    package var attempts = 0
    /// In units of the kind.
    package let total: Int64
    package var outcome = Outcome()
    package let created: Timestamp
    package var started: Timestamp?
    package var finished: Timestamp?

    package init(
        id: ID<Job>, person: ID<Person>, kind: Kind, request: String, total: Int64, created: Timestamp
    ) {
        self.id = id
        self.person = person
        self.kind = kind
        self.request = request
        self.total = total
        self.created = created
    }
}
