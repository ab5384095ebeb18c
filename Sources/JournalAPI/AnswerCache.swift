import Primitives
import Synchronization
import Web

/// The last answers about journals that have not changed since: a page that many ask for is figured and written once.
///
/// An answer belongs to one person's journal at one revision, which no other journal ever has, and to one path and query.
final class AnswerCache: Sendable {
    private static let bytesMax = 64 << 20
    /// One person's pages shall not push out everybody else's.
    private static let answerBytesMax = 2 << 20

    private struct Key: Hashable {
        let person: ID<Caller>
        let target: String
    }

    private struct Kept {
        let revision: UInt64
        let answer: Answer
        let byteCount: Int
    }

    private struct State {
        var kept: [Key: Kept] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())

    func find(_ person: ID<Caller>, _ target: String, at revision: UInt64) -> Answer? {
        state.withLock { state in
            guard let kept = state.kept[Key(person: person, target: target)], kept.revision == revision else {
                return nil
            }
            return kept.answer
        }
    }

    /// - Parameter revision: read before the answer was made.
    func keep(_ answer: Answer, byteCount: Int, for person: ID<Caller>, _ target: String, at revision: UInt64) {
        guard byteCount <= Self.answerBytesMax else { return }
        let size = byteCount + target.utf8.count + 512
        state.withLock { state in
            if state.byteCount + size > Self.bytesMax {
                state.kept = [:]
                state.byteCount = 0
            }
            let former = state.kept.updateValue(
                Kept(revision: revision, answer: answer, byteCount: size), forKey: Key(person: person, target: target))
            state.byteCount += size - (former?.byteCount ?? 0)
        }
    }
}
