import Crypto
import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct ImageSpaceTests {
    private static func space(_ server: RunningServer, _ session: SignedIn) throws -> [Int] {
        let storage = try server.get("/storage", session).json
        return try ["used_bytes", "quota_bytes", "image_count"].map { try #require(storage[$0] as? Int) }
    }

    @Test func `a picture takes its space once, under however many names`() async throws {
        try await withServer { server in
            let (one, two) = (try Wallet().session(at: server), try Wallet(2).session(at: server))
            #expect(try Self.space(server, one) == [0, 100 << 20, 0])
            let bytes = Picture.gif(1, bytes: 10_000)
            let first = try server.upload(bytes, one).json
            let second = try server.upload(bytes, one, called: "again.gif").json
            #expect(first["sha256"] as? String == second["sha256"] as? String)
            #expect(first["id"] as? String != second["id"] as? String)
            #expect(try Self.space(server, one) == [bytes.count, 100 << 20, 1])
            #expect(try server.upload(bytes, two).status == 201)
            #expect(try Self.space(server, two) == [bytes.count, 100 << 20, 1])
            #expect(try server.delete("/images/\(first["id"] ?? "")", one).status == 200)
            #expect(try Self.space(server, one) == [bytes.count, 100 << 20, 1])
            #expect(try server.delete("/images/\(second["id"] ?? "")", one).status == 200)
            #expect(try Self.space(server, one) == [0, 100 << 20, 0])
        }
    }

    @Test func `many uploads at once fill the quota to the last byte and not one further`() async throws {
        let size = Picture.gif(0, bytes: 10_000).count
        try await withServer(["--image-quota-bytes", "\(size * 7 + size / 2)"]) { server in
            let session = try Wallet().session(at: server)
            let answers = await withTaskGroup(of: HTTPAnswer?.self) { group in
                for number in 0..<24 {
                    // Each picture comes twice.
                    group.addTask { try? server.upload(Picture.gif(number / 2, bytes: 10_000), session) }
                }
                return await group.reduce(into: [HTTPAnswer]()) { if let answer = $1 { $0.append(answer) } }
            }
            #expect(answers.count == 24)
            let taken = answers.filter { $0.status == 201 }
            let refused = answers.filter { $0.status != 201 }
            #expect(Set(taken.compactMap { $0.json["sha256"] as? String }).count == 7)
            #expect(refused.allSatisfy { $0.status == 413 && $0.code == "image.quota_exceeded" })
            #expect(try Self.space(server, session) == [size * 7, size * 7 + size / 2, 7])
            let details = try #require(refused.last?.json["details"] as? [String: Int])
            #expect(details == ["used": size * 7, "quota": size * 7 + size / 2, "remaining": size / 2])
            // What was refused is not on the disk.
            #expect(UploadTests.files(under: server.data, "blobs").count == 7)
            #expect(UploadTests.files(under: server.data, "thumbnails").count == 7)
            let known = try #require(taken.first?.json["sha256"] as? String)
            let number = try #require((0..<12).first { Self.name(Picture.gif($0, bytes: 10_000)) == known })
            #expect(try server.upload(Picture.gif(number, bytes: 10_000), session).status == 201)
        }
    }

    @Test func `what devices bring counts, and waits on the device when it does not fit`() async throws {
        let size = Picture.gif(0, bytes: 10_000).count
        try await withServer(["--image-quota-bytes", "\(size * 2)"]) { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            let images = try (1...3).map { number in
                try device.addImage(
                    Picture.gif(number, bytes: 10_000), UInt128(number), to: server, sendingBytes: number < 3)
            }
            // The journal has all three, and the bytes of two.
            #expect(try Self.space(server, session) == [size * 2, size * 2, 3])
            let waiting = Picture.gif(3, bytes: 10_000)
            func send() throws -> HTTPAnswer {
                try server.client().send(
                    "PUT", "/api/v1/sync/blobs/\(Self.name(waiting))", session.bearer, body: waiting)
            }
            for refused in [try send(), try server.upload(Picture.gif(9), session)] {
                #expect(refused.status == 413)
                #expect(refused.code == "image.quota_exceeded")
                #expect((refused.json["details"] as? [String: Int])?["remaining"] == 0)
            }
            #expect(UploadTests.files(under: server.data, "blobs").count == 2)
            #expect(try server.delete("/images/\(images[0])", session).status == 200)
            #expect(try send().status == 204)
            #expect(try Self.space(server, session) == [size * 2, size * 2, 2])
        }
    }

    @Test func `a picture that was deleted takes its room again when it comes back`() async throws {
        let size = Picture.gif(0, bytes: 10_000).count
        try await withServer(["--image-quota-bytes", "\(size + size / 2)"]) { server in
            let session = try Wallet().session(at: server)
            let first = try server.upload(Picture.gif(1, bytes: 10_000), session).json
            #expect(try server.delete("/images/\(first["id"] ?? "")", session).status == 200)
            #expect(try server.upload(Picture.gif(2, bytes: 10_000), session).status == 201)
            #expect(try server.upload(Picture.gif(1, bytes: 10_000), session).code == "image.quota_exceeded")
            #expect(try Self.space(server, session) == [size, size + size / 2, 1])
        }
    }

    @Test func `pictures that devices deleted are kept up to the quota, too`() async throws {
        let size = Picture.gif(0, bytes: 10_000).count
        try await withServer(["--image-quota-bytes", "\(size * 2)"]) { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            for number in 1...9 {
                let id = try device.addImage(Picture.gif(number, bytes: 10_000), UInt128(number), to: server)
                try device.write([.delete(Schema.image.kind, try #require(EntityID(id)))])
                try device.exchange(try server.client())
            }
            #expect(try Self.space(server, session) == [0, size * 2, 0])
            #expect(try UploadTests.bytes(under: server.data, "blobs") <= size * 4)
        }
    }

    @Test func `the bytes of deleted images are kept for an undo, up to the quota, and then go`() async throws {
        let size = Picture.gif(0, bytes: 10_000).count
        try await withServer(["--image-quota-bytes", "\(size * 2)"]) { server in
            let session = try Wallet().session(at: server)
            for number in 0..<5 {
                let image = try server.upload(Picture.gif(number, bytes: 10_000), session).json
                let deleted = try server.delete("/images/\(image["id"] ?? "")", session)
                #expect(deleted.json["deleted"] as? Bool == true && deleted.json["commit"] is String)
                #expect(try server.get("/images/\(image["id"] ?? "")", session).code == "image.not_found")
            }
            #expect(try Self.space(server, session) == [0, size * 2, 0])
            let kept = Set(UploadTests.files(under: server.data, "blobs").map { $0.split(separator: "/").last ?? "" })
            // The two that were deleted last.
            #expect(kept == Set([3, 4].map { Self.name(Picture.gif($0, bytes: 10_000))[...] }))
            #expect(UploadTests.files(under: server.data, "thumbnails").count == 2)
        }
    }

    private static func name(_ bytes: [UInt8]) -> String { Hex.encode(Array(SHA256.hash(data: bytes))) }
}
