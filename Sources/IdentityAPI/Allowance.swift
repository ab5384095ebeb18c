import Primitives
import Storage
import Synchronization

/// How often each person may do something: so many times within any stretch of so many seconds.
///
/// It is taken before anything is done, so that many at once are no more than many one after the other.
final class Allowance: Sendable {
    private struct State {
        /// When each person did it, the oldest first.
        var times: [ID<Person>: [Timestamp]] = [:]
        var swept: Timestamp
    }

    /// People who are remembered; when there are more, those go whose times are over, and else everybody.
    static let peopleMax = 10_000

    private let countMax: Int
    private let milliseconds: Int64
    private let world: World
    private let state: Mutex<State>

    init(_ countMax: Int, seconds: Int, world: World) {
        self.countMax = countMax
        milliseconds = Int64(seconds) * 1000
        self.world = world
        state = Mutex(State(swept: world.now()))
    }

    /// Takes one.
    ///
    /// - Returns: nil, or after how many seconds the next one can be had.
    func take(_ person: ID<Person>) -> Int? {
        let now = world.now()
        let begin = now.adding(milliseconds: -milliseconds)
        return state.withLock { state in
            if state.times.count >= Self.peopleMax, state.times[person] == nil { makeRoom(&state, at: now) }
            var times = (state.times[person] ?? []).filter { $0 > begin && $0 <= now }
            guard times.count < countMax else {
                state.times[person] = times
                return max(1, Int(((times.first ?? now).milliseconds(since: begin) + 999) / 1000))
            }
            times.append(now)
            state.times[person] = times
            return nil
        }
    }

    private func makeRoom(_ state: inout State, at now: Timestamp) {
        let begin = now.adding(milliseconds: -milliseconds)
        // Once within the time is enough: nobody is remembered for longer.
        guard state.swept <= begin else {
            if state.times.count >= 2 * Self.peopleMax { state.times.removeAll() }
            return
        }
        state.swept = now
        state.times = state.times.filter { $1.last.map { $0 > begin } ?? false }
    }
}
