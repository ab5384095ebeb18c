import Primitives
import Synchronization

/// Counts what of answers lies in memory because it was not read yet: for each person, and for all of them.
///
/// Whoever has asked for so much is answered no more before it is read. When all together have, room is made by closing
/// the connections of who holds the most of what nobody reads.
final class UnreadAnswers: Sendable {
    /// Whom an answer is counted for.
    enum Holder: Hashable, Sendable {
        case person(ID<Caller>)
        case address(ClientAddress)
    }

    /// A part of the budget. It is given back by `release`, or when nobody holds it any more.
    final class Share: Sendable {
        private let id: UInt64
        private let holder: Holder
        private let answers: UnreadAnswers

        fileprivate init(_ id: UInt64, of holder: Holder, in answers: UnreadAnswers) {
            self.id = id
            self.holder = holder
            self.answers = answers
        }

        deinit { release() }

        func release() { answers.release(id, of: holder) }
    }

    private struct Claim {
        let bytes: Int
        let began: ContinuousClock.Instant
        let close: @Sendable () -> Void
    }

    private struct Account {
        var bytes = 0
        var claims: [UInt64: Claim] = [:]
    }

    private struct State {
        var bytes = 0
        var accounts: [Holder: Account] = [:]
        var lastID: UInt64 = 0

        mutating func remove(_ id: UInt64, of holder: Holder) -> Claim? {
            guard let claim = accounts[holder]?.claims.removeValue(forKey: id) else { return nil }
            bytes -= claim.bytes
            accounts[holder]?.bytes -= claim.bytes
            if accounts[holder]?.claims.isEmpty == true { accounts[holder] = nil }
            return claim
        }
    }

    /// What the smallest share counts as, so that there are not too many of them.
    private static let shareBytesMin = 16 << 10

    private let bytesMax: Int
    private let personBytesMax: Int
    private let graceTime: Duration
    private let metrics: Metrics
    private let state = Mutex(State())

    /// - Parameters:
    ///   - bytesMax: of all answers together.
    ///   - personBytesMax: of one person's answers together.
    ///   - graceSeconds: how long nobody is blamed for not having read.
    init(bytesMax: Int, personBytesMax: Int, graceSeconds: Int = WebLimits.readerGraceSeconds, metrics: Metrics) {
        self.bytesMax = bytesMax
        self.personBytesMax = personBytesMax
        graceTime = .seconds(graceSeconds)
        self.metrics = metrics
    }

    /// The bytes of all answers that were not read yet.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Looks before the work is done whether there would be room for an answer at all.
    ///
    /// - Throws: `answers.unread`.
    func check(_ holder: Holder) throws(Failure) {
        let held = state.withLock { $0.accounts[holder]?.bytes ?? 0 }
        guard held < personBytesMax else { throw .answersUnread }
    }

    /// Takes room for an answer.
    ///
    /// - Parameter close: ends the connection that it goes out on.
    /// - Throws: `request.too_much` for an answer that nobody may have; `answers.unread`, `answers.too_many`.
    func reserve(_ bytes: Int, for holder: Holder, close: @escaping @Sendable () -> Void) throws(Failure) -> Share {
        guard bytes <= min(personBytesMax, bytesMax) else { throw .tooMuchWork }
        let bytes = max(bytes, Self.shareBytesMin)
        let now = ContinuousClock.now
        let (result, evicted) = state.withLock { state -> (Result<UInt64, Failure>, [Claim]) in
            let own = (state.accounts[holder]?.bytes ?? 0) + bytes
            // The only answer of somebody always fits.
            guard own <= max(personBytesMax, bytes) else { return (.failure(.answersUnread), []) }
            var evicted: [Claim] = []
            while state.bytes + bytes > max(bytesMax, bytes) {
                let claims = worst(state, thanHolding: own, at: now)
                if claims.isEmpty { return (.failure(.answersTooMany), evicted) }
                for (id, holder) in claims { if let claim = state.remove(id, of: holder) { evicted.append(claim) } }
            }
            state.lastID += 1
            state.bytes += bytes
            state.accounts[holder, default: Account()].bytes += bytes
            state.accounts[holder]?.claims[state.lastID] = Claim(bytes: bytes, began: now, close: close)
            return (.success(state.lastID), evicted)
        }
        for claim in evicted {
            metrics.add(to: .slowReadersClosed)
            claim.close()
        }
        return Share(try result.get(), of: holder, in: self)
    }

    /// What lies there for long of the one who holds the most, and more than `bytes`.
    private func worst(
        _ state: State, thanHolding bytes: Int, at now: ContinuousClock.Instant
    ) -> [(UInt64, Holder)] {
        let worst = state.accounts.filter { $0.value.bytes > bytes }.max { $0.value.bytes < $1.value.bytes }
        guard let worst else { return [] }
        return worst.value.claims.filter { now - $0.value.began >= graceTime }.map { ($0.key, worst.key) }
    }

    private func release(_ id: UInt64, of holder: Holder) {
        state.withLock { state in _ = state.remove(id, of: holder) }
    }
}

extension Failure {
    static let answersUnread = Failure(
        .tooMany, "answers.unread",
        "You have asked for more than you have read. Read the answers that are under way first.", retryAfterSeconds: 2)
    static let answersTooMany = Failure(
        .unavailable, "answers.too_many", "The server has too many answers under way right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
