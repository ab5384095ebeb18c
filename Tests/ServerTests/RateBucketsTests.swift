import Foundation
import Primitives
import Synchronization
import Testing
import Web

@Suite struct RateBucketsTests {
    /// Counts how often one of them is looked at.
    private struct Key: Hashable, Sendable {
        static let looks = Atomic(0)
        let number: Int

        func hash(into hasher: inout Hasher) {
            Self.looks.add(1, ordering: .relaxed)
            hasher.combine(number)
        }
    }

    private static func at(seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000 + seconds * 1000) }

    @Test func `a stranger's question costs the same however many others have asked`() {
        let countMax = 20_000
        let start = Self.at(seconds: 0)
        var buckets = RateBuckets<Key>(countMax: countMax, now: start)
        var number = 0
        var most = 0
        // Full from the second minute on, and strangers keep coming.
        for second in Int64(0)..<300 {
            let now = Self.at(seconds: second)
            for _ in 0..<400 {
                number += 1
                let before = Key.looks.load(ordering: .relaxed)
                let known = buckets.find(Key(number: number), at: now)
                #expect(known == nil)
                let isFull = !buckets.hasRoom
                if !isFull { buckets.keep(RateBucket(left: 1, filled: now), for: Key(number: number)) }
                // A table that grows is written anew; one that is full is not.
                if isFull { most = max(most, Key.looks.load(ordering: .relaxed) - before) }
            }
            #expect(buckets.count <= countMax)
        }
        #expect((1...4).contains(most))
        #expect(Key.looks.load(ordering: .relaxed) < number * 10)
    }

    /// What looks at all buckets need not hash any of them, so this one looks at the time that the processor takes.
    @Test func `a full table costs a stranger no more time than an empty one`() {
        let countMax = 20_000
        let now = Self.at(seconds: 0)
        var (empty, full) = (RateBuckets<Key>(countMax: 0, now: now), RateBuckets<Key>(countMax: countMax, now: now))
        for number in 0..<countMax { full.keep(RateBucket(left: 1, filled: now), for: Key(number: number)) }
        #expect(!empty.hasRoom && !full.hasRoom)
        func nanoseconds(_ buckets: inout RateBuckets<Key>) -> UInt64 {
            let start = threadNanoseconds()
            for number in 0..<2_000 { _ = buckets.find(Key(number: countMax + number), at: Self.at(seconds: 30)) }
            return threadNanoseconds() - start
        }
        // The best of three, so that no pause of the machine counts.
        let least = (0..<3).map { _ in nanoseconds(&empty) }.min() ?? 0
        let most = (0..<3).map { _ in nanoseconds(&full) }.min() ?? .max
        #expect(most < 20 * least + 1_000_000)
    }

    @Test func `a table that was full has room again when a minute has passed without those in it`() {
        var buckets = RateBuckets<Key>(countMax: 3, now: Self.at(seconds: 0))
        for number in 0..<3 { buckets.keep(RateBucket(left: 1, filled: Self.at(seconds: 0)), for: Key(number: number)) }
        for second in stride(from: Int64(0), through: 130, by: 10) {
            // One asks all the time, and is the only one who is remembered.
            #expect(buckets.find(Key(number: 1), at: Self.at(seconds: second))?.left == 1)
            #expect(buckets.count == (second < 120 ? 3 : 1))
        }
        #expect(buckets.hasRoom)
    }

    @Test func `who has asked within the minute is known, who has not is forgotten`() throws {
        var buckets = RateBuckets<Key>(countMax: 10, now: Self.at(seconds: 0))
        buckets.keep(RateBucket(left: 3, filled: Self.at(seconds: 59)), for: Key(number: 1))
        #expect(buckets.find(Key(number: 1), at: Self.at(seconds: 61))?.left == 3)
        // Used again in the second minute, so it is there in the third.
        #expect(buckets.find(Key(number: 1), at: Self.at(seconds: 125))?.left == 3)
        #expect(buckets.find(Key(number: 2), at: Self.at(seconds: 125)) == nil)
        #expect(buckets.find(Key(number: 1), at: Self.at(seconds: 250)) == nil)
        #expect(buckets.count == 0)
        // A clock that was set back forgets as well, and does not count for ever.
        buckets.keep(RateBucket(left: 3, filled: Self.at(seconds: 250)), for: Key(number: 1))
        #expect(buckets.find(Key(number: 1), at: Self.at(seconds: 10)) == nil)
    }
}

/// What this thread has had of the processors, which other tests at the same time do not change.
private func threadNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
