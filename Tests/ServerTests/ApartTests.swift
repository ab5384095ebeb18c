import Crypto
import Foundation
import Primitives
import Sync
import Testing

/// Two people never meet.
@Suite struct ApartTests {
    @Test func `nothing of one person's journal reaches another`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet(1).session(at: server))
            try mine.write("my secret tag")
            try mine.exchange(client)
            var theirs = TestDevice(try Wallet(2).session(at: server))
            try theirs.exchange(client)
            #expect(theirs.received.isEmpty)
            #expect(theirs.content == ContentHash())
        }
    }

    @Test func `the name of somebody's replica opens nothing`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet(1).session(at: server))
            try mine.write()
            try mine.exchange(client)
            let thief = TestDevice(try Wallet(2).session(at: server), replica: mine.replica)
            let answer = try thief.send(thief.request(), client)
            #expect(answer.status == 403)
            #expect(answer.code == "replica.foreign")
            #expect(answer.body.count < 300)
        }
    }

    @Test func `the server's own replica is nobody's to write as`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet().session(at: server))
            try mine.write()
            try mine.exchange(client)
            let path = "\(server.data)/people/\(mine.session.userID.suffix(2))/\(mine.session.userID)/journal.sqlite"
            let own = try Shell.sqlite(path, "SELECT hex(value) FROM local WHERE key = 'replica'")
            let replica = try #require(Hex.decode(own).flatMap { ReplicaID(bytes: $0) })
            let posing = TestDevice(mine.session, replica: replica)
            #expect(try posing.send(posing.request(), client).code == "replica.foreign")
        }
    }

    @Test func `a replica of one's own may be taken up by a new session`() async throws {
        try await withServer { server in
            let client = try server.client()
            var first = TestDevice(try Wallet().session(at: server))
            try first.write()
            try first.exchange(client)
            var again = TestDevice(try Wallet().session(at: server), replica: first.replica)
            try again.write()
            #expect([200, 204].contains(try again.send(again.request(), client).status))
        }
    }

    @Test func `an image of one person is not there for another, who cannot tell that it is anywhere`() async throws {
        try await withServer { server in
            let mine = try Wallet(1).session(at: server)
            let theirs = try Wallet(2).session(at: server)
            let bytes = Array("a chart".utf8)
            let name = try #require(BlobName(bytes: Array(SHA256.hash(data: bytes))))
            let other = try #require(BlobName(bytes: [UInt8](repeating: 9, count: 32)))
            let client = try server.client()
            #expect(try client.send("PUT", "/api/v1/sync/blobs/\(name)", mine.bearer, body: bytes).status == 204)
            for method in ["GET", "HEAD"] {
                let existing = try client.send(method, "/api/v1/sync/blobs/\(name)", theirs.bearer)
                let absent = try client.send(method, "/api/v1/sync/blobs/\(other)", theirs.bearer)
                #expect(existing.status == 404)
                #expect(existing.body == absent.body)
                #expect(existing["upload-offset"] == absent["upload-offset"])
            }
            let missing = try client.send(
                "POST", "/api/v1/sync/blobs/missing", theirs.bearer, body: try BlobName.encode([name]))
            #expect(try BlobName.decode(missing.body) == [name])
        }
    }

    @Test func `a chunk of one person's snapshot is not there for another`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet(1).session(at: server))
            // A short history is sent as commits. This one is long, and noise cannot be packed below it.
            for _ in 0..<6 {
                for _ in 0..<3 { try mine.write(Hex.encode(World.live.random(120_000))) }
                try mine.exchange(client)
            }
            let answer = try client.get("/api/v1/sync/snapshot", mine.session.bearer)
            #expect(answer.status == 200)
            let bytes =
                answer["content-encoding"] == "zstd"
                ? try Zstandard.decompress(answer.body, sizeMax: 1 << 20) : answer.body
            let manifest = try SnapshotManifest(encoded: bytes)
            #expect(manifest.clock == mine.serverClock)
            #expect(!manifest.chunks.isEmpty)
            let theirs = try Wallet(2).session(at: server)
            for chunk in manifest.chunks {
                let own = try client.get("/api/v1/sync/snapshot/\(chunk.name)", mine.session.bearer)
                #expect(Array(SHA256.hash(data: own.body)) == chunk.name.bytes)
                #expect(try client.get("/api/v1/sync/snapshot/\(chunk.name)", theirs.bearer).status == 404)
            }
            #expect(try client.get("/api/v1/sync/snapshot/../../journal.sqlite", theirs.bearer).status == 404)
        }
    }

    @Test func `without a session there is nothing at all`() async throws {
        try await withServer { server in
            let name = String(repeating: "a", count: 64)
            let client = try server.client()
            for (method, path) in [
                ("POST", "/sync/exchange"), ("GET", "/sync/snapshot"), ("GET", "/sync/snapshot/\(name)"),
                ("POST", "/sync/blobs/missing"), ("PUT", "/sync/blobs/\(name)"), ("GET", "/sync/blobs/\(name)"),
                ("GET", "/auth/me"), ("POST", "/auth/logout"),
            ] {
                #expect(try client.send(method, "/api/v1" + path, [:], body: []).code == "auth.needed")
            }
        }
    }
}

enum Shell {
    /// Asks the sqlite3 program, which sees what any other program would see.
    static func sqlite(_ path: String, _ sql: String) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [path, sql]
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
