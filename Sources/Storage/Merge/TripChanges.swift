import Primitives
import Sync

/// Which trades a transaction may have changed the figures of.
struct TripChanges: Sendable {
    /// Trades whose figures, stop, setup or tags are others now, or that are gone.
    private(set) var trades: Set<EntityID> = []
    /// Nobody has kept count: whatever was figured before may be wrong.
    private(set) var isEverything = false

    static let nothing = TripChanges()
    static let everything: TripChanges = {
        var changes = TripChanges()
        changes.isEverything = true
        return changes
    }()

    mutating func note(_ trade: EntityID) { trades.insert(trade) }

    mutating func note(_ other: TripChanges) {
        trades.formUnion(other.trades)
        isEverything = isEverything || other.isEverything
    }
}
