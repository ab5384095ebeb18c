import Primitives
import Sync
import Testing
import TestSupport

@Suite struct HybridTimeTests {
    private static let minute: Int64 = 60_000
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)

    private func time(_ milliseconds: Int64, _ counter: UInt64 = 0) -> HybridTime {
        HybridTime(rawValue: UInt64(milliseconds) << 16 | counter)
    }

    @Test func `a new time is the wall clock when nothing is ahead of it`() {
        #expect(HybridTime.next(after: .zero, seen: [], now: Self.now) == time(Self.now.milliseconds))
        #expect(HybridTime.next(after: .zero, seen: [time(5)], now: Self.now).wallTime == Self.now)
    }

    @Test func `two commits within one millisecond have two times`() {
        let first = HybridTime.next(after: .zero, seen: [], now: Self.now)
        let second = HybridTime.next(after: first, seen: [], now: Self.now)
        #expect(first < second)
        #expect(second.wallTime == Self.now)
    }

    @Test func `more commits than the counter holds run over into the next millisecond`() {
        let last = time(Self.now.milliseconds, 0xffff)
        let next = HybridTime.next(after: last, seen: [], now: Self.now)
        #expect(next == time(Self.now.milliseconds + 1))
    }

    @Test func `a later write of another device is exceeded although its clock is four minutes ahead`() {
        let ahead = time(Self.now.milliseconds + 4 * Self.minute, 7)
        #expect(HybridTime.next(after: .zero, seen: [ahead], now: Self.now) > ahead)
    }

    @Test func `a clock ten years ahead is not adopted`() {
        let wrong = time(Self.now.milliseconds + 3650 * 86_400_000)
        let slightly = time(Self.now.milliseconds + 1, 3)
        let next = HybridTime.next(after: .zero, seen: [wrong, slightly], now: Self.now)
        #expect(next < wrong)
        #expect(next > slightly)
        #expect(next.wallTime.milliseconds == Self.now.milliseconds + 1)
    }

    @Test func `the bound of what is adopted is five minutes and not a millisecond more`() {
        let lead = HybridTime.adoptedLeadMillisecondsMax
        #expect(lead == 5 * Self.minute)
        let within = time(Self.now.milliseconds + lead)
        let beyond = time(Self.now.milliseconds + lead, 1)
        #expect(HybridTime.next(after: .zero, seen: [within], now: Self.now) > within)
        #expect(HybridTime.next(after: .zero, seen: [beyond], now: Self.now) < beyond)
    }

    @Test func `a device whose clock was set back still exceeds its own last time`() {
        let own = time(Self.now.milliseconds + 3650 * 86_400_000, 9)
        #expect(HybridTime.next(after: own, seen: [], now: Self.now) > own)
        #expect(HybridTime.next(after: own, seen: [], now: Timestamp(milliseconds: -5)) > own)
    }

    @Test(arguments: syncSeeds) func `own times only rise, whatever clocks and others do`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var own = HybridTime.zero
        for _ in 0..<50 {
            let wall = dice.pick([.min, -1, 0, 1_700_000_000_000, 1_700_000_000_001, 1 << 47, .max] as [Int64])
            let seen = (0..<3).map { _ in
                HybridTime(rawValue: dice.pick([0, 1_700_000_000_000 << 16, .max, dice.next()]))
            }
            let next = HybridTime.next(after: own, seen: seen, now: Timestamp(milliseconds: wall))
            #expect(next > own, "seed \(seed)")
            own = next
        }
    }
}
