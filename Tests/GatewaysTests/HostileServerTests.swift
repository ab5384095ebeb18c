import Foundation
import Gateways
import Journal
import NIOHTTP1
import Primitives
import Storage
import Sync
import Synchronization
import Testing

/// A server that wants a sync to go on for ever, or an answer, or a download.
@Suite struct HostileServerTests {
    /// What the server knows of a device, and how often it was asked.
    private struct Asked: Sendable {
        var count = 0
        var replica = ReplicaID(rawValue: 0)
        var request: ExchangeRequest?
    }

    private static func hash(_ number: Int) -> CommitHash? {
        CommitHash(bytes: (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) })
    }

    /// A journal with a few commits that syncs with a server.
    ///
    /// - Returns: how it ended, and how often the server was asked.
    private func sync(
        commits: Int = 5, _ answer: @escaping @Sendable (Asked) -> ExchangeResponse
    ) async throws -> (code: String?, count: Int) {
        let journal = try await JournalFile.inMemory(world: .live)
        for number in 1...commits {
            try await journal.edit("put") {
                $0.put(Schema.tag, EntityID(rawValue: UInt128(number)), ["name": .text("a")])
            }
        }
        let asked = Mutex(Asked())
        let server = try await CannedServer { question in
            let (asked, replica) = asked.withLock { asked in
                asked.count += 1
                if let name = question.headers.first(name: "Daybook-Replica").flatMap({ Hex.decode($0) }) {
                    asked.replica = ReplicaID(bytes: name) ?? asked.replica
                }
                let isPacked = question.headers.first(name: "Content-Encoding") == "zstd"
                let body = isPacked ? try? Zstandard.decompress(question.body, sizeMax: 8 << 20) : question.body
                asked.request = try? ExchangeRequest(encoded: body ?? [], own: asked.replica)
                return (asked, asked.replica)
            }
            return .init(body: (try? answer(asked).encoded(own: replica)) ?? [])
        }
        let session = MemorySession()
        let connection = ServerConnection(try ServerURL(server.url), keeper: session, world: .live)
        let code = await failureCode {
            _ = try await SyncSession(device: journal, server: RemoteSync(connection, keeper: session)).run()
        }
        await connection.close()
        try await server.close()
        // Whatever the server did, what was written here is here.
        let kept = try await journal.read { try JournalSummary($0).tagCount }
        #expect(kept == commits)
        return (code, asked.withLock { $0.count })
    }

    @Test func `one that always has more and never anything is left`() async throws {
        let (code, count) = try await sync { _ in
            var response = ExchangeResponse()
            response.hasMore = true
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 12)
    }

    @Test func `one that sends the same commits for ever is left`() async throws {
        let first = Mutex<[EncodedCommit]>([])
        let (code, count) = try await sync { asked in
            var response = ExchangeResponse()
            response.hasMore = true
            response.commits = first.withLock { first in
                if first.isEmpty { first = asked.request?.commits ?? [] }
                return first
            }
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 12)
    }

    @Test func `one that claims ever more commits and never sends one is left`() async throws {
        let (code, count) = try await sync { asked in
            var response = ExchangeResponse()
            response.clock = VectorClock([Dot(ReplicaID(rawValue: 9), UInt64(asked.count))])
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 12)
    }

    @Test func `one that forgets and remembers by turns is left`() async throws {
        let (code, count) = try await sync { asked in
            var response = ExchangeResponse()
            response.hasMore = true
            response.clock = VectorClock(asked.count % 2 == 0 ? [] : [Dot(asked.replica, 5)])
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 24)
    }

    @Test func `one that only ever says where it stands is left`() async throws {
        let (code, count) = try await sync { asked in
            var response = ExchangeResponse()
            let other = Self.hash(asked.count).map { (Dot(ReplicaID(rawValue: 9), UInt64(asked.count)), $0) }
            response.standing = ServerStanding(heads: SyncHeads([other].compactMap(\.self)), hashes: [])
            return response
        }
        #expect(code == "sync.too_long")
        #expect(count <= SyncSession.partingsMax)
    }

    @Test func `one that stands elsewhere each time it is asked where histories part is left`() async throws {
        let pushed = Mutex<[Dot: EncodedCommit]>([:])
        // So many that one question is not enough to find the place.
        let (code, count) = try await sync(commits: 100) { asked in
            let request = asked.request
            let known = pushed.withLock { pushed in
                for commit in request?.commits ?? [] where pushed[commit.dot] == nil { pushed[commit.dot] = commit }
                return pushed
            }
            // As many as one may ask for at once are all unlike, fewer are all alike: what was learned is never worth
            // anything afterwards, and the search would find its end after a hundred questions.
            let dots = request?.asked ?? []
            let hashes = dots.map { dot in
                dots.count < 31 ? known[dot].map { CommitHash(of: dot, bytes: $0.bytes) } : Self.hash(Int(dot.counter))
            }
            var response = ExchangeResponse()
            let head = Self.hash(1000 + asked.count).map { (Dot(asked.replica, 100), $0) }
            response.standing = ServerStanding(heads: SyncHeads([head].compactMap(\.self)), hashes: hashes)
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 20)
    }

    @Test func `one that has more under each new name of a device is left after a few names`() async throws {
        let names = Mutex<Set<ReplicaID>>([])
        let (code, count) = try await sync { asked in
            names.withLock { _ = $0.insert(asked.replica) }
            var response = ExchangeResponse()
            let heads = Self.hash(asked.count).map { (Dot(asked.replica, 1000), $0) }
            response.standing = ServerStanding(heads: SyncHeads([heads].compactMap(\.self)), hashes: [])
            return response
        }
        #expect(code == "sync.no_progress")
        #expect(count <= 64)
        #expect(names.withLock { $0.count } <= 10)
    }

    @Test func `one that contradicts itself about where histories part is believed no further than that`() async throws
    {
        let pushed = Mutex<[EncodedCommit]>([])
        let (code, count) = try await sync { asked in
            var response = ExchangeResponse()
            let request = asked.request
            let known = pushed.withLock { pushed in
                if pushed.isEmpty { pushed = request?.commits ?? [] }
                return pushed
            }
            // Alike at the fourth commit, and not at those before it.
            let hashes = (request?.asked ?? []).map { dot in
                known.first { $0.dot == dot && dot.counter == 4 }.map { CommitHash(of: $0.dot, bytes: $0.bytes) }
                    ?? Self.hash(Int(dot.counter))
            }
            let head = Self.hash(77).flatMap { hash in known.last.map { ($0.dot, hash) } }
            response.standing = ServerStanding(heads: SyncHeads([head].compactMap(\.self)), hashes: hashes)
            return response
        }
        #expect(["sync.no_progress", "sync.too_long"].contains(code))
        #expect(count <= 2 * SyncSession.partingsMax)
    }

    @Test func `a server that says it has more than can be added up is asked about it all the same`() async throws {
        let huge = CannedServer.Answer.json(#"{"total":9223372036854775807}"#)
        let lists = CannedServer.Answer.json(
            #"{"data":{"accounts":[{"exchange":"a","label":"b"}],"tags":[{"tag":"c"}]}}"#)
        _ = try await talk([huge, huge, lists]) { connection in
            let holdings = try await ServerJournal(connection).holdings()
            #expect(!holdings.isEmpty)
        }
    }

    // MARK: One answer

    private let replica = ReplicaID(rawValue: 0x77)
    private var quiet: ExchangeRequest {
        ExchangeRequest(claim: .digest(1), ownCounter: 1, content: nil, commits: [])
    }

    private func exchange(
        _ answer: CannedServer.Answer, callTime: Duration = .seconds(30)
    ) async throws -> Failure? {
        let server = try await CannedServer { _ in answer }
        let session = MemorySession()
        let connection = ServerConnection(
            try ServerURL(server.url), keeper: session, world: .live, callTime: callTime)
        var found: Failure?
        do {
            _ = try await RemoteSync(connection, keeper: session).exchange(quiet, as: replica)
        } catch let failure as Failure {
            found = failure
        }
        await connection.close()
        try await server.close()
        return found
    }

    @Test func `an answer is bounded as it comes, and as it unpacks`() async throws {
        let long = CannedServer.Answer(body: [UInt8](repeating: 0, count: ExchangeLimits.messageBytesMax + 1))
        #expect(try await exchange(long)?.code == "server.bad_answer")
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 10_000)
        let packed = CannedServer.Answer(headers: [("Content-Encoding", "zstd")], body: bomb)
        #expect(try await exchange(packed)?.code == "sync.too_large")
        // Two frames one after the other, of which only the first says how large it is.
        let chain = Zstandard.compress([1]) + bomb
        let chained = CannedServer.Answer(headers: [("Content-Encoding", "zstd")], body: chain)
        #expect(try await exchange(chained)?.code == "sync.garbage")
        for encoding in ["gzip", "deflate", "br", "zstd, zstd"] {
            let other = CannedServer.Answer(headers: [("Content-Encoding", encoding)], body: bomb)
            #expect(try await exchange(other)?.code == "server.bad_answer")
        }
    }

    @Test func `an answer that never comes to its end is given up`() async throws {
        let dripping = CannedServer.Answer(headers: [("Content-Length", "1000")], body: [1, 2, 3], isUnfinished: true)
        #expect(try await exchange(dripping, callTime: .milliseconds(300))?.code == "server.unreachable")
    }

    @Test func `what a server says is short, and nothing that a terminal obeys`() async throws {
        let text =
            "no \u{1b}[2J\u{9b}31m\u{202e}evil\u{2028}\u{2066}\u{200f}\u{7}" + String(repeating: "x", count: 5000)
        let body = JSON.object(["error": .text("sync.refused"), "message": .text(text)]).compact
        let failure = try #require(try await exchange(.json(body, status: 400)))
        #expect(failure.code == "sync.refused")
        #expect(failure.message.unicodeScalars.count <= 600)
        #expect(!failure.message.unicodeScalars.contains { $0.misleads })
        // A code that is none is not taken over.
        let odd = JSON.object(["error": .text("a\u{1b}[2J"), "message": .text("x")]).compact
        #expect(try await exchange(.json(odd, status: 400))?.code == "server.refused")
    }

    @Test func `an image that comes a byte at a time is not waited for`() async throws {
        let server = try await CannedServer { question in
            let start =
                question.headers.first(name: "Range")?.split(separator: "=").last?.split(separator: "-").first ?? ""
            return .init(status: 206, headers: [("Content-Range", "bytes \(start)-\(start)/100000")], body: [7])
        }
        let session = MemorySession()
        let connection = ServerConnection(try ServerURL(server.url), keeper: session, world: .live)
        let name = try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))
        let code = await failureCode {
            _ = try await RemoteSync(connection, keeper: session).downloadBlob(name, from: 0) { _ in }
        }
        #expect(code == "server.bad_answer")
        #expect(server.questions.count == 1)
        await connection.close()
        try await server.close()
    }
}
