import Primitives
import Synchronization
import TestSupport

/// A clock that is set by hand, and chance from a seed: a device may believe what it likes.
final class SimulatedWorld: Sendable {
    private let state: Mutex<(milliseconds: Int64, dice: Dice)>

    init(milliseconds: Int64, seed: UInt64) { state = Mutex((milliseconds, Dice(seed: seed))) }

    func advance(milliseconds: Int64) { state.withLock { $0.milliseconds += milliseconds } }

    var world: World {
        World(
            now: { [self] in Timestamp(milliseconds: state.withLock { $0.milliseconds }) },
            random: { [self] count in
                state.withLock { state in (0..<count).map { _ in UInt8(truncatingIfNeeded: state.dice.next()) } }
            })
    }
}
