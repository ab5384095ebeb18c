import Synchronization

/// Room that people share, in memory or on a disk: so much for all, and so much for each.
///
/// Nobody may hold more than stays free. So however much the others take, whoever comes last finds some room as well.
/// What waits for somebody slow gives way when room is needed: first of whoever holds the most, and only what waits for
/// long already.
package final class FairSpace<Person: Hashable & Sendable>: Sendable {
    private struct Claim {
        /// All that it takes, and the part of it that counts.
        var bytes: Int64 = 0
        var counted: Int64 = 0
        let began: ContinuousClock.Instant
        /// Nil for what waits for nobody.
        var giveWay: (@Sendable () -> Void)?
        var hasGivenWay = false
    }

    private struct Account {
        var bytes: Int64 = 0
        var claims: [ObjectIdentifier: Claim] = [:]
    }

    private struct State {
        var bytes: Int64 = 0
        var accounts: [Person: Account] = [:]

        mutating func add(_ count: Int64, to person: Person) {
            bytes += count
            accounts[person, default: Account()].bytes += count
        }
    }

    private let bytesMax: Int64
    private let bytesPerPersonMax: Int64
    private let graceTime: Duration
    private let ownRefusal: Failure
    private let refusal: Failure
    private let state = Mutex(State())

    /// - Parameters:
    ///   - graceTime: how long nobody is blamed for being slow.
    ///   - ownRefusal: what is said to who holds too much.
    ///   - refusal: what is said to the others when all together do.
    package init(
        bytesMax: Int64, bytesPerPersonMax: Int64, graceTime: Duration = .zero, ownRefusal: Failure = .serverBusy,
        refusal: Failure = .serverBusy
    ) {
        self.bytesMax = bytesMax
        self.bytesPerPersonMax = bytesPerPersonMax
        self.graceTime = graceTime
        self.ownRefusal = ownRefusal
        self.refusal = refusal
    }

    /// What all people hold together, in bytes.
    package var bytesUsed: Int64 { state.withLock { $0.bytes } }

    /// What one person can hold when nobody else holds anything, in bytes.
    package var bytesAtMost: Int64 { min(bytesPerPersonMax, bytesMax / 2) }

    /// Looks before any work is done whether somebody could hold anything more.
    ///
    /// - Throws: the refusal of who holds too much.
    package func check(_ person: Person) throws(Failure) {
        let held = state.withLock { $0.accounts[person]?.bytes ?? 0 }
        guard held < bytesPerPersonMax else { throw ownRefusal }
    }

    /// Something that is about to take room; it has none yet.
    ///
    /// - Parameters:
    ///   - freeBytes: so much of it does not count: what is small finds room always.
    ///   - giveWay: ends what the room is for, because others need it; nil for what waits for nobody.
    package func share(
        of person: Person, freeBytes: Int64 = 0, giveWay: (@Sendable () -> Void)? = nil
    ) -> Share { Share(self, person, freeBytes: freeBytes, giveWay: giveWay) }

    /// The room that one thing takes, given back with its last user.
    package final class Share: Sendable {
        private let space: FairSpace
        fileprivate let person: Person
        private let freeBytes: Int64
        fileprivate let giveWay: (@Sendable () -> Void)?

        fileprivate init(
            _ space: FairSpace, _ person: Person, freeBytes: Int64, giveWay: (@Sendable () -> Void)?
        ) {
            self.space = space
            self.person = person
            self.freeBytes = freeBytes
            self.giveWay = giveWay
        }

        deinit { giveBack() }

        /// Takes more room.
        ///
        /// - Throws: a refusal when there is not as much.
        package func take(_ count: Int64) throws(Failure) { try space.take(count, for: self) }

        /// Counts room that is taken already, whether there is as much or not.
        package func note(_ count: Int64) { space.note(count, for: self) }

        /// Waits for nobody any more: from here on it gives way to nobody.
        package func keep() { space.keep(self) }

        package func giveBack() { space.forget(self) }

        fileprivate func counted(_ bytes: Int64) -> Int64 { max(0, bytes - freeBytes) }
    }

    private func take(_ count: Int64, for share: Share) throws(Failure) {
        let latest = ContinuousClock.now - graceTime
        let (failure, displaced) = state.withLock { ask(&$0, count, share, latest) }
        for giveWay in displaced { giveWay() }
        if let failure { throw failure }
    }

    private func note(_ count: Int64, for share: Share) {
        state.withLock { state in
            let claim = Self.claim(of: share, in: state)
            Self.set(claim.bytes + count, of: claim, share, in: &state)
        }
    }

    private func keep(_ share: Share) {
        state.withLock { state in
            var claim = Self.claim(of: share, in: state)
            claim.giveWay = nil
            state.accounts[share.person, default: Account()].claims[ObjectIdentifier(share)] = claim
        }
    }

    private func forget(_ share: Share) {
        state.withLock { state in
            guard let claim = state.accounts[share.person]?.claims.removeValue(forKey: ObjectIdentifier(share)) else {
                return
            }
            state.add(-claim.counted, to: share.person)
            if state.accounts[share.person]?.claims.isEmpty == true { state.accounts[share.person] = nil }
        }
    }

    // MARK: Under the lock

    private static func claim(of share: Share, in state: State) -> Claim {
        state.accounts[share.person]?.claims[ObjectIdentifier(share)]
            ?? Claim(began: .now, giveWay: share.giveWay)
    }

    private static func set(_ bytes: Int64, of claim: Claim, _ share: Share, in state: inout State) {
        var claim = claim
        state.add(share.counted(bytes) - claim.counted, to: share.person)
        (claim.bytes, claim.counted) = (bytes, share.counted(bytes))
        state.accounts[share.person, default: Account()].claims[ObjectIdentifier(share)] = claim
    }

    /// - Returns: why there is no room, if there is none, and what has given way.
    private func ask(
        _ state: inout State, _ count: Int64, _ share: Share, _ latest: ContinuousClock.Instant
    ) -> (Failure?, [@Sendable () -> Void]) {
        let claim = Self.claim(of: share, in: state)
        guard !claim.hasGivenWay else { return (refusal, []) }
        // Compared by differences: a count that somebody announced may be near the end of an integer.
        let (sum, isTooMuch) = claim.bytes.addingReportingOverflow(count)
        let (held, more) = (state.accounts[share.person]?.bytes ?? 0, share.counted(sum) - claim.counted)
        guard count >= 0, !isTooMuch, more <= max(0, bytesPerPersonMax - held) else { return (ownRefusal, []) }
        var displaced: [@Sendable () -> Void] = []
        while more > max(0, (bytesMax - state.bytes - held) / 2) {
            let slow = makeRoom(&state, thanHolding: held + more, latest)
            if slow.isEmpty { return (refusal, displaced) }
            displaced += slow
        }
        Self.set(sum, of: claim, share, in: &state)
        return (nil, displaced)
    }

    /// Takes its room from what waits for long, of who holds the most of those who hold more than `bytes`.
    private func makeRoom(
        _ state: inout State, thanHolding bytes: Int64, _ latest: ContinuousClock.Instant
    ) -> [@Sendable () -> Void] {
        let isSlow: (Claim) -> Bool = { $0.giveWay != nil && $0.began <= latest }
        let worst = state.accounts.filter { $0.value.bytes > bytes && $0.value.claims.values.contains(where: isSlow) }
            .max { $0.value.bytes < $1.value.bytes }
        guard let (person, account) = worst else { return [] }
        var displaced: [@Sendable () -> Void] = []
        for (id, claim) in account.claims where isSlow(claim) {
            if let giveWay = claim.giveWay { displaced.append(giveWay) }
            var rest = Claim(began: claim.began)
            rest.hasGivenWay = true
            state.accounts[person]?.claims[id] = rest
            state.add(-claim.counted, to: person)
        }
        return displaced
    }
}
