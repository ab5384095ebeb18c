import Primitives
import Synchronization

/// How often strangers may ask: so often from one address, and so often all of them together.
///
/// Each has a bucket that fills steadily and that a request takes one from. What it takes to count is bounded, too:
/// when there are more addresses than it can know, those it does not know share one bucket.
package final class RateLimit: Sendable {
    private struct Bucket {
        var left: Double
        var filled: Timestamp
    }

    private struct State {
        var buckets: [ClientAddress: Bucket] = [:]
        var unknown: Bucket
        var all: Bucket
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
                unknown: Bucket(left: Double(addressPerMinute), filled: now),
                all: Bucket(left: Double(allPerMinute), filled: now)))
    }

    /// - Throws: `request.too_many`, with when to try again.
    package func take(_ address: ClientAddress?) throws(Failure) {
        let now = world.now()
        let wait = state.withLock { state -> Double in
            let key = address?.household
            if let key, state.buckets[key] == nil { makeRoom(&state, at: now) }
            var own = key.flatMap { key in
                state.buckets[key]
                    ?? (state.buckets.count < Self.addressesMax ? Bucket(left: addressPerMinute, filled: now) : nil)
            }
            let isKnown = own != nil
            if own == nil { own = state.unknown }
            guard var bucket = own else { return 0 }
            fill(&bucket, addressPerMinute, at: now)
            fill(&state.all, allPerMinute, at: now)
            let wait = max((1 - bucket.left) / addressPerMinute, (1 - state.all.left) / allPerMinute) * 60
            if wait <= 0 {
                bucket.left -= 1
                state.all.left -= 1
            }
            if isKnown, let key { state.buckets[key] = bucket } else { state.unknown = bucket }
            return wait
        }
        if wait > 0 { throw .requestTooMany(retryAfterSeconds: Int(wait.rounded(.up))) }
    }

    private func fill(_ bucket: inout Bucket, _ perMinute: Double, at now: Timestamp) {
        let minutes = Double(max(0, now.milliseconds - bucket.filled.milliseconds)) / 60_000
        bucket.left = min(perMinute, bucket.left + minutes * perMinute)
        bucket.filled = now
    }

    /// Forgets the addresses that have their whole budget again.
    private func makeRoom(_ state: inout State, at now: Timestamp) {
        guard state.buckets.count >= Self.addressesMax else { return }
        state.buckets = state.buckets.filter { _, bucket in
            var bucket = bucket
            fill(&bucket, addressPerMinute, at: now)
            return bucket.left < addressPerMinute
        }
    }
}

extension Failure {
    package static func requestTooMany(retryAfterSeconds: Int) -> Failure {
        Failure(
            .tooMany, "request.too_many", "That was asked too often. Wait \(retryAfterSeconds) seconds, and try again.",
            retryAfterSeconds: retryAfterSeconds)
    }
}
