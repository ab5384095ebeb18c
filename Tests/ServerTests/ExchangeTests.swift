import Foundation
import Primitives
import Sync
import Testing

@Suite struct ExchangeTests {
    @Test func `what one device writes the other gets`() async throws {
        try await withServer { server in
            let client = try server.client()
            var phone = TestDevice(try Wallet().session(at: server))
            var desk = TestDevice(try Wallet().session(at: server))
            try phone.write("from the phone")
            try phone.exchange(client)
            try desk.exchange(client)
            #expect(desk.received.map(\.dot.replica) == [phone.replica])
            #expect(desk.content == phone.content)
        }
    }

    @Test func `an exchange without news has no body and few bytes`() async throws {
        try await withServer { server in
            var device = TestDevice(try Wallet().session(at: server))
            try device.write()
            let client = try server.client()
            try device.exchange(client)
            try device.exchange(client)
            let before = client.socket.sentCount + client.socket.receivedCount
            let answer = try device.exchange(client)
            #expect(answer.status == 204)
            #expect(answer.fields.map { $0.name.lowercased() } == ["date"])
            let count = client.socket.sentCount + client.socket.receivedCount - before
            #expect(count <= 300, "\(count) bytes")
        }
    }

    @Test func `the same commits twice are the same commits once`() async throws {
        try await withServer { server in
            var device = TestDevice(try Wallet().session(at: server))
            try device.write()
            let request = device.request()
            let client = try server.client()
            #expect(try device.send(request, client).status == 200)
            #expect(try device.send(request, client).status == 200)
            try device.exchange(client)
            #expect(device.received.isEmpty)
        }
    }

    @Test func `a large exchange travels compressed, both ways`() async throws {
        try await withServer { server in
            let client = try server.client()
            var phone = TestDevice(try Wallet().session(at: server))
            for number in 0..<200 { try phone.write("a tag with a rather long name, number \(number)") }
            let body = Zstandard.compress(try phone.request().encoded(own: phone.replica))
            let answer = try client.send(
                "POST", "/api/v1/sync/exchange",
                phone.session.bearer.merging([
                    "Content-Type": "application/x-protobuf", "Content-Encoding": "zstd",
                    "Daybook-Replica": Hex.encode(phone.replica.bytes),
                ]) { a, _ in a }, body: body)
            #expect(answer.status == 200)
            var desk = TestDevice(try Wallet().session(at: server))
            #expect(try desk.exchange(client)["content-encoding"] == "zstd")
            #expect(desk.received.count == 200)
        }
    }

    @Test func `a session must name its replica once`() async throws {
        try await withServer { server in
            var device = TestDevice(try Wallet().session(at: server))
            let client = try server.client()
            device.isNamed = true
            #expect(try device.send(device.request(), client).code == "sync.no_replica")
            device.isNamed = false
            try device.exchange(client)
            #expect(device.isNamed)
            #expect(try device.send(device.request(), client).status == 204)
        }
    }

    @Test func `a replica's name must be one`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            for name in ["", "zz", String(repeating: "0", count: 32), String(repeating: "1", count: 31)] {
                let answer = try server.client().send(
                    "POST", "/api/v1/sync/exchange", session.bearer.merging(["Daybook-Replica": name]) { a, _ in a },
                    body: [])
                #expect(answer.status == 400)
            }
        }
    }

    @Test func `bodies that are garbage, too large or a bomb are refused, and nothing changes`() async throws {
        try await withServer { server in
            var device = TestDevice(try Wallet().session(at: server))
            try device.exchange(try server.client())
            let path = "/api/v1/sync/exchange"
            let fields = device.session.bearer.merging(["Content-Type": "application/x-protobuf"]) { a, _ in a }
            let zstd = fields.merging(["Content-Encoding": "zstd"]) { a, _ in a }
            let garbage = try server.client().send("POST", path, fields, body: [UInt8](repeating: 0xff, count: 100))
            #expect(garbage.status == 400)
            #expect(garbage.code == "sync.garbage")
            #expect(try server.client().send("POST", path, zstd, body: [1, 2, 3]).code == "sync.garbage")
            let bomb = Zstandard.compress([UInt8](repeating: 0, count: 64 << 20))
            #expect(try server.client().send("POST", path, zstd, body: bomb).status == 413)
            let announced = try server.client()
            try announced.begin("POST", path, fields.merging(["Content-Length": "\(1 << 30)"]) { a, _ in a })
            #expect(try announced.answer(to: "POST").status == 413)
            let brotli = fields.merging(["Content-Encoding": "br"]) { a, _ in a }
            #expect(try server.client().send("POST", path, brotli, body: [1]).code == "sync.unknown_encoding")
            let form = fields.merging(["Content-Type": "text/plain"]) { _, b in b }
            #expect(try server.client().send("POST", path, form, body: [1]).code == "sync.not_protobuf")
            #expect(try device.exchange(try server.client()).status == 204)
        }
    }

    @Test func `a body without an end is cut off at the limit`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let client = try server.client()
            try client.begin(
                "POST", "/api/v1/sync/exchange",
                session.bearer.merging(["Transfer-Encoding": "chunked"]) { a, _ in a })
            let piece = [UInt8](repeating: 0, count: 1 << 20)
            var sentCount = 0
            do {
                while sentCount < 4000 {
                    try client.socket.send(Array("100000\r\n".utf8) + piece + Array("\r\n".utf8))
                    sentCount += 1
                }
            } catch is ConnectionLost {
                // The server has had enough.
            }
            #expect(sentCount < 4000)
        }
    }

    @Test func `a commit of somebody's else replica is refused`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet(1).session(at: server))
            try mine.exchange(client)
            var theirs = TestDevice(try Wallet(2).session(at: server))
            try theirs.write()
            try theirs.exchange(client)

            var relayed = mine.request()
            var foreign = TestDevice(theirs.session, replica: theirs.replica)
            try foreign.write()
            relayed.commits = foreign.request().commits
            let answer = try mine.send(relayed, client)
            #expect(answer.status == 403)
            #expect(answer.code == "sync.foreign_replica")
        }
    }

    @Test func `commits of a replica that is nobody's are taken from who brings them`() async throws {
        try await withServer { server in
            let client = try server.client()
            var mine = TestDevice(try Wallet(1).session(at: server))
            try mine.exchange(client)
            // As after a restored backup: the server knows nothing of the device that wrote them.
            var lost = TestDevice(mine.session)
            try lost.write()
            var relayed = mine.request()
            relayed.commits = lost.request().commits
            #expect(try mine.send(relayed, client).status == 200)
            var other = TestDevice(mine.session)
            try other.exchange(client)
            #expect(other.received == relayed.commits)
        }
    }

    @Test func `a forged commit changes nothing`() async throws {
        try await withServer { server in
            let client = try server.client()
            var device = TestDevice(try Wallet().session(at: server))
            try device.write()
            try device.exchange(client)
            var request = device.request()
            request.ownCounter = 2
            request.commits = [EncodedCommit(Dot(device.replica, 2), [1, 2, 3])]
            let answer = try device.send(request, client)
            #expect((400...499).contains(answer.status))
            #expect(answer.code.hasPrefix("sync."))
            // What follows on nothing is not even read: the server answers where it stands.
            request.ownCounter = 9
            request.commits = [EncodedCommit(Dot(device.replica, 9), [1, 2, 3])]
            let told = try device.send(request, client)
            #expect(try ExchangeResponse(encoded: told.body, own: device.replica).standing != nil)
            #expect(try device.exchange(client).status == 204)
        }
    }

    @Test func `a journal is what it was after the server was killed`() async throws {
        try await withDirectory { path in
            var server = try RunningServer(data: path)
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            for number in 0..<20 {
                try device.write("tag \(number)")
                try device.exchange(try server.client())
            }
            server.stop(SIGKILL)
            server = try RunningServer(data: path)
            defer { server.stop(SIGKILL) }
            var other = TestDevice(session)
            try other.exchange(try server.client())
            #expect(other.received.count == 20)
            #expect(other.content == device.content)
        }
    }
}
