/// Chance that repeats: the same seed rolls the same numbers (SplitMix64, Steele, Lea and Flood 2014). A failure names
/// the seed it was thrown with.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    package mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
    package mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
    package mutating func pick<T>(_ choices: [T]) -> T { choices[roll(choices.count)] }
}
