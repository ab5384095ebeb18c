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
