import Primitives
import Storage
import Sync

/// A replica that may write what no program of ours would, each commit after the one before.
struct HostileWriter {
    let replica: ReplicaID
    private(set) var counter: UInt64 = 0
    private(set) var head: CommitHash?

    init(_ number: UInt64 = 77) { replica = .numbered(number) }

    /// Goes on where another replica is: to write in its name.
    init(as replica: ReplicaID, after counter: UInt64, head: CommitHash?) {
        self.replica = replica
        self.counter = counter
        self.head = head
    }

    /// The next commit, as it should be but for what is given.
    func commit(
        counter: UInt64? = nil, parent: CommitHash?? = nil, context: [Dot] = [],
        time: HybridTime = HybridTime(rawValue: 1_777_593_600_000 << 16),
        _ mutations: [Mutation] = [.put(Kind(rawValue: 3), .numbered(1), [FieldWrite(12, .integer(3))])]
    ) throws -> EncodedCommit {
        let dot = Dot(replica, counter ?? self.counter + 1)
        let commit = Commit(
            dot: dot, time: time, parent: parent ?? head, contextChanges: context, mutations: mutations, summary: "")
        return EncodedCommit(dot, try commit.encoded())
    }

    mutating func append(_ commit: EncodedCommit) {
        counter = commit.dot.counter
        head = CommitHash(of: commit.dot, bytes: commit.bytes)
    }

    /// A commit that was appended.
    mutating func next(context: [Dot] = [], _ mutations: [Mutation]) throws -> EncodedCommit {
        let commit = try commit(context: context, mutations)
        append(commit)
        return commit
    }

    /// A commit that was appended, of whatever bytes.
    mutating func next(bytes: [UInt8]) -> EncodedCommit {
        let commit = EncodedCommit(Dot(replica, counter + 1), bytes)
        append(commit)
        return commit
    }
}
