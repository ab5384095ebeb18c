import Journal
import Primitives
import Sync
import Testing

/// A replica that writes tags, just enough to have something to sync.
struct TestDevice {
    let replica: ReplicaID
    let session: SignedIn
    private(set) var clock = VectorClock()
    /// What the server had at the end of the last exchange.
    private(set) var serverClock: VectorClock?
    private var hashes: [Dot: CommitHash] = [:]
    private var lastHash: CommitHash?
    private var waiting: [EncodedCommit] = []
    private(set) var content: ContentHash?
    private(set) var received: [EncodedCommit] = []
    var isNamed = false

    init(_ session: SignedIn, replica: ReplicaID? = nil) {
        self.session = session
        self.replica = replica ?? ReplicaID(bytes: World.live.random(16)) ?? ReplicaID(rawValue: 1)
    }

    /// Writes a commit that waits to be sent.
    mutating func write(_ name: String = "breakout") throws {
        try write([
            .put(Schema.tag.kind, EntityID(rawValue: UInt128(clock[replica] + 1)), [FieldWrite(1, .text(name))])
        ])
    }

    /// Writes a commit of these mutations, which waits to be sent.
    ///
    /// - Parameters:
    ///   - time: nil for one that an honest device could have.
    ///   - summary: what its person did.
    mutating func write(_ mutations: [Mutation], time: HybridTime? = nil, summary: String = "") throws {
        let dot = Dot(replica, clock[replica] + 1)
        let commit = Commit(
            dot: dot, time: time ?? HybridTime(rawValue: 1_700_000_000_000 << 16 + dot.counter), parent: lastHash,
            contextChanges: [],
            mutations: mutations, summary: summary)
        let encoded = EncodedCommit(dot, try commit.encoded())
        lastHash = CommitHash(of: dot, bytes: encoded.bytes)
        hashes[dot] = lastHash
        waiting.append(encoded)
        clock.observe(dot)
    }

    func request() -> ExchangeRequest {
        ExchangeRequest(
            claim: serverClock.map { .digest(heads(at: $0).digest) } ?? .heads(SyncHeads()),
            ownCounter: clock[replica], content: content, commits: waiting)
    }

    private func heads(at clock: VectorClock) -> SyncHeads {
        SyncHeads(clock.entries.compactMap { dot in hashes[dot].map { (dot, $0) } })
    }

    /// One exchange; fails unless the server answers it.
    @discardableResult
    mutating func exchange(_ client: HTTPConnection) throws -> HTTPAnswer {
        let answer = try send(request(), client)
        try #require([200, 204].contains(answer.status), "\(answer.text)")
        var clock = serverClock ?? VectorClock()
        for commit in waiting { clock.observe(commit.dot) }
        waiting = []
        let bytes =
            answer["content-encoding"] == "zstd" ? try Zstandard.decompress(answer.body, sizeMax: 1 << 23) : answer.body
        let response = try ExchangeResponse(encoded: bytes, own: replica)
        for commit in response.commits {
            self.clock.observe(commit.dot)
            hashes[commit.dot] = CommitHash(of: commit.dot, bytes: commit.bytes)
            received.append(commit)
        }
        serverClock = response.clock ?? clock
        if let theirs = response.content { content = theirs }
        isNamed = true
        return answer
    }

    func send(_ request: ExchangeRequest, _ client: HTTPConnection) throws -> HTTPAnswer {
        var fields = ["Authorization": "Bearer \(session.access)", "Content-Type": "application/x-protobuf"]
        if !isNamed { fields["Daybook-Replica"] = Hex.encode(replica.bytes) }
        return try client.send("POST", "/api/v1/sync/exchange", fields, body: try request.encoded(own: replica))
    }
}
