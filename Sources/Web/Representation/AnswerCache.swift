import Primitives
import Synchronization

/// The last answers about journals that have not changed since: a page that many ask for is figured and written once.
///
/// An answer belongs to one person's journal at one revision, which no other journal ever has, and to one path and query.
/// When there are too many, the person who has asked the longest ago loses their oldest first.
package final class AnswerCache: Sendable {
    /// Of all people, in bytes.
    package static let bytesMax = 64 << 20
    /// Of one person, in bytes: nobody's pages push out everybody else's.
    package static let bytesPerPersonMax = 8 << 20
    /// Of one answer, in bytes.
    package static let answerBytesMax = 2 << 20
    /// What keeping an answer takes besides its bytes.
    private static let extraBytes = 512

    private struct Kept {
        let revision: UInt64
        let answer: Answer
        let byteCount: Int
    }

    /// What is kept of one person.
    private final class Pages {
        var kept = RecentlyUsed<String, Kept>()
        var byteCount = 0
    }

    private struct State {
        var people = RecentlyUsed<ID<Person>, Pages>()
        var byteCount = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// What all answers take, in bytes.
    package var byteCount: Int { state.withLock { $0.byteCount } }

    package func find(_ person: ID<Person>, _ target: String, at revision: UInt64) -> Answer? {
        state.withLock { state in
            guard let kept = state.people.use(person)?.kept.use(target), kept.revision == revision else { return nil }
            return kept.answer
        }
    }

    /// - Parameter revision: read before the answer was made.
    package func keep(
        _ answer: Answer, byteCount: Int, for person: ID<Person>, _ target: String, at revision: UInt64
    ) {
        guard byteCount <= Self.answerBytesMax else { return }
        let size = byteCount + target.utf8.count + Self.extraBytes
        state.withLock { state in
            let pages = state.people.use(person) ?? Pages()
            state.people.put(pages, for: person)
            let former = pages.kept.put(Kept(revision: revision, answer: answer, byteCount: size), for: target)
            let change = size - (former?.byteCount ?? 0)
            pages.byteCount += change
            state.byteCount += change
            while pages.byteCount > Self.bytesPerPersonMax, Self.dropOldest(of: person, &state) {}
            while state.byteCount > Self.bytesMax, let idle = state.people.oldestKey,
                Self.dropOldest(of: idle, &state)
            {}
        }
    }

    /// - Returns: false when there was nothing.
    private static func dropOldest(of person: ID<Person>, _ state: inout State) -> Bool {
        guard let place = state.people.peek(person), let target = place.kept.oldestKey,
            let dropped = place.kept.remove(target)
        else { return false }
        place.byteCount -= dropped.byteCount
        state.byteCount -= dropped.byteCount
        if place.kept.isEmpty { state.people.remove(person) }
        return true
    }
}
