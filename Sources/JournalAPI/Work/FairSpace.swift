import Primitives
import Synchronization

/// Room that people share, in memory or on a disk: so much for all, and so much for each.
///
/// Nobody may hold more than stays free. So however much the others take, whoever comes last finds some room as well.
package final class FairSpace: Sendable {
    private struct State {
        var used: Int64 = 0
        var byPerson: [ID<FairSpace>: Int64] = [:]
    }

    private let bytesMax: Int64
    private let bytesPerPersonMax: Int64
    private let state = Mutex(State())

    package init(bytesMax: Int64, bytesPerPersonMax: Int64) {
        self.bytesMax = bytesMax
        self.bytesPerPersonMax = bytesPerPersonMax
    }

    /// What all people hold together, in bytes.
    package var bytesUsed: Int64 { state.withLock { $0.used } }

    /// Something that is about to take room; it has none yet.
    package func share<Person>(of person: ID<Person>) -> Share { Share(self, person.cast()) }

    /// The room that one thing takes, given back with its last user.
    package final class Share: Sendable {
        private let space: FairSpace
        private let person: ID<FairSpace>
        private let held = Mutex<Int64>(0)

        fileprivate init(_ space: FairSpace, _ person: ID<FairSpace>) {
            self.space = space
            self.person = person
        }

        deinit { space.give(back: held.withLock { $0 }, person) }

        /// Takes more room.
        ///
        /// - Throws: `server.busy` when there is not as much.
        package func take(_ count: Int64) throws(Failure) {
            guard space.take(count, person, within: true) else { throw .serverBusy }
            held.withLock { $0 += count }
        }

        /// Counts room that is taken already, whether there is as much or not.
        package func note(_ count: Int64) {
            _ = space.take(count, person, within: false)
            held.withLock { $0 += count }
        }

        package func giveBack() {
            let count = held.withLock { held in
                defer { held = 0 }
                return held
            }
            space.give(back: count, person)
        }
    }

    private func take(_ count: Int64, _ person: ID<FairSpace>, within limits: Bool) -> Bool {
        state.withLock { state in
            let held = state.byPerson[person] ?? 0
            if limits {
                // Compared by differences: a count that somebody announced may be near the end of an integer.
                let most = min(bytesPerPersonMax - held, (bytesMax - state.used - held) / 2)
                guard count >= 0, count <= most else { return false }
            }
            state.used += count
            state.byPerson[person] = held + count
            return true
        }
    }

    private func give(back count: Int64, _ person: ID<FairSpace>) {
        guard count > 0 else { return }
        state.withLock { state in
            state.used -= count
            let rest = (state.byPerson[person] ?? 0) - count
            state.byPerson[person] = rest > 0 ? rest : nil
        }
    }
}
