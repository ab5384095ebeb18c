import Primitives

/// A budget that fills steadily.
package struct RateBucket: Sendable {
    package var left: Double
    package var filled: Timestamp

    package init(left: Double, filled: Timestamp) {
        self.left = left
        self.filled = filled
    }

    mutating func fill(_ perMinute: Double, at now: Timestamp) {
        let minutes = Double(max(0, now.milliseconds &- filled.milliseconds)) / 60_000
        left = min(perMinute, left + minutes * perMinute)
        filled = now
    }
}

/// The budgets of those who have asked lately, in two generations: the older is forgotten as a whole when a minute is
/// over, so that nobody's question costs a look at all the others.
///
/// A bucket is full again within a minute, and one that was not used for so long need not be known any more.
package struct RateBuckets<Key: Hashable & Sendable>: Sendable {
    /// After which a bucket that nobody took from is full, in milliseconds.
    private static var generationMilliseconds: Int64 { 60_000 }

    private let countMax: Int
    private var young: [Key: RateBucket] = [:]
    /// Those that were used last before `young` began.
    private var old: [Key: RateBucket] = [:]
    private var began: Timestamp

    /// - Parameter countMax: how many it knows at once, of both generations together.
    package init(countMax: Int, now: Timestamp) {
        self.countMax = countMax
        began = now
    }

    package var count: Int { young.count + old.count }
    package var hasRoom: Bool { count < countMax }

    /// What is known of `key`. It is kept with the young ones from now on.
    package mutating func find(_ key: Key, at now: Timestamp) -> RateBucket? {
        turn(at: now)
        if let bucket = young[key] { return bucket }
        guard let bucket = old.removeValue(forKey: key) else { return nil }
        young[key] = bucket
        return bucket
    }

    package mutating func keep(_ bucket: RateBucket, for key: Key) { young[key] = bucket }

    private mutating func turn(at now: Timestamp) {
        // A clock that was set back begins anew, too.
        let age = now.milliseconds &- began.milliseconds
        guard !(0..<Self.generationMilliseconds).contains(age) else { return }
        let isLong = !(0..<2 * Self.generationMilliseconds).contains(age)
        old = isLong ? [:] : young
        young = [:]
        began = now
    }
}
