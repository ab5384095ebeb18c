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
    ///
    /// - Parameter freeBytes: so much of it does not count: what is small finds room always.
    package func share<Person>(of person: ID<Person>, freeBytes: Int64 = 0) -> Share {
        Share(self, person.cast(), freeBytes: freeBytes)
    }

    /// The room that one thing takes, given back with its last user.
    package final class Share: Sendable {
        private let space: FairSpace
        private let person: ID<FairSpace>
        private let freeBytes: Int64
        private let held = Mutex<Int64>(0)

        fileprivate init(_ space: FairSpace, _ person: ID<FairSpace>, freeBytes: Int64) {
            self.space = space
            self.person = person
            self.freeBytes = freeBytes
        }

        deinit { giveBack() }

        /// Takes more room.
        ///
        /// - Throws: `server.busy` when there is not as much.
        package func take(_ count: Int64) throws(Failure) {
            let isTaken = held.withLock { held in
                let (sum, isTooMuch) = held.addingReportingOverflow(count)
                guard count >= 0, !isTooMuch else { return false }
                guard space.take(counted(sum) - counted(held), person, within: true) else { return false }
                held = sum
                return true
            }
            guard isTaken else { throw .serverBusy }
        }

        private func counted(_ count: Int64) -> Int64 { max(0, count - freeBytes) }

        /// Counts room that is taken already, whether there is as much or not.
        package func note(_ count: Int64) {
            held.withLock { held in
                _ = space.take(counted(held + count) - counted(held), person, within: false)
                held += count
            }
        }

        package func giveBack() {
            let count = held.withLock { held in
                defer { held = 0 }
                return held
            }
            space.give(back: counted(count), person)
        }
    }

    private func take(_ count: Int64, _ person: ID<FairSpace>, within limits: Bool) -> Bool {
        state.withLock { state in
            let held = state.byPerson[person] ?? 0
            if limits {
                // Compared by differences: a count that somebody announced may be near the end of an integer.
                let most = min(bytesPerPersonMax - held, (bytesMax - state.used - held) / 2)
                guard count <= max(most, 0) else { return false }
            }
            state.used += count
            state.byPerson[person] = held + count > 0 ? held + count : nil
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
