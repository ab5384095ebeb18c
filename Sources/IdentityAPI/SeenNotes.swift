import Primitives
import Storage
import Synchronization

/// When sessions called last, and from where, until it is written down: all of it in one transaction, and only once in
/// a while. A caller that alternates between two networks costs no more than one that stays.
final class SeenNotes: Sendable {
    /// What is to be written down of one session.
    struct Note: Sendable {
        let network: String?
        let at: Timestamp
    }

    private struct State {
        var waiting: [ID<Session>: Note] = [:]
        var written: Timestamp?
    }

    /// Between two times of writing it down.
    static let seconds = 60
    /// Sessions that wait for it; of more than these it is not kept when they called.
    static let countMax = 10_000

    private let state = Mutex(State())

    /// Notes a call.
    ///
    /// - Returns: what is to be written down now, by whoever gets it; mostly nothing.
    func note(_ session: Session, from network: String?, at now: Timestamp) -> [ID<Session>: Note] {
        state.withLock { state in
            if state.waiting.count < Self.countMax || state.waiting[session.id] != nil {
                state.waiting[session.id] = Note(network: network, at: now)
            }
            let isTime = state.written.map { now.milliseconds(since: $0) >= Int64(Self.seconds) * 1000 || now < $0 }
            guard isTime ?? true else { return [:] }
            state.written = now
            defer { state.waiting.removeAll() }
            return state.waiting
        }
    }
}
