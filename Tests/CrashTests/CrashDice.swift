/// Chance that can be repeated: SplitMix64. What the system does at the moment of a kill cannot be, so a seed leads near
/// a failure and not always to it.
struct CrashDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
    mutating func pick<T>(_ choices: [T]) -> T { choices[roll(choices.count)] }
}

/// When to kill: the moments of a process's life, more of them towards its end, however long that is on this machine.
struct KillMoment {
    private var life: Int

    /// - Parameter microseconds: how long such a process lives, about.
    init(microseconds: Int) { life = max(1000, microseconds) }

    func next(_ dice: inout CrashDice) -> Int { life * (40 + dice.roll(70)) / 100 }

    /// Whoever was killed may have lived longer; whoever ended before it did not live so long.
    mutating func learn(wasKilled: Bool) { life = max(1000, life * (wasKilled ? 106 : 88) / 100) }
}
