import Primitives
import Synchronization

/// Counts what lies in memory because the other side is slow: for each person, and for all of them. Once for answers
/// that were not read yet, once for bodies that have not come to their end.
///
/// Whoever holds so much gets no more before it is done with. When all together do, room is made by closing the
/// connections of who holds the most, for longest.
final class HeldBytes: Sendable {
    /// Whom it is counted for.
    enum Holder: Hashable, Sendable {
        case person(ID<Caller>)
        case address(ClientAddress)
    }

    /// A part of the budget. It is given back by `release`, or when nobody holds it any more.
    final class Share: Sendable {
        private let id: UInt64
        private let holder: Holder
        private let all: HeldBytes

        fileprivate init(_ id: UInt64, of holder: Holder, in all: HeldBytes) {
            self.id = id
            self.holder = holder
            self.all = all
        }

        deinit { release() }

        func release() { all.release(id, of: holder) }
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

    /// What is said to who gets no more.
    struct Refusals: Sendable {
        /// Because they hold too much themselves.
        let own: Failure
        /// Because all together do.
        let all: Failure

        static let answers = Refusals(own: .answersUnread, all: .answersTooMany)
        static let bodies = Refusals(own: .bodiesTooMany, all: .bodiesNoRoom)
    }

    /// What the smallest share counts as, so that there are not too many of them.
    private static let shareBytesMin = 16 << 10

    private let bytesMax: Int
    private let personBytesMax: Int
    private let refusals: Refusals
    private let graceTime: Duration
    private let metrics: Metrics
    private let state = Mutex(State())

    /// - Parameters:
    ///   - bytesMax: of all together.
    ///   - personBytesMax: of one person together.
    ///   - graceSeconds: how long nobody is blamed for being slow.
    init(
        bytesMax: Int, personBytesMax: Int, refusals: Refusals, graceSeconds: Int = WebLimits.readerGraceSeconds,
        metrics: Metrics
    ) {
        self.bytesMax = bytesMax
        self.personBytesMax = personBytesMax
        self.refusals = refusals
        graceTime = .seconds(graceSeconds)
        self.metrics = metrics
    }

    /// Looks before any work is done whether there would be room at all.
    ///
    /// - Throws: the refusal of who holds too much.
    func check(_ holder: Holder) throws(Failure) {
        let held = state.withLock { $0.accounts[holder]?.bytes ?? 0 }
        guard held < personBytesMax else { throw refusals.own }
    }

    /// Takes room.
    ///
    /// - Parameter close: ends the connection that it is for.
    /// - Throws: `request.too_much` for what is more than anybody may hold; the refusals.
    func reserve(_ bytes: Int, for holder: Holder, close: @escaping @Sendable () -> Void) throws(Failure) -> Share {
        guard bytes <= min(personBytesMax, bytesMax) else { throw .tooMuchWork }
        let bytes = max(bytes, Self.shareBytesMin)
        let now = ContinuousClock.now
        let (result, evicted) = state.withLock { state -> (Result<UInt64, Failure>, [Claim]) in
            let own = (state.accounts[holder]?.bytes ?? 0) + bytes
            // The only one of somebody always fits.
            guard own <= max(personBytesMax, bytes) else { return (.failure(refusals.own), []) }
            var evicted: [Claim] = []
            while state.bytes + bytes > max(bytesMax, bytes) {
                let claims = worst(state, thanHolding: own, at: now)
                if claims.isEmpty { return (.failure(refusals.all), evicted) }
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

    /// What lies there for long, of who holds the most of those who hold more than `bytes`.
    private func worst(
        _ state: State, thanHolding bytes: Int, at now: ContinuousClock.Instant
    ) -> [(UInt64, Holder)] {
        let latest = now - graceTime
        let isLong: (Claim) -> Bool = { claim in claim.began <= latest }
        let worst = state.accounts.filter { $0.value.bytes > bytes && $0.value.claims.values.contains(where: isLong) }
            .max { $0.value.bytes < $1.value.bytes }
        guard let worst else { return [] }
        return worst.value.claims.filter { isLong($0.value) }.map { ($0.key, worst.key) }
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
    static let bodiesTooMany = Failure(
        .tooMany, "bodies.too_many", "You are sending too many large bodies at once. Send one after the other.",
        retryAfterSeconds: 2)
    static let bodiesNoRoom = Failure(
        .unavailable, "bodies.no_room",
        "The server is taking in too many large bodies right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
