import Primitives
import Sync
import Testing
import TestSupport

/// Commits of a history that has one name with another.
@Suite struct CommitRenameTests {
    /// A history in which each commit writes its own dot into a field, so that it can be told whatever its name.
    private func commits(_ seed: UInt64) throws -> [EncodedCommit] {
        var dice = Dice(seed: seed)
        var heads: [ReplicaID: CommitHash] = [:]
        var contexts: [ReplicaID: VectorClock] = [:]
        return try WriteHistory(seed: seed).inSomeOrder(&dice).map { write in
            let replica = write.dot.replica
            let seen = write.seen.setting(replica, to: 0)
            let commit = Commit(
                dot: write.dot, time: HybridTime(rawValue: write.dot.counter << 16), parent: heads[replica],
                contextChanges: seen.changes(since: contexts[replica] ?? VectorClock()),
                mutations: [.put(.trade, .test(1), [FieldWrite(12, .text("\(write.dot)"))])], summary: "\(write.dot)")
            contexts[replica] = seen
            // What a later version writes comes along as it is.
            let bytes = try commit.encoded() + WireBytes { $0.text(60, "a signature of \(write.dot)") }.bytes
            heads[replica] = CommitHash(of: write.dot, bytes: bytes)
            return EncodedCommit(write.dot, bytes)
        }
    }

    /// What each commit says, and what its writer had seen, by what those commits say. Checks the chains on the way.
    private func meaning(_ commits: [EncodedCommit]) throws -> [String: Set<String>] {
        var names: [Dot: String] = [:]
        var heads: [ReplicaID: CommitHash] = [:]
        var contexts: [ReplicaID: VectorClock] = [:]
        var meaning: [String: Set<String>] = [:]
        for encoded in commits {
            let commit = try Commit(dot: encoded.dot, encoded: encoded.bytes)
            let replica = encoded.dot.replica
            #expect(commit.parent == heads[replica])
            let context = commit.context(after: contexts[replica] ?? VectorClock())
            for entry in context.entries {
                for counter in 1...entry.counter { #expect(names[Dot(entry.replica, counter)] != nil) }
            }
            meaning[commit.summary] = Set(
                context.entries.flatMap { entry in (1...entry.counter).compactMap { names[Dot(entry.replica, $0)] } })
            names[encoded.dot] = commit.summary
            heads[replica] = CommitHash(of: encoded.dot, bytes: encoded.bytes)
            contexts[replica] = context
            #expect(String(decoding: encoded.bytes, as: UTF8.self).hasSuffix("a signature of \(commit.summary)"))
        }
        return meaning
    }

    private func forks(_ commits: [EncodedCommit], _ dice: inout Dice) -> [ReplicaID: UInt64] {
        let dot = dice.pick(commits).dot
        return [dot.replica: dot.counter]
    }

    @Test(arguments: syncSeeds) func `names change, and neither what commits say nor what they had seen`(seed: UInt64)
        throws
    {
        var dice = Dice(seed: seed ^ 77)
        let commits = try commits(seed)
        let forks = forks(commits, &dice)
        let renamed = try CommitRename.run(forks, over: commits)
        #expect(try meaning(renamed) == meaning(commits), "seed \(seed)")
        for (replica, first) in forks {
            #expect(!renamed.contains { $0.dot.replica == replica && $0.dot.counter >= first }, "seed \(seed)")
        }
        // What had seen nothing of it stays as it was, and what had seen some of it does not.
        let clock = VectorClock(forks.map { Dot($0, $1) })
        let moved = Set(commits.map(\.dot)).subtracting(renamed.map(\.dot))
        for commit in commits {
            let context = try #require(try meaning(commits)[commit.dot.description])
            let hangs = clock.entries.contains { entry in
                entry.replica == commit.dot.replica && entry.counter <= commit.dot.counter
                    || context.contains(entry.description)
            }
            #expect(moved.contains(commit.dot) == hangs, "seed \(seed)")
        }
    }

    @Test(arguments: syncSeeds) func `everyone who has some of it renames it alike`(seed: UInt64) throws {
        var dice = Dice(seed: seed ^ 78)
        let commits = try commits(seed)
        let forks = forks(commits, &dice)
        let all = try CommitRename.run(forks, over: commits)
        let some = try CommitRename.run(forks, over: Array(commits.prefix(1 + dice.roll(commits.count))))
        #expect(Set(some).isSubset(of: all), "seed \(seed)")
        // Who has both the old names and the new ones is left with the new.
        let both = try CommitRename.run(forks, over: commits + all.filter { !commits.contains($0) })
        #expect(Set(both) == Set(all), "seed \(seed)")
        #expect(both.count == all.count, "seed \(seed)")
    }
}
