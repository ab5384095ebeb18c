import Journal
import Primitives
import TestSupport
import Testing

@Suite struct AccountAliasesTests {
    private static func account(_ number: Int) -> ID<Account> { ID(rawValue: UInt128(number) + 1) }

    private static func aliases(_ targets: [Int: Int]) -> [Int: Int] {
        let rule = AccountAliases(
            targets: Dictionary(uniqueKeysWithValues: targets.map { (account($0), account($1)) }))
        return Dictionary(
            uniqueKeysWithValues: rule.canonical.map { (Int($0.rawValue) - 1, Int($1.rawValue) - 1) })
    }

    @Test func `a chain of names leads to its end`() {
        #expect(Self.aliases([:]) == [:])
        #expect(Self.aliases([3: 2, 2: 7]) == [3: 7, 2: 7])
    }

    @Test func `a circle of joins is the account of its lowest id, for those who lead to it, too`() {
        #expect(Self.aliases([1: 2, 2: 1]) == [2: 1])
        #expect(Self.aliases([5: 5]) == [:])
        #expect(Self.aliases([9: 4, 4: 6, 6: 8, 8: 4, 1: 9]) == [9: 4, 6: 4, 8: 4, 1: 4])
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `whatever was joined, all that are connected by joins are one account that is none but itself`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let count = 2 + dice.roll(9)
        var targets: [Int: Int] = [:]
        for account in 0..<count where dice.chance(70) { targets[account] = dice.roll(count) }
        let found = Self.aliases(targets)
        for account in 0..<count {
            let canonical = found[account] ?? account
            #expect(found[canonical] == nil)
            #expect((found[targets[account] ?? account] ?? targets[account] ?? account) == canonical, "\(targets)")
            // By hand: so many steps on, one is at the end or in the circle.
            var here = account
            for _ in 0..<count { here = targets[here] ?? here }
            var lowest = here
            for _ in 0..<count {
                here = targets[here] ?? here
                lowest = min(lowest, here)
            }
            #expect(canonical == lowest, "\(targets)")
        }
    }
}
