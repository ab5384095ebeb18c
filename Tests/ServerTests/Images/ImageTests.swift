import Crypto
import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct ImageTests {
    @Test func `an image comes back whole, in part, or not at all when it is known`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let bytes = Picture.gif(3, bytes: 600_000)
            let image = try server.upload(bytes, session, called: "a \"b\" ü.gif").json
            let path = "/images/\(try #require(image["id"] as? String))"
            let whole = try server.get(path, session)
            #expect(whole.status == 200 && whole.body == bytes)
            #expect(whole["etag"] == "\"\(image["sha256"] as? String ?? "")\"")
            #expect(whole["cache-control"] == "private, no-cache")
            #expect(whole["x-content-type-options"] == "nosniff")
            #expect(whole["content-encoding"] == nil)
            #expect(
                whole["content-disposition"]
                    == "inline; filename=\"a _b_ _.gif\"; filename*=UTF-8''a%20_b_%20%C3%BC.gif")
            let tag = try #require(whole["etag"])
            #expect(try server.get(path, session, ["If-None-Match": tag]).status == 304)
            let part = try server.get(path, session, ["Range": "bytes=10-19"])
            #expect(part.status == 206 && part.body == Array(bytes[10...19]))
            #expect(part["content-range"] == "bytes 10-19/\(bytes.count)")
            #expect(part["etag"] == tag)
            #expect(try server.get(path, session, ["Range": "bytes=10-19", "If-Range": tag]).status == 206)
            let other = try server.get(path, session, ["Range": "bytes=10-19", "If-Range": "\"other\""])
            #expect(other.status == 200 && other.body == bytes)
            #expect(try server.get(path, session, ["Range": "bytes=10-19", "If-Range": "W/\(tag)"]).status == 200)
            let outside = try server.get(path, session, ["Range": "bytes=\(bytes.count)-"])
            #expect(outside.status == 416 && outside["content-range"] == "bytes */\(bytes.count)")
            let head = try server.client().send("HEAD", "/api/v1/journal" + path, session.bearer)
            #expect(head.status == 200 && head["content-length"] == "\(bytes.count)")
        }
    }

    @Test func `an image whose size cannot be is shown without one`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            try device.write([
                .put(
                    Schema.image.kind, EntityID(rawValue: 7),
                    [
                        FieldWrite(1, .bytes([UInt8](repeating: 7, count: 32))), FieldWrite(2, .text("far.png")),
                        FieldWrite(4, .integer(-1)),
                    ])
            ])
            #expect(try device.send(device.request(), try server.client()).status == 200)
            let images = try #require(try server.get("/images", session).json["images"] as? [[String: Any]])
            #expect(images.count == 1)
            for field in ["size", "width", "height"] { #expect(images[0][field] is NSNull, "\(field)") }
        }
    }

    @Test func `nobody else finds an image, its thumbnail or its space`() async throws {
        try await withServer { server in
            let (mine, theirs) = (try Wallet().session(at: server), try Wallet(2).session(at: server))
            let id = try #require(try server.upload(Picture.gif(1), mine).json["id"] as? String)
            for path in ["/images/\(id)", "/images/\(id)/thumbnail", "/images/nonsense"] {
                let answer = try server.get(path, theirs)
                #expect(answer.status == 404 && answer.code == "image.not_found")
            }
            #expect(try server.delete("/images/\(id)", theirs).code == "image.not_found")
            #expect(try server.get("/images", theirs).json["total"] as? Int == 0)
            #expect(try server.get("/storage", theirs).json["used_bytes"] as? Int == 0)
            #expect(try server.get("/images/\(id)", mine).status == 200)
        }
    }

    @Test func `thumbnails fit into their square, stand upright, and are made once`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let cases: [(String, Int, Int, Int)] = [
                ("chart.png", 160, 160, 90), ("chart.png", 320, 320, 180), ("chart.png", 640, 480, 270),
                ("photo_turned.jpg", 320, 24, 48), ("photo.jpg", 320, 48, 24), ("moving.gif", 160, 48, 24),
                ("moving.webp", 160, 48, 24), ("lossless.webp", 320, 48, 24),
            ]
            for (file, side, width, height) in cases {
                let image = try server.upload(try Picture.file(file), session).json
                let url = try #require(image["thumbnail_url"] as? String)
                let answer = try server.client().get("\(url)?size=\(side)", session.bearer)
                #expect(answer.status == 200 && answer["content-type"] == "image/webp", "\(answer.text)")
                let size = try #require(PictureSize(.webp, answer.body))
                #expect(size.width == width && size.height == height, "\(file) \(side)")
                #expect(!answer.body.holds("EXIF") && !answer.body.holds("XMP ") && !answer.body.holds("ICCP"))
                let tag = try #require(answer["etag"])
                let again = try server.client().get(
                    "\(url)?size=\(side)", session.bearer.merging(["If-None-Match": tag]) { a, _ in a })
                #expect(again.status == 304)
            }
            let files = UploadTests.files(under: server.data, "thumbnails")
            #expect(!files.isEmpty)
            #expect(files.allSatisfy { $0.hasSuffix(".webp") && !$0.contains(".new") }, "\(files)")
            for file in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(server.data)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
            let id = try #require(try server.upload(Picture.gif(1), session).json["id"] as? String)
            #expect(try server.get("/images/\(id)/thumbnail?size=100", session).code == "request.bad_query")
        }
    }

    @Test func `images are listed by pages, the newest first`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            var ids: [String] = []
            for number in 0..<5 {
                ids.insert(try #require(try server.upload(Picture.gif(number), session).json["id"] as? String), at: 0)
            }
            let first = try server.get("/images?limit=2", session).json
            #expect(first["total"] as? Int == 5 && first["page"] as? Int == 1 && first["limit"] as? Int == 2)
            var listed: [String] = []
            for page in 1...4 {
                let images = try server.get("/images?limit=2&page=\(page)", session).json["images"] as? [[String: Any]]
                listed += try #require(images).compactMap { $0["id"] as? String }
            }
            #expect(listed == ids)
            #expect(try server.get("/images?limit=101", session).code == "request.bad_query")
        }
    }

    @Test func `what a device sent under the name of a picture is shown as what it is`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            let page = Array("<html><script>alert(1)</script>".utf8)
            let bomb = try Picture.file("bomb.png")
            let (pageID, bombID) = (
                try device.addImage(page, 1, to: server), try device.addImage(bomb, 2, to: server)
            )
            let lost = try device.addImage(Picture.gif(9), 3, to: server, sendingBytes: false)
            let answer = try server.get("/images/\(pageID)", session)
            #expect(answer["content-type"] == "application/octet-stream")
            #expect(answer["content-disposition"]?.hasPrefix("attachment;") == true)
            #expect(try server.get("/images/\(pageID)/thumbnail", session).code == "image.unknown_format")
            #expect(try server.get("/images/\(bombID)/thumbnail", session).code == "image.too_many_pixels")
            #expect(try server.get("/images/\(lost)", session).code == "image.not_here")
            #expect(try server.get("/images/\(lost)/thumbnail", session).code == "image.not_here")
            let listed = try server.get("/images", session).json["images"] as? [[String: Any]]
            #expect(listed?.count == 3)
            #expect(listed?.contains { $0["width"] is NSNull } == true)
        }
    }
}

extension TestDevice {
    /// An image that this device adds to its journal, and sends.
    mutating func addImage(
        _ bytes: [UInt8], _ number: UInt128, to server: RunningServer, sendingBytes: Bool = true
    ) throws -> String {
        let id = EntityID(rawValue: 0x0193_b8e6 << 96 | number)
        let sha256 = Array(SHA256.hash(data: bytes))
        let fields: [(String, Value)] = [
            ("sha256", .bytes(sha256)), ("name", .text("picture.png")), ("media_type", .text("image/png")),
            ("size", .integer(Int64(bytes.count))), ("created_ms", .integer(1_700_000_000_000)),
        ]
        try write([
            .put(
                Schema.image.kind, id,
                fields.map { FieldWrite(Schema.image.number(of: $0.0), $0.1) }.sorted { $0.field < $1.field })
        ])
        try exchange(try server.client())
        if sendingBytes {
            let answer = try server.client().send(
                "PUT", "/api/v1/sync/blobs/\(Hex.encode(sha256))", session.bearer, body: bytes)
            try #require(answer.status == 204, "\(answer.text)")
        }
        return id.description
    }
}
