import Crypto
import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct UploadTests {
    private static let all: [(name: String, type: String)] = [
        ("chart.png", "image/png"), ("texts.png", "image/png"), ("photo.jpg", "image/jpeg"),
        ("photo_turned.jpg", "image/jpeg"), ("photo_progressive.jpg", "image/jpeg"), ("moving.gif", "image/gif"),
        ("photo.webp", "image/webp"), ("lossless.webp", "image/webp"), ("moving.webp", "image/webp"),
    ]

    @Test func `every kind of picture is taken, without what is private in it`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            for (name, type) in Self.all {
                let sent = try Picture.file(name)
                #expect(sent.holds("SECRET") == (name != "chart.png"))
                let answer = try server.upload(sent, session, called: name)
                #expect(answer.status == 201, "\(name): \(answer.text)")
                let image = answer.json
                #expect(image["media_type"] as? String == type)
                #expect(image["name"] as? String == name)
                let url = try #require(image["url"] as? String)
                #expect(answer["location"] == url)
                let kept = try server.client().get(url, session.bearer)
                #expect(kept["content-type"] == type)
                #expect(kept.body == (try CleanImage(sent).bytes))
                #expect(!kept.body.holds("SECRET") && !kept.body.holds("rdf"), "\(name)")
                #expect(image["sha256"] as? String == Hex.encode(Array(SHA256.hash(data: kept.body))))
                #expect(image["size"] as? Int == kept.body.count)
                let isTurned = name == "photo_turned.jpg"
                let (width, height) = name == "chart.png" ? (480, 270) : isTurned ? (24, 48) : (48, 24)
                #expect(image["width"] as? Int == width && image["height"] as? Int == height, "\(name)")
            }
        }
    }

    @Test func `an image hangs where the form says`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            let (trade, entry) = try device.addTradeAndEntry(server)
            for (field, id, list) in [("trade_id", trade, "trade_ids"), ("entry_id", entry, "entry_ids")] {
                var form = Form()
                form.add(file: Picture.gif(1), as: "image", called: "Ausbruch ü.gif")
                form.add("caption", "Der „Ausbruch“")
                form.add(field, id)
                form.add(field == "trade_id" ? "entry_id" : "trade_id", "")
                let answer = try server.upload(form, session)
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.json[list] as? [String] == [id])
                #expect(answer.json["caption"] as? String == "Der „Ausbruch“")
                let listed = try server.get("/images?\(field)=\(id)", session).json
                #expect(listed["total"] as? Int == 1)
                #expect((listed["images"] as? [[String: Any]])?.first?["id"] as? String == answer.json["id"] as? String)
            }
            var form = Form()
            form.add(file: Picture.gif(1))
            form.add("trade_id", "0193b8e6-0000-7000-8000-000000000001")
            #expect(try server.upload(form, session).code == "trade.not_found")
            form.add("entry_id", entry)
            #expect(try server.upload(form, session).code == "image.two_owners")
        }
    }

    @Test func `what is no picture, or a broken one, or a bomb, is refused and leaves nothing behind`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            func code(_ bytes: [UInt8]) throws -> String { try server.upload(bytes, session).code }
            #expect(try code(Array("<svg onload=alert(1)>".utf8)) == "image.unknown_format")
            #expect(try code([]) == "image.empty")
            #expect(try code(Array(Picture.file("chart.png").prefix(700))) == "image.damaged")
            #expect(try code(Picture.file("pixels_broken.png")) == "image.damaged")
            #expect(try code(Picture.file("photo_broken.jpg")) == "image.damaged")
            #expect(try code(Picture.file("bomb.png")) == "image.too_many_pixels")
            #expect(try code(Picture.gif(1, bytes: 5 << 20 + 300)) == "image.too_large")
            #expect(try code(Picture.gif(1, bytes: 15 << 20)) == "image.too_large")
            #expect(try server.upload(Form(), session).code == "image.no_file")
            var form = Form()
            form.add("file", "no file but a text")
            form.add(file: Picture.gif(1), as: "photo")
            #expect(try server.upload(form, session).code == "image.unknown_format")
            form = Form()
            form.add(file: Picture.gif(1))
            form.add(file: Picture.gif(2), as: "image")
            #expect(try server.upload(form, session).code == "image.two_files")
            form = Form()
            form.add(file: Picture.gif(1))
            form.add("caption", String(repeating: "x", count: 2001))
            #expect(try server.upload(form, session).code == "image.bad_caption")
            form = Form()
            form.add(file: Picture.gif(1))
            form.add("trade_id", "17")
            #expect(try server.upload(form, session).code == "image.bad_owner")
            let storage = try server.get("/storage", session).json
            #expect(storage["used_bytes"] as? Int == 0 && storage["image_count"] as? Int == 0)
            #expect(Self.files(under: server.data, "thumbnails").isEmpty)
            let blobs = Self.files(under: server.data, "blobs")
            #expect(blobs.isEmpty, "\(blobs)")
        }
    }

    @Test func `a file that is much too large is refused while it comes`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let client = try server.client()
            try client.begin(
                "POST", "/api/v1/journal/upload",
                session.bearer.merging(Form.fields) { a, _ in a }.merging(["Transfer-Encoding": "chunked"]) { a, _ in a
                })
            var form = Form()
            form.add(file: Picture.gif(1, bytes: 21 << 20))
            let sent = Array(form.body.prefix(20 << 20 + 200))
            try client.socket.send(Array("\(String(sent.count, radix: 16))\r\n".utf8) + sent + [13, 10])
            // The rest never comes; the answer does.
            let answer = try client.answer(to: "POST")
            #expect(answer.status == 413)
            #expect(answer.code == "image.too_large")
        }
    }

    @Test func `only a form is taken, whole and from whom it belongs to`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let path = "/api/v1/journal/upload"
            let json = try server.client().post(path, ["file": "x"], session.bearer)
            #expect(json.status == 400 && json.code == "request.not_multipart")
            var form = Form()
            form.add(file: Picture.gif(1))
            let fields = session.bearer.merging(Form.fields) { a, _ in a }
            let cut = try server.client().send("POST", path, fields, body: form.body.dropLast(12))
            #expect(cut.status == 400 && cut.code == "request.bad_multipart")
            #expect(try server.client().send("POST", path, Form.fields, body: form.body).status == 401)
            let foreign = ["Cookie": "access_token=\(session.access)", "Origin": "https://evil.example"]
            let answer = try server.client().send(
                "POST", path, foreign.merging(Form.fields) { a, _ in a }, body: form.body)
            #expect(answer.code == "auth.foreign_origin")
        }
    }

    @Test func `an image reaches a device with its bytes`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let answer = try server.upload(try Picture.file("photo.jpg"), session)
            var device = TestDevice(try Wallet().session(at: server))
            try device.exchange(try server.client())
            #expect(device.received.count == 2)
            let sha256 = try #require(answer.json["sha256"] as? String)
            let blob = try server.client().get("/api/v1/sync/blobs/\(sha256)", session.bearer)
            #expect(blob.body == (try CleanImage(Picture.file("photo.jpg")).bytes))
        }
    }

    /// Everything below the directories of that name.
    /// How much they have together.
    static func bytes(under data: String, _ folder: String) throws -> Int {
        try files(under: data, folder).reduce(0) { sum, path in
            sum + (try FileManager.default.attributesOfItem(atPath: "\(data)/\(path)")[.size] as? Int ?? 0)
        }
    }

    static func files(under data: String, _ folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String } ?? []).filter { path in
            var isDirectory: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: "\(data)/\(path)", isDirectory: &isDirectory)
            return isThere && !isDirectory.boolValue && path.contains("/\(folder)/")
        }
    }
}

extension TestDevice {
    /// A trade entered by hand and an entry, in the journal of the server.
    mutating func addTradeAndEntry(_ server: RunningServer) throws -> (trade: String, entry: String) {
        let (trade, entry) = (EntityID(rawValue: 0x0193_b8e6 << 96 | 7), EntityID(rawValue: 0x0193_b8e6 << 96 | 8))
        try write([
            .put(
                Schema.trade.kind, trade,
                [
                    FieldWrite(Schema.trade.number(of: "symbol"), .text("BTC/USDT")),
                    FieldWrite(Schema.trade.number(of: "direction"), .text("long")),
                    FieldWrite(Schema.trade.number(of: "quantity"), .text("1")),
                    FieldWrite(Schema.trade.number(of: "entry_price"), .text("100")),
                    FieldWrite(Schema.trade.number(of: "opened_ms"), .integer(1_700_000_000_000)),
                ].sorted { $0.field < $1.field }),
            .put(
                Schema.entry.kind, entry,
                [
                    FieldWrite(Schema.entry.number(of: "day"), .text("2026-11-21")),
                    FieldWrite(Schema.entry.number(of: "title"), .text("Review")),
                ].sorted { $0.field < $1.field }),
        ])
        try exchange(try server.client())
        return (trade.description, entry.description)
    }
}
