import Primitives
import Synchronization
import Web

/// How many wrong codes may be shown: so many from one address, and so many from all of them together.
///
/// Six digits are few, and every guess is a guess at all codes at once. So each guess is paid for before it is looked up,
/// and only a right one is paid back: however many are made at once, no more are looked up than may be wrong. When all
/// together have guessed too often, only those are still heard who call from a network in which a code was made, and only
/// the codes of that network are looked up for them: an attacker with many addresses is not among them, and the owner is.
final class PairingBudget: Sendable {
    /// What one guess has taken.
    struct Guess: Sendable {
        fileprivate let address: ClientAddress
        /// Whether it is one of those that all make together; else only codes of its own network may be looked up for it.
        let isAgainstAll: Bool
    }

    private struct Count {
        var misses = 0
        /// Guesses that are being looked up.
        var open = 0
        var begin: Timestamp

        var taken: Int { misses + open }
    }

    private struct State {
        var addresses: [ClientAddress: Count] = [:]
        var all: Count
        var swept: Timestamp
    }

    /// Addresses that are counted one by one; whoever comes beyond is counted as one.
    static let addressesMax = 10_000
    /// Between two looks through all of them for those that are forgotten, in milliseconds.
    private static let sweepMilliseconds: Int64 = 10_000

    private let settings: PairingSettings
    private let world: World
    private let state: Mutex<State>

    init(_ settings: PairingSettings, world: World) {
        self.settings = settings
        self.world = world
        let now = world.now()
        state = Mutex(State(all: Count(begin: now), swept: now))
    }

    /// Pays for a guess. To be called before the code is looked up, and `settle` after it.
    ///
    /// - Throws: `pairing.too_many` when the address has guessed too often.
    func take(_ address: ClientAddress?) throws(Failure) -> Guess {
        let now = world.now()
        let taken: Result<Guess, Failure> = state.withLock { state in
            sweep(&state, at: now)
            let key = key(address, state)
            var count = current(state.addresses[key] ?? Count(begin: now), settings.addressSeconds, at: now)
            guard count.taken < settings.addressMissesMax else {
                return .failure(refusal(count, settings.addressMissesMax, settings.addressSeconds, at: now))
            }
            count.open += 1
            state.addresses[key] = count
            state.all = current(state.all, settings.allSeconds, at: now)
            let isAgainstAll = state.all.taken < settings.allMissesMax
            if isAgainstAll { state.all.open += 1 }
            return .success(Guess(address: key, isAgainstAll: isAgainstAll))
        }
        return try taken.get()
    }

    /// Ends a guess.
    ///
    /// - Parameter isMiss: false pays it back.
    func settle(_ guess: Guess, isMiss: Bool) {
        let now = world.now()
        state.withLock { state in
            var count = current(
                state.addresses[guess.address] ?? Count(begin: now), settings.addressSeconds, at: now)
            close(&count, isMiss: isMiss)
            state.addresses[guess.address] = count.taken == 0 ? nil : count
            guard guess.isAgainstAll else { return }
            state.all = current(state.all, settings.allSeconds, at: now)
            close(&state.all, isMiss: isMiss)
        }
    }

    /// Pays back a guess that nothing was looked up for, because all together have guessed too often.
    ///
    /// - Returns: `pairing.too_many`.
    func refuse(_ guess: Guess) -> Failure {
        settle(guess, isMiss: false)
        let now = world.now()
        return state.withLock { refusal($0.all, settings.allMissesMax, settings.allSeconds, at: now) }
    }

    private func close(_ count: inout Count, isMiss: Bool) {
        count.open = max(0, count.open - 1)
        if isMiss { count.misses += 1 }
    }

    /// A count whose time is over begins anew; what is being looked up stays taken.
    private func current(_ count: Count, _ seconds: Int, at now: Timestamp) -> Count {
        guard ends(count, seconds) <= now else { return count }
        return Count(open: count.open, begin: now)
    }

    private func key(_ address: ClientAddress?, _ state: State) -> ClientAddress {
        guard let household = address?.household else { return .unknown }
        return state.addresses[household] != nil || state.addresses.count < Self.addressesMax
            ? household : .unknown
    }

    private func sweep(_ state: inout State, at now: Timestamp) {
        guard state.addresses.count >= Self.addressesMax,
            state.swept.adding(milliseconds: Self.sweepMilliseconds) <= now
        else { return }
        state.swept = now
        state.addresses = state.addresses.filter { $1.open > 0 || ends($1, settings.addressSeconds) > now }
    }

    private func ends(_ count: Count, _ seconds: Int) -> Timestamp {
        count.begin.adding(milliseconds: Int64(seconds) * 1000)
    }

    /// What is only being looked up is soon paid back, or counted.
    private func refusal(_ count: Count, _ missesMax: Int, _ seconds: Int, at now: Timestamp) -> Failure {
        let wait = count.misses >= missesMax ? ends(count, seconds).milliseconds - now.milliseconds : 0
        let seconds = max(1, Int((wait + 999) / 1000))
        return Failure(
            .tooMany, "pairing.too_many", "Too many wrong codes were shown. Wait \(seconds) seconds, and try again.",
            retryAfterSeconds: seconds)
    }
}
