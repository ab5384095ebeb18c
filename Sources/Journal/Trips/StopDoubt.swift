import Primitives

/// What is odd about a first stop. It may be meant; a slip of a digit is more likely.
package enum StopDoubt: Hashable, Sendable {
    /// It lies at the entry or on its winning side, where it limits no loss.
    case wrongSide
    /// More would be lost at it than the position is worth.
    case tooFar

    /// Nil for a stop that makes sense.
    ///
    /// Contract sizes make no difference: they are in the risk as in the notional.
    package init?(_ direction: Direction, entry: Amount, stop: Amount) {
        switch direction {
        case .long where stop >= entry, .short where stop <= entry: self = .wrongSide
        default:
            // A distance that is no amount is too far, too.
            guard let distance = try? entry - stop, distance.magnitude <= entry.magnitude else {
                self = .tooFar
                return
            }
            return nil
        }
    }

    /// One sentence, with both prices.
    package func sentence(_ direction: Direction, entry: Amount, stop: Amount) -> String {
        switch self {
        case .wrongSide:
            "The stop at \(stop) is not \(direction == .long ? "below" : "above") the entry at \(entry) of this "
                + "\(direction.rawValue) trade, so it limits no loss."
        case .tooFar:
            "The stop at \(stop) is so far from the entry at \(entry) that the trade would lose more than it is worth."
        }
    }
}
