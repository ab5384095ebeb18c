import Primitives
import TestSupport

extension Dice {
    /// Of any size an amount can have: first how many bits, then which.
    mutating func amount() -> Amount {
        let bits = Int.random(in: 0...126, using: &self)
        let units = Int128.random(in: 0...(1 << Int128(bits)), using: &self)
        return Amount(units: Bool.random(using: &self) ? units : -units)
    }
}
