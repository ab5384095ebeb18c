import Primitives
import Synchronization
import Web

/// How many wrong codes may be shown: so many from one address, and so many from all of them together.
///
/// Six digits are few, and every guess is a guess at all codes at once. When all together have guessed too often, only
/// those are still heard who call from a network in which a code was made: an attacker with many addresses is not among
/// them, and the owner is.
final class PairingBudget: Sendable {
    private struct Window {
        var misses = 0
        let begin: Timestamp
    }

    private struct State {
        var addresses: [ClientAddress: Window] = [:]
        var all: Window?
    }

    /// Addresses that are counted one by one; whoever comes beyond is counted as one.
    private static let addressesMax = 10_000

    private let settings: PairingSettings
    private let world: World
    private let state = Mutex(State())

    init(_ settings: PairingSettings, world: World) {
        self.settings = settings
        self.world = world
    }

    /// Whether all together have guessed too often.
    var isExhausted: Bool {
        let now = world.now()
        return state.withLock { state in
            state.all.map { Self.ends($0, settings.allSeconds) > now && $0.misses >= settings.allMissesMax } ?? false
        }
    }

    /// - Throws: `pairing.too_many` when the address has guessed too often.
    func check(_ address: ClientAddress?) throws(Failure) {
        let now = world.now()
        let ends = state.withLock { state -> Timestamp? in
            guard let window = state.addresses[key(address, state)], window.misses >= settings.addressMissesMax else {
                return nil
            }
            let ends = Self.ends(window, settings.addressSeconds)
            return ends > now ? ends : nil
        }
        if let ends { throw .pairingTooMany(until: ends, now: now) }
    }

    /// - Throws: `pairing.too_many`.
    func refuseStrangers() throws(Failure) {
        let now = world.now()
        let ends = state.withLock { $0.all.map { Self.ends($0, settings.allSeconds) } ?? now }
        throw .pairingTooMany(until: ends, now: now)
    }

    func noteMiss(from address: ClientAddress?) {
        let now = world.now()
        state.withLock { state in
            if state.addresses.count >= Self.addressesMax {
                state.addresses = state.addresses.filter { Self.ends($0.value, settings.addressSeconds) > now }
            }
            let key = key(address, state)
            state.addresses[key] = counted(state.addresses[key], settings.addressSeconds, at: now)
            state.all = counted(state.all, settings.allSeconds, at: now)
        }
    }

    private func key(_ address: ClientAddress?, _ state: State) -> ClientAddress {
        guard let household = address?.household else { return .unknown }
        return state.addresses[household] != nil || state.addresses.count < Self.addressesMax
            ? household : .unknown
    }

    private func counted(_ window: Window?, _ seconds: Int, at now: Timestamp) -> Window {
        var window = window.flatMap { Self.ends($0, seconds) > now ? $0 : nil } ?? Window(begin: now)
        window.misses += 1
        return window
    }

    private static func ends(_ window: Window, _ seconds: Int) -> Timestamp {
        window.begin.adding(milliseconds: Int64(seconds) * 1000)
    }
}

extension Failure {
    fileprivate static func pairingTooMany(until ends: Timestamp, now: Timestamp) -> Failure {
        let seconds = max(1, Int((ends.milliseconds - now.milliseconds + 999) / 1000))
        return Failure(
            .tooMany, "pairing.too_many", "Too many wrong codes were shown. Wait \(seconds) seconds, and try again.",
            retryAfterSeconds: seconds)
    }
}
