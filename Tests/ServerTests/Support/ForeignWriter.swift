import Primitives
import Sync
import Testing

/// A replica in whose name a device of a person may write whatever it likes, each commit after the one before.
struct ForeignWriter {
    let replica: ReplicaID
    private(set) var counter: UInt64 = 0
    private(set) var head: CommitHash?

    init(_ number: Int) { replica = ReplicaID(rawValue: UInt128(0xbad) << 64 + UInt128(number)) }

    /// - Parameter filler: how many bytes of a field that a later version might write stand behind the rest.
    mutating func next(seen: [Dot] = [], filler: Int = 0, _ mutations: [Mutation]) throws -> EncodedCommit {
        let dot = Dot(replica, counter + 1)
        let commit = Commit(
            dot: dot, time: HybridTime(rawValue: 1_700_000_000_000 << 16 + dot.counter), parent: head,
            contextChanges: seen, mutations: mutations, summary: "")
        let encoded = EncodedCommit(dot, try commit.encoded() + Self.field(filler))
        counter = dot.counter
        head = CommitHash(of: dot, bytes: encoded.bytes)
        return encoded
    }

    /// The 15th field of a message, with so many zeros in it.
    private static func field(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var head: [UInt8] = [15 << 3 | 2]
        var rest = count
        while rest >= 0x80 {
            head.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return head + [UInt8(rest)] + [UInt8](repeating: 0, count: count)
    }
}

/// A device of a person that sends whatever it likes, and takes as little as it can.
final class HostileDevice {
    let session: SignedIn
    let replica: ReplicaID
    private let client: HTTPConnection
    private var isNamed = false

    init(_ server: RunningServer, _ session: SignedIn, replica: ReplicaID) throws {
        self.session = session
        self.replica = replica
        client = try server.client()
    }

    /// - Parameters:
    ///   - counter: how many commits of its own it says to have.
    ///   - content: what it says to hold.
    func send(
        _ commits: [EncodedCommit], counter: UInt64 = 0, content: ContentHash? = nil, claim: SyncHeads = SyncHeads(),
        asked: [Dot] = []
    ) throws -> HTTPAnswer {
        var request = ExchangeRequest(
            claim: .heads(claim), ownCounter: counter, content: content, commits: commits, answerBytesMax: 1)
        request.asked = asked
        var fields = [
            "Authorization": "Bearer \(session.access)", "Content-Type": "application/x-protobuf",
            "Content-Encoding": "zstd",
        ]
        if !isNamed { fields["Daybook-Replica"] = Hex.encode(replica.bytes) }
        let answer = try client.send(
            "POST", "/api/v1/sync/exchange", fields,
            body: Zstandard.compress(try request.encoded(own: replica), level: 1))
        isNamed = isNamed || answer.status < 300
        return answer
    }
}
