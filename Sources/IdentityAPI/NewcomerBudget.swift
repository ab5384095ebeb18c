import Primitives
import Synchronization
import Web

/// How many people may sign in for the first time: so many from one address in an hour, and so many from all together.
///
/// A wallet costs nothing, and everybody who comes takes a place on the disk for good, and among the journals that are
/// open. Whoever has been here before is not counted.
final class NewcomerBudget: Sendable {
    /// Whom all may bring in an hour, as a multiple of whom one address may bring.
    static let allFactor = 20
    /// Addresses that are counted one by one; whoever comes beyond is counted as one.
    static let addressesMax = 10_000
    private static let windowMilliseconds: Int64 = 3_600_000

    private struct State {
        /// All windows begin at once, so that they are forgotten at once.
        var begin = Timestamp(milliseconds: 0)
        var counts: [ClientAddress: Int] = [:]
        var all = 0
    }

    private let perHourMax: Int
    private let state = Mutex(State())

    init(perHourMax: Int) { self.perHourMax = perHourMax }

    /// Counts somebody whose wallet was never seen.
    ///
    /// - Throws: `auth.too_many_newcomers`.
    func charge(_ address: ClientAddress?, at now: Timestamp) throws(Failure) {
        let household = address?.household ?? .unknown
        let ends = state.withLock { state -> Timestamp? in
            let age = now.milliseconds(since: state.begin)
            if age >= Self.windowMilliseconds || age < 0 { state = State(begin: now) }
            let isCounted = state.counts[household] != nil || state.counts.count < Self.addressesMax
            let key = isCounted ? household : .unknown
            let count = state.counts[key, default: 0]
            guard count < perHourMax, state.all < perHourMax * Self.allFactor else {
                return state.begin.adding(milliseconds: Self.windowMilliseconds)
            }
            state.counts[key] = count + 1
            state.all += 1
            return nil
        }
        if let ends { throw .tooManyNewcomers(until: ends, now: now) }
    }
}

extension Failure {
    fileprivate static func tooManyNewcomers(until ends: Timestamp, now: Timestamp) -> Failure {
        let seconds = Int(max(1, min(3600, (ends.milliseconds(since: now) + 999) / 1000)))
        return Failure(
            .tooMany, "auth.too_many_newcomers",
            "Too many people have signed in for the first time. Wait \(seconds) seconds, and try again.",
            retryAfterSeconds: seconds)
    }
}
