import Foundation
import Gateways
import NIOHTTP1
import Primitives
import Sync
import Testing

@Suite struct RemoteSyncTests {
    private let replica = ReplicaID(rawValue: 0x77)
    private var quiet: ExchangeRequest {
        ExchangeRequest(claim: .digest(1), ownCounter: 1, content: nil, commits: [])
    }

    /// Talks to a server that has its answers ready.
    private func talk(
        _ answers: [CannedServer.Answer], session: MemorySession = MemorySession(),
        _ body: (RemoteSync, ServerConnection) async throws -> Void
    ) async throws -> [CannedServer.Question] {
        let server = try await CannedServer(answers)
        let connection = ServerConnection(try ServerURL(server.url), keeper: session, world: .live)
        let result: Result<Void, any Error>
        do {
            try await body(RemoteSync(connection, keeper: session), connection)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await connection.close()
        let questions = server.questions
        try await server.close()
        try result.get()
        return questions
    }

    @Test func `the replica is named once for each session, and again when it became another`() async throws {
        let nothing = CannedServer.Answer(status: 204)
        let questions = try await talk([nothing, nothing, nothing]) { sync, _ in
            _ = try await sync.exchange(quiet, as: replica)
            _ = try await sync.exchange(quiet, as: replica)
            _ = try await sync.exchange(quiet, as: ReplicaID(rawValue: 0x88))
        }
        let named = questions.map { $0.headers.first(name: "Daybook-Replica") }
        #expect(named == [String(repeating: "0", count: 30) + "77", nil, String(repeating: "0", count: 30) + "88"])
        #expect(questions.map(\.line) == Array(repeating: "POST /api/v1/sync/exchange", count: 3))
        #expect(
            Set(questions[1].headers.map { $0.name.lowercased() }) == [
                "host", "authorization", "content-type", "content-length",
            ])
    }

    @Test func `a server that has forgotten the replica is told again`() async throws {
        let session = MemorySession()
        try await session.remember(namedReplica: replica)
        let questions = try await talk(
            [.json(#"{"error":"sync.no_replica","message":"name it"}"#, status: 400), .init(status: 204)],
            session: session
        ) { sync, _ in _ = try await sync.exchange(quiet, as: replica) }
        #expect(questions.map { $0.headers.contains(name: "Daybook-Replica") } == [false, true])
    }

    @Test func `a token that no longer counts is renewed once`() async throws {
        let renewed = #"{"tokens":{"access_token":"second","refresh_token":"more","expires_in":900}}"#
        let questions = try await talk([
            .json(#"{"error":"token.invalid","message":"no"}"#, status: 401), .json(renewed), .init(status: 204),
        ]) { sync, _ in _ = try await sync.exchange(quiet, as: replica) }
        #expect(questions.map { $0.headers.first(name: "Authorization") } == ["Bearer first", nil, "Bearer second"])
        #expect(questions[1].line == "POST /api/v1/auth/extension-refresh")
        #expect(String(decoding: questions[1].body, as: UTF8.self) == #"{"refresh_token":"refresh"}"#)
    }

    @Test func `a token that is about to end is renewed before it is shown`() async throws {
        let renewed = #"{"tokens":{"access_token":"second","refresh_token":"more","expires_in":900}}"#
        let questions = try await talk([.json(renewed), .init(status: 204)], session: MemorySession(expires: 0)) {
            sync, _ in
            _ = try await sync.exchange(quiet, as: replica)
        }
        #expect(questions.count == 2)
    }

    @Test func `a session that cannot be renewed asks for a sign-in`() async throws {
        let refused = CannedServer.Answer.json(#"{"error":"token.invalid","message":"no"}"#, status: 401)
        let code = await failureCode {
            _ = try await talk([refused, refused]) { sync, _ in _ = try await sync.exchange(quiet, as: replica) }
        }
        #expect(code == "session.expired")
    }

    @Test(arguments: [429, 503]) func `a busy server is asked again when it said so`(status: Int) async throws {
        let busy = CannedServer.Answer.json(
            #"{"error":"server.busy","message":"later"}"#, status: status, headers: [("Retry-After", "1")])
        let began = ContinuousClock.now
        let questions = try await talk([busy, .init(status: 204)]) { sync, _ in
            _ = try await sync.exchange(quiet, as: replica)
        }
        #expect(questions.count == 2)
        #expect(ContinuousClock.now - began >= .seconds(1))
    }

    @Test func `who is told to come back much later says so at once`() async throws {
        let busy = CannedServer.Answer.json(
            #"{"error":"server.busy","message":"later"}"#, status: 503, headers: [("Retry-After", "3600")])
        let code = await failureCode {
            _ = try await talk([busy]) { sync, _ in _ = try await sync.exchange(quiet, as: replica) }
        }
        #expect(code == "server.busy")
    }

    @Test func `a connection that was cut is tried again`() async throws {
        let questions = try await talk([.init(isCut: true), .init(isCut: true), .init(status: 204)]) { sync, _ in
            _ = try await sync.exchange(quiet, as: replica)
        }
        #expect(questions.count == 3)
    }

    @Test(arguments: [
        (CannedServer.Answer(status: 302, headers: [("Location", "http://127.0.0.1:1/")]), "server.refused"),
        (CannedServer.Answer(status: 500, body: Array("<html>".utf8)), "server.refused"),
        (.json(#"{"error":"sync.gap","message":"missing"}"#, status: 409), "sync.gap"),
        (CannedServer.Answer(body: Array("garbage".utf8)), "sync.garbage"),
        (CannedServer.Answer(headers: [("Content-Encoding", "zstd")], body: Array("garbage".utf8)), "sync.garbage"),
        (CannedServer.Answer(headers: [("Content-Encoding", "br")], body: Array("x".utf8)), "server.bad_answer"),
    ]) func `an answer that is none becomes a failure with its own name`(
        answer: CannedServer.Answer, code: String
    ) async throws {
        let found = await failureCode {
            _ = try await talk([answer]) { sync, _ in _ = try await sync.exchange(quiet, as: replica) }
        }
        #expect(found == code)
    }

    @Test func `a server that is not there is said to be unreachable`() async throws {
        let server = try await CannedServer([])
        let url = try ServerURL(server.url)
        try await server.close()
        let connection = ServerConnection(url, keeper: MemorySession(), world: .live)
        let code = await failureCode {
            _ = try await RemoteSync(connection, keeper: MemorySession()).exchange(quiet, as: replica)
        }
        await connection.close()
        #expect(code == "server.unreachable")
    }

    @Test func `a long message goes compressed, and a long answer may come so`() async throws {
        let dot = Dot(replica, 1)
        let commit = Commit(
            dot: dot, time: .zero, parent: nil, contextChanges: [],
            mutations: [
                .put(
                    Kind(rawValue: 5), EntityID(rawValue: 1),
                    [FieldWrite(3, .text(String(repeating: "a", count: 5000)))])
            ],
            summary: "")
        let request = ExchangeRequest(
            claim: .heads(SyncHeads()), ownCounter: 1, content: nil,
            commits: [EncodedCommit(dot, try commit.encoded())])
        var response = ExchangeResponse()
        response.commits = request.commits
        let packed = Zstandard.compress(try response.encoded(own: replica))
        let questions = try await talk([.init(headers: [("Content-Encoding", "zstd")], body: packed)]) { sync, _ in
            let answer = try await sync.exchange(request, as: replica)
            #expect(answer.commits == request.commits)
        }
        #expect(questions[0].headers.first(name: "Content-Encoding") == "zstd")
        #expect(questions[0].body.count < 500)
        #expect(try Zstandard.decompress(questions[0].body, sizeMax: 10_000) == request.encoded(own: replica))
    }

    @Test func `a chunk with other bytes than its name is refused`() async throws {
        let name = try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))
        let chunk = SnapshotManifest.Chunk(name: name, compressedSize: 3, size: 3)
        let code = await failureCode {
            _ = try await talk([.init(body: [1, 2, 3])]) { sync, _ in _ = try await sync.snapshotChunk(chunk) }
        }
        #expect(code == "snapshot.damaged")
    }

    @Test func `an upload goes on where the server says it is`() async throws {
        let name = try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))
        let size = Int64(BlobLimits.chunkBytes + 1000)
        let questions = try await talk([
            .json(#"{"error":"blob.wrong_offset","message":"no"}"#, status: 409),
            .init(status: 404, headers: [("Upload-Offset", "500"), ("Content-Length", "0")]),
            .init(status: 202, headers: [("Upload-Offset", "\(500 + BlobLimits.chunkBytes)")]),
            .init(status: 204, headers: [("Upload-Offset", "\(size)")]),
        ]) { sync, _ in
            try await sync.uploadBlob(name, size: size, from: 0) { _, count in [UInt8](repeating: 7, count: count) }
        }
        #expect(
            questions.compactMap { $0.headers.first(name: "Content-Range") } == [
                "bytes 0-65535/66536", "bytes 500-66035/66536", "bytes 66036-66535/66536",
            ])
    }
}
