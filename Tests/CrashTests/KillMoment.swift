import TestSupport
/// When to kill: the moments of a process's life, more of them towards its end, however long that is on this machine.
struct KillMoment {
    private var life: Int

    /// - Parameter microseconds: how long such a process lives, about.
    init(microseconds: Int) { life = max(1000, microseconds) }

    func next(_ dice: inout Dice) -> Int { life * (40 + dice.roll(70)) / 100 }

    /// Whoever was killed may have lived longer; whoever ended before it did not live so long.
    mutating func learn(wasKilled: Bool) { life = max(1000, life * (wasKilled ? 106 : 88) / 100) }
}
