import Crypto
import Foundation
import Primitives
import Testing

@Suite struct LiveTests {
    @Test(arguments: [false, true]) func `a device hears at once what another has synced`(ownPort: Bool) async throws {
        try await withServer { server in
            let watching = try Wallet().session(at: server)
            let live = try Self.connect(server, ownPort: ownPort, watching.bearer)
            let channel = "journal.\(watching.userID)"
            #expect(try live.ask("SUBSCRIBE", [channel])["result"] is NSNull)
            var phone = TestDevice(try Wallet().session(at: server))
            try phone.write()
            try phone.exchange(try server.client())
            guard case .text(let text) = try live.receive() else { throw ConnectionLost() }
            #expect(text == "{\"stream\":\"\(channel)\",\"data\":{\"e\":\"journal_update\"}}")
        }
    }

    @Test func `images that come together are told of together, once they are whole`() async throws {
        try await withServer { server in
            let watching = try Wallet().session(at: server)
            let live = try Self.connect(server, watching.bearer)
            _ = try live.ask("SUBSCRIBE", ["journal"])
            let uploading = try Wallet().session(at: server)
            let client = try server.client()
            for number in 0..<20 {
                let bytes = Array("chart \(number)".utf8)
                let name = Hex.encode(SHA256.hash(data: bytes))
                #expect(
                    try client.send("PUT", "/api/v1/sync/blobs/\(name)", uploading.bearer, body: bytes).status == 204)
            }
            guard case .text(let text) = try live.receive() else { throw ConnectionLost() }
            #expect(text.contains("journal_update"))
            usleep(700_000)
            try live.send(opcode: 9, [])
            var eventCount = 1
            while try live.receive() != .pong { eventCount += 1 }
            #expect(eventCount < 20)
        }
    }

    @Test func `who does not read is dropped`() async throws {
        try await withServer { server in
            let live = try Self.connect(server)
            let ping: [UInt8] = [0x89, 0x80 | 100, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 100)
            let pings = [[UInt8]](repeating: ping, count: 500).flatMap(\.self)
            var sentCount = 0
            do {
                while sentCount < 5000 {
                    try live.socket.send(pings)
                    sentCount += 1
                }
            } catch is ConnectionLost {
                // The server has given up on us.
            }
            #expect(sentCount < 5000)
            #expect(try server.client().get("/metrics").text.contains("daybook_live_slow_readers_total 1\n"))
        }
    }

    @Test func `who synced is not told of it, nor who has unsubscribed, nor anybody else`() async throws {
        try await withServer { server in
            let watching = try Wallet(1).session(at: server)
            var phone = TestDevice(try Wallet(1).session(at: server))
            let own = try Self.connect(server, phone.session.bearer)
            let gone = try Self.connect(server, watching.bearer)
            let other = try Self.connect(server, try Wallet(2).session(at: server).bearer)
            for live in [own, gone, other] {
                #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", ["journal"])) == nil)
            }
            _ = try gone.ask("UNSUBSCRIBE", ["journal"], id: 2)
            try phone.write()
            try phone.exchange(try server.client())
            for live in [own, gone, other] {
                // Whatever had been sent before stands before the pong.
                try live.send(opcode: 9, [])
                #expect(try live.receive() == .pong)
            }
        }
    }

    @Test func `the first frame may say who it is`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let live = try Self.connect(server)
            #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", ["journal.\(session.userID)"])) == 403)
            #expect(try live.ask("AUTH", [session.access], id: 0)["result"] is NSNull)
            #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", ["journal.\(session.userID)"])) == nil)
        }
    }

    @Test func `nobody subscribes to another's channel, not even beside one's own`() async throws {
        try await withServer { server in
            let mine = try Wallet(1).session(at: server)
            let theirs = try Wallet(2).session(at: server)
            let live = try Self.connect(server, theirs.bearer)
            let refused = try live.ask("SUBSCRIBE", ["journal.\(mine.userID)"], id: 7)
            #expect(WebSocketClient.code(refused) == 403)
            #expect(refused["id"] as? Int == 7)
            #expect(
                WebSocketClient.code(try live.ask("SUBSCRIBE", ["journal.\(theirs.userID)", "journal.\(mine.userID)"]))
                    == 403)
            #expect(WebSocketClient.code(try live.ask("AUTH", [mine.access])) == 403)
            var phone = TestDevice(try Wallet(1).session(at: server))
            try phone.write()
            try phone.exchange(try server.client())
            try live.send(opcode: 9, [])
            #expect(try live.receive() == .pong)
        }
    }

    @Test func `what is no request is refused, and the connection goes on`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let live = try Self.connect(server, session.bearer)
            for text in [
                "", "nonsense", "{}", "[]", "{\"method\":\"SUBSCRIBE\"}",
                "{\"method\":\"DROP\",\"params\":[],\"id\":1}",
                String(repeating: "[", count: 16_000),
            ] {
                try live.send(text)
                guard case .text(let answer) = try live.receive() else { throw ConnectionLost() }
                #expect(answer.contains("\"code\":400"))
            }
            for channel in [
                "journal.", "journal.*", "JOURNAL", "journal.\(session.userID.uppercased())",
                "journal.\(session.userID).x",
                "order.\(session.userID)",
            ] {
                #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", [channel])) == 400)
            }
            #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", [])) == 400)
            #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", [String](repeating: "journal", count: 17))) == 429)
            #expect(WebSocketClient.code(try live.ask("SUBSCRIBE", ["journal"])) == nil)
        }
    }

    @Test func `wrong tokens end the connection before long`() async throws {
        try await withServer { server in
            let live = try Self.connect(server)
            for _ in 0..<5 { #expect(WebSocketClient.code(try live.ask("AUTH", ["wrong"])) == 401) }
            #expect(try live.receive() == .close(code: 1008))
        }
    }

    @Test func `a bad token or a cookie from elsewhere is refused in the handshake`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            #expect(try Self.connect(server, ["Authorization": "Bearer wrong"]).status == 401)
            let cookie = "access_token=\(session.access)"
            #expect(try Self.connect(server, ["Cookie": cookie]).status == 403)
            #expect(try Self.connect(server, ["Cookie": cookie, "Origin": "https://evil.example"]).status == 403)
            let own = try Self.connect(server, ["Cookie": cookie, "Origin": "http://127.0.0.1:\(server.port)"])
            #expect(own.status == 101)
            #expect(WebSocketClient.code(try own.ask("SUBSCRIBE", ["journal"])) == nil)
        }
    }

    @Test func `signing out ends the connection`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let live = try Self.connect(server, session.bearer)
            _ = try live.ask("SUBSCRIBE", ["journal"])
            _ = try server.client().send("POST", "/api/v1/auth/logout", session.bearer, body: [])
            #expect(try live.receive() == .close(code: 4401))
        }
    }

    @Test func `the connection ends with its token, unless it shows a newer one`() async throws {
        try await withServer(["--access-seconds", "6"]) { server in
            let wallet = try Wallet()
            let first = try wallet.session(at: server)
            let short = try Self.connect(server, first.bearer)
            let long = try Self.connect(server, first.bearer)
            _ = try short.ask("SUBSCRIBE", ["journal"])
            usleep(3_500_000)
            _ = try long.ask("AUTH", [try wallet.session(at: server).access])
            #expect(try short.receive() == .close(code: 4401))
            try long.send(opcode: 9, [])
            #expect(try long.receive() == .pong)
        }
    }

    @Test func `frames that are too large, unmasked or of a wrong kind end the connection`() async throws {
        try await withServer { server in
            let large = try Self.connect(server)
            try large.send(opcode: 1, [UInt8](repeating: 32, count: 20_000))
            #expect(try large.receive() == .close(code: 1009))
            let many = try Self.connect(server)
            for part in 0..<4 {
                try many.send(opcode: part == 0 ? 1 : 0, [UInt8](repeating: 32, count: 5000), isFinal: false)
            }
            #expect(try many.receive() == .close(code: 1009))
            let unmasked = try Self.connect(server)
            try unmasked.send(opcode: 1, Array("{}".utf8), isMasked: false)
            #expect(try unmasked.receive() == .close(code: 1002))
            let binary = try Self.connect(server)
            try binary.send(opcode: 2, [1, 2, 3])
            #expect(try binary.receive() == .close(code: 1003))
        }
    }

    @Test func `a request may come in fragments with a ping between them`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let live = try Self.connect(server, session.bearer)
            let text = Array("{\"method\":\"SUBSCRIBE\",\"params\":[\"journal\"],\"id\":\"a\"}".utf8)
            try live.send(opcode: 1, Array(text.prefix(10)), isFinal: false)
            try live.send(opcode: 9, [])
            #expect(try live.receive() == .pong)
            try live.send(opcode: 0, Array(text.dropFirst(10)))
            #expect(try live.receive() == .text("{\"id\":\"a\",\"result\":null}"))
        }
    }

    @Test func `a goodbye is answered`() async throws {
        try await withServer { server in
            let live = try Self.connect(server)
            try live.send(opcode: 8, [0x03, 0xe8])
            #expect(try live.receive() == .close(code: 1000))
            #expect(live.socket.isEnded())
        }
    }

    @Test func `who is silent is asked, and then left`() async throws {
        try await withServer(["--ping-seconds", "1"]) { server in
            let live = try Self.connect(server)
            #expect(try live.receive() == .ping)
            #expect(live.socket.isEnded())
        }
    }

    @Test func `a server that stops says so`() async throws {
        try await withDirectory { path in
            let server = try RunningServer(data: path)
            let live = try Self.connect(server)
            _ = try live.ask("SUBSCRIBE", ["journal"])
            let code = await Task.detached { server.stop() }.value
            #expect(try live.receive() == .close(code: 1001))
            #expect(code == 0)
        }
    }

    static func connect(
        _ server: RunningServer, ownPort: Bool = true, _ fields: [String: String] = [:]
    ) throws -> WebSocketClient {
        ownPort
            ? try WebSocketClient(port: server.webSocketPort, fields)
            : try WebSocketClient(port: server.port, path: "/ws", fields)
    }
}
