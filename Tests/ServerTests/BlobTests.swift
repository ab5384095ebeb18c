import Crypto
import Foundation
import Primitives
import Sync
import Testing

@Suite struct BlobTests {
    @Test func `an image comes back as it was sent`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 300_000)
            #expect(try upload.put(0, upload.bytes.count).status == 204)
            let client = try server.client()
            let answer = try client.get(upload.path, upload.session.bearer)
            #expect(answer.status == 200)
            #expect(answer.body == upload.bytes)
            let head = try client.send("HEAD", upload.path, upload.session.bearer)
            #expect(head.status == 200)
            #expect(head["content-length"] == "300000")
        }
    }

    @Test func `an image goes on where a cut connection left it`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 400_000)
            do {
                let client = try server.client()
                try client.begin(
                    "PUT", upload.path, upload.session.bearer.merging(["Content-Length": "400000"]) { a, _ in a })
                try client.socket.send(Array(upload.bytes.prefix(150_000)))
                // Let it arrive, then hang up.
                usleep(300_000)
            }
            var received = 0
            for _ in 0..<50 where received < 150_000 {
                usleep(50_000)
                let head = try server.client().send("HEAD", upload.path, upload.session.bearer)
                #expect(head.status == 404)
                received = Int(head["upload-offset"] ?? "") ?? 0
            }
            #expect(received == 150_000)
            let answer = try upload.put(received, 400_000)
            #expect(answer.status == 204)
            #expect(try server.client().get(upload.path, upload.session.bearer).body == upload.bytes)
        }
    }

    @Test func `an image may come in pieces, doubled pieces and from the start again, but not with a gap`() async throws
    {
        try await withServer { server in
            let upload = try Upload(server, count: 100_000)
            let first = try upload.put(0, 40_000)
            #expect(first.status == 202)
            #expect(first["upload-offset"] == "40000")
            #expect(try upload.put(0, 40_000)["upload-offset"] == "40000")
            #expect(try upload.put(50_000, 60_000).code == "blob.wrong_offset")
            #expect(try upload.put(20_000, 70_000)["upload-offset"] == "70000")
            #expect(try upload.put(70_000, 100_000).status == 204)
            #expect(try upload.put(0, 100_000).status == 204)
            #expect(try server.client().get(upload.path, upload.session.bearer).body == upload.bytes)
        }
    }

    @Test func `bytes that are not what their name says are thrown away`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 1000)
            let wrong = [UInt8](repeating: 7, count: 1000)
            let answer = try server.client().send("PUT", upload.path, upload.session.bearer, body: wrong)
            #expect(answer.status == 400)
            #expect(answer.code == "blob.wrong_content")
            #expect(try server.client().get(upload.path, upload.session.bearer).status == 404)
            let head = try server.client().send("HEAD", upload.path, upload.session.bearer)
            #expect(head["upload-offset"] == "0")
            #expect(try upload.put(0, 1000).status == 204)
        }
    }

    @Test func `sizes, ranges and names that cannot be are refused`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 1000)
            let client = try server.client()
            let bearer = upload.session.bearer
            func put(_ range: String) throws -> HTTPAnswer {
                try server.client().send(
                    "PUT", upload.path, bearer.merging(["Content-Range": range]) { a, _ in a }, body: [1, 2, 3])
            }
            #expect(try put("bytes 0-2/\(BlobLimits.sizeMax + 1)").status == 413)
            for range in [
                "bytes 2-0/9", "bytes 0-9/9", "bytes -1-2/9", "bytes */9", "0-2/9", "bytes 0-2/99999999999999999999",
            ] {
                #expect(try put(range).code == "blob.bad_range")
            }
            #expect(try put("bytes 0-1/9").code == "blob.wrong_size")
            #expect(try put("bytes 0-8/9").code == "blob.cut")
            for name in ["x", upload.name.description.uppercased(), "..%2f..%2fserver.sqlite"] {
                #expect(try client.get("/api/v1/sync/blobs/\(name)", bearer).status == 400)
            }
            #expect(try client.get("/api/v1/sync/blobs/../../server.sqlite", bearer).status == 404)
        }
    }

    @Test func `an image can be read in part`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 100_000)
            _ = try upload.put(0, 100_000)
            let client = try server.client()
            func get(_ range: String) throws -> HTTPAnswer {
                try client.get(upload.path, upload.session.bearer.merging(["Range": range]) { a, _ in a })
            }
            let part = try get("bytes=10-19")
            #expect(part.status == 206)
            #expect(part["content-range"] == "bytes 10-19/100000")
            #expect(part.body == Array(upload.bytes[10...19]))
            #expect(try get("bytes=99990-").body == Array(upload.bytes.suffix(10)))
            #expect(try get("bytes=-5").body == Array(upload.bytes.suffix(5)))
            #expect(try get("bytes=99990-200000").body.count == 10)
            #expect(try get("bytes=0-1,5-6").status == 200)
            let outside = try get("bytes=100000-")
            #expect(outside.status == 416)
            #expect(outside["content-range"] == "bytes */100000")
        }
    }

    @Test func `the server says which images it lacks`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 10)
            _ = try upload.put(0, 10)
            let absent = try #require(BlobName(bytes: [UInt8](repeating: 1, count: 32)))
            let answer = try server.client().send(
                "POST", "/api/v1/sync/blobs/missing", upload.session.bearer,
                body: try BlobName.encode([upload.name, absent]))
            #expect(try BlobName.decode(answer.body) == [absent])
            let many = [BlobName](repeating: absent, count: BlobLimits.namesMax + 1)
            let refused = try server.client().send(
                "POST", "/api/v1/sync/blobs/missing", upload.session.bearer, body: try BlobName.encode(many))
            #expect(refused.status == 413)
        }
    }

    @Test func `an empty image is an image`() async throws {
        try await withServer { server in
            let upload = try Upload(server, count: 0)
            let answer = try server.client().send(
                "PUT", upload.path, upload.session.bearer.merging(["Content-Range": "bytes */0"]) { a, _ in a },
                body: [])
            #expect(answer.status == 204)
            #expect(try server.client().get(upload.path, upload.session.bearer).body == [])
        }
    }
}

/// An image of one person on its way to the server.
private struct Upload {
    let bytes: [UInt8]
    let name: BlobName
    let session: SignedIn
    private let server: RunningServer

    init(_ server: RunningServer, count: Int) throws {
        bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        name = try #require(BlobName(bytes: Array(SHA256.hash(data: bytes))))
        session = try Wallet().session(at: server)
        self.server = server
    }

    var path: String { "/api/v1/sync/blobs/\(name)" }

    func put(_ offset: Int, _ end: Int) throws -> HTTPAnswer {
        try server.client().send(
            "PUT", path,
            session.bearer.merging(["Content-Range": "bytes \(offset)-\(end - 1)/\(bytes.count)"]) { a, _ in a },
            body: Array(bytes[offset..<end]))
    }
}
