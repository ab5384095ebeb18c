import Primitives
import Synchronization

/// The clocks a journal had at the end of recent answers, by the digest of their heads, so that a device can name its own
/// in eight bytes.
///
/// In memory only: a device whose clock is forgotten is told where the journal stands, which costs one more exchange.
package final class ClockRing: Sendable {
    package static let countMax = 64
    /// How many answers come between two times that the journal is built anew: whoever claims again and again to hold
    /// something else would keep it busy with that.
    package static let answersPerHealing = 256

    private struct State {
        var clocks: [UInt64: VectorClock] = [:]
        /// Digests in the order they came; the next one replaces the one at `next`.
        var order: [UInt64] = []
        var next = 0
        /// Answers since the journal was built anew; nil when it never was.
        var answersSinceHealing: Int?
    }

    private let state = Mutex(State())

    package init() {}

    package func remember(_ heads: SyncHeads) {
        let digest = heads.digest
        state.withLock { state in
            state.answersSinceHealing? += 1
            guard state.clocks.updateValue(heads.clock, forKey: digest) == nil else { return }
            if state.order.count < Self.countMax {
                state.order.append(digest)
            } else {
                state.clocks[state.order[state.next]] = nil
                state.order[state.next] = digest
                state.next = (state.next + 1) % Self.countMax
            }
        }
    }

    /// Whether the journal may be built anew because a device holds something else; it is taken to be done then.
    package func mayHeal() -> Bool {
        state.withLock { state in
            if let answers = state.answersSinceHealing, answers < Self.answersPerHealing { return false }
            state.answersSinceHealing = 0
            return true
        }
    }

    package func recall(_ digest: UInt64) -> VectorClock? { state.withLock { $0.clocks[digest] } }
}
