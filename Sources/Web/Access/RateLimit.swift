import Primitives
import Synchronization

/// How often strangers may ask: so often from one address, and so often all of them together.
///
/// Each has a bucket that fills steadily and that a request takes one from. What it takes to count is bounded, too:
/// when there are more addresses than it can know, those it does not know share one bucket.
package final class RateLimit: Sendable {
    private struct State {
        var known: RateBuckets<ClientAddress>
        var unknown: RateBucket
        var all: RateBucket
    }

    /// Addresses that are counted one by one.
    private static let addressesMax = 20_000

    private let addressPerMinute: Double
    private let allPerMinute: Double
    private let world: World
    private let state: Mutex<State>

    /// - Parameters:
    ///   - addressPerMinute: for one IPv4 address or IPv6 /64, at once or spread out.
    ///   - allPerMinute: for all of them together.
    package init(addressPerMinute: Int, allPerMinute: Int, world: World) {
        self.addressPerMinute = Double(addressPerMinute)
        self.allPerMinute = Double(allPerMinute)
        self.world = world
        let now = world.now()
        state = Mutex(
            State(
                known: RateBuckets(countMax: Self.addressesMax, now: now),
                unknown: RateBucket(left: Double(addressPerMinute), filled: now),
                all: RateBucket(left: Double(allPerMinute), filled: now)))
    }

    /// What callers without a session may ask for.
    package convenience init(_ limits: WebLimits, world: World) {
        self.init(
            addressPerMinute: limits.strangerPerMinute, allPerMinute: limits.strangersPerMinute, world: world)
    }

    /// - Throws: `request.too_many`, with when to try again.
    package func take(_ address: ClientAddress?) throws(Failure) {
        let now = world.now()
        let wait = state.withLock { state -> Double in
            let key = address?.household
            let own = key.flatMap { key in
                state.known.find(key, at: now)
                    ?? (state.known.hasRoom ? RateBucket(left: addressPerMinute, filled: now) : nil)
            }
            var bucket = own ?? state.unknown
            bucket.fill(addressPerMinute, at: now)
            state.all.fill(allPerMinute, at: now)
            let wait = max((1 - bucket.left) / addressPerMinute, (1 - state.all.left) / allPerMinute) * 60
            if wait <= 0 {
                bucket.left -= 1
                state.all.left -= 1
            }
            if own != nil, let key { state.known.keep(bucket, for: key) } else { state.unknown = bucket }
            return wait
        }
        if wait > 0 { throw .requestTooMany(retryAfterSeconds: Int(wait.rounded(.up))) }
    }
}

extension Failure {
    package static func requestTooMany(retryAfterSeconds: Int) -> Failure {
        Failure(
            .tooMany, "request.too_many", "That was asked too often. Wait \(retryAfterSeconds) seconds, and try again.",
            retryAfterSeconds: retryAfterSeconds)
    }
}
