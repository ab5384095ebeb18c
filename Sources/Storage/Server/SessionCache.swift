import Foundation
import Primitives
import Synchronization

/// Sessions that were looked up since the control database was last written to.
///
/// Every write makes it forget everything, whatever was written: a session that was ended is over at once, and there is
/// no list of what ends one that could be wrong. Only one process writes to the file.
final class SessionCache: Sendable {
    /// A moment between two writes.
    struct Moment: Equatable {
        fileprivate let number: UInt64
    }

    private struct State {
        var number: UInt64 = 0
        var byToken: [Data: Session] = [:]
        var byID: [ID<Session>: Session] = [:]
    }

    /// Some 300 bytes each.
    private static let countMax = 10_000

    private let state = Mutex(State())

    /// To be asked for before the database is read, and given back with what was found.
    var moment: Moment { state.withLock { Moment(number: $0.number) } }

    /// To be called after a write, before anybody hears of it.
    func forget() {
        state.withLock { state in
            state.number += 1
            state.byToken.removeAll(keepingCapacity: true)
            state.byID.removeAll(keepingCapacity: true)
        }
    }

    func find(access token: Token) -> Session? { state.withLock { $0.byToken[token.hash] } }
    func find(_ id: ID<Session>) -> Session? { state.withLock { $0.byID[id] } }

    /// Keeps what was read, unless there was a write in the meantime.
    func keep(_ session: Session, access token: Token, since moment: Moment) {
        keep(since: moment) { $0.byToken[token.hash] = session }
    }

    func keep(_ session: Session, since moment: Moment) {
        keep(since: moment) { $0.byID[session.id] = session }
    }

    private func keep(since moment: Moment, _ change: (inout State) -> Void) {
        state.withLock { state in
            guard state.number == moment.number else { return }
            if state.byToken.count + state.byID.count >= Self.countMax {
                state.byToken.removeAll(keepingCapacity: true)
                state.byID.removeAll(keepingCapacity: true)
            }
            change(&state)
        }
    }
}
