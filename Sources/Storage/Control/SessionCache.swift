import Foundation
import Primitives
import Synchronization

/// Sessions that were looked up lately.
///
/// A write tells which sessions it has changed, and those are forgotten before anybody hears of it: a session that was
/// ended is over at once. What else people do leaves it alone, so that nobody can empty it for others, and so does
/// somebody with many tokens, who only pushes out what is theirs. Only one process writes to the file.
final class SessionCache: Sendable {
    /// A moment between two changes.
    struct Moment: Equatable {
        fileprivate let number: UInt64
    }

    /// Tokens, and sessions by their ids, that are kept; some 400 bytes each.
    static let countMax = 8192
    /// Tokens of one person.
    static let perPersonMax = 64

    private struct State {
        var number: UInt64 = 0
        var byToken = RecentlyUsed<Data, Session>()
        var byID = RecentlyUsed<ID<Session>, Session>()
        /// The tokens in `byToken`, those that were kept first before the others.
        var ofSession: [ID<Session>: [Data]] = [:]
        var ofPerson: [ID<Person>: [Data]] = [:]
    }

    private let state = Mutex(State())

    /// To be asked for before the database is read, and given back with what was found.
    var moment: Moment { state.withLock { Moment(number: $0.number) } }

    /// How many tokens are kept.
    var count: Int { state.withLock { $0.byToken.count } }

    /// To be called after a write, before anybody hears of it.
    func forget(_ ids: Set<ID<Session>>) {
        guard !ids.isEmpty else { return }
        state.withLock { state in
            state.number += 1
            for id in ids {
                state.byID.remove(id)
                for token in state.ofSession[id] ?? [] { Self.drop(token, state.byToken.remove(token), &state) }
            }
        }
    }

    func find(access token: Token) -> Session? { state.withLock { $0.byToken.use(token.hash) } }
    func find(_ id: ID<Session>) -> Session? { state.withLock { $0.byID.use(id) } }

    /// Keeps what was read, unless a session was changed in the meantime.
    func keep(_ session: Session, access token: Token, since moment: Moment) {
        state.withLock { state in
            guard state.number == moment.number else { return }
            if state.byToken.remove(token.hash) == nil {
                state.ofSession[session.id, default: []].append(token.hash)
                state.ofPerson[session.person, default: []].append(token.hash)
            }
            state.byToken.put(session, for: token.hash)
            if state.byToken.count > Self.countMax, let oldest = state.byToken.oldestKey {
                Self.drop(oldest, state.byToken.remove(oldest), &state)
            }
            if let tokens = state.ofPerson[session.person], tokens.count > Self.perPersonMax, let oldest = tokens.first
            {
                Self.drop(oldest, state.byToken.remove(oldest), &state)
            }
        }
    }

    func keep(_ session: Session, since moment: Moment) {
        state.withLock { state in
            guard state.number == moment.number else { return }
            state.byID.put(session, for: session.id)
            if state.byID.count > Self.countMax, let oldest = state.byID.oldestKey { state.byID.remove(oldest) }
        }
    }

    /// Takes a token that is no longer kept off the lists.
    private static func drop(_ token: Data, _ session: Session?, _ state: inout State) {
        guard let session else { return }
        state.ofSession[session.id]?.removeAll { $0 == token }
        if state.ofSession[session.id]?.isEmpty == true { state.ofSession[session.id] = nil }
        state.ofPerson[session.person]?.removeAll { $0 == token }
        if state.ofPerson[session.person]?.isEmpty == true { state.ofPerson[session.person] = nil }
    }
}
