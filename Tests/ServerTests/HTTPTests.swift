import Ethereum
import Foundation
import Testing

@Suite struct HTTPTests {
    @Test func `health and metrics stand at the root and below the base`() async throws {
        try await withServer { server in
            let client = try server.client()
            for base in ["", "/api/v1"] {
                #expect(try client.get(base + "/health").json["status"] as? String == "ok")
                let ready = try client.get(base + "/health/ready")
                #expect(ready.status == 200)
                #expect((ready.json["checks"] as? [String: String])?["sidecar"] == "not_configured")
                #expect(try client.get(base + "/health/sidecar").json["status"] as? String == "not_configured")
                #expect(try client.get(base + "/metrics")["content-type"]?.hasPrefix("text/plain") == true)
            }
        }
    }

    @Test func `metrics count requests by route and name nobody`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            var device = TestDevice(session)
            try device.write()
            try device.exchange(try server.client())
            let text = try server.client().get("/metrics").text
            #expect(text.contains("daybook_sync_exchanges_total 1\n"))
            #expect(text.contains("daybook_sync_commits_received_total 1\n"))
            #expect(text.contains("daybook_journals_open 1\n"))
            #expect(
                text.contains(
                    "daybook_http_requests_total{method=\"POST\",route=\"/api/v1/sync/exchange\",status=\"200\"} 1\n"))
            #expect(
                text.contains(
                    "daybook_http_request_duration_seconds_bucket{route=\"/api/v1/sync/exchange\",le=\"+Inf\"} 1\n"))
            #expect(!text.contains(session.userID))
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(
                    line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+/) != nil, "\(line)")
            }
        }
    }

    @Test func `an unknown path, a wrong method and an unknown error have the one shape`() async throws {
        try await withServer { server in
            let client = try server.client()
            for (method, path, status, code) in [
                ("GET", "/nothing", 404, "route.unknown"), ("DELETE", "/health", 405, "route.wrong_method"),
                ("PATCH", "/health", 405, "route.wrong_method"), ("PROPFIND", "/health", 404, "route.unknown"),
            ] {
                let answer = try client.send(method, path)
                #expect(answer.status == status)
                #expect(answer.code == code)
                #expect(answer.json["message"] is String)
                #expect(answer["allow"] == (status == 405 ? "GET, HEAD" : nil))
            }
            let head = try client.send("HEAD", "/api/v1/auth/me")
            #expect(head.status == 401)
            #expect(try client.get("/health").status == 200)
        }
    }

    @Test func `answers tell browsers to keep their hands off`() async throws {
        try await withServer { server in
            for path in ["/health", "/nothing", "/api/v1/auth/me", "/metrics"] {
                let answer = try server.client().get(path)
                #expect(answer["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
                #expect(answer["x-content-type-options"] == "nosniff")
                #expect(answer["cache-control"] == "no-store")
                #expect(answer["referrer-policy"] == "no-referrer")
                #expect(answer["server"] == nil)
            }
        }
    }

    @Test func `a request that wants to upgrade to something else is answered all the same`() async throws {
        try await withServer { server in
            let upgrade = ["Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"]
            let answer = try server.client().get("/health", upgrade)
            #expect(answer.status == 200)
            let noKey = ["Connection": "Upgrade", "Upgrade": "websocket"]
            #expect(try server.client().get("/ws", noKey).status == 404)
            #expect(try HTTPConnection(port: server.webSocketPort).get("/").code == "route.unknown")
        }
    }

    @Test func `headers that are too large or broken end the connection with 400`() async throws {
        try await withServer { server in
            let large = try server.client()
            #expect(try large.get("/health", ["X-Large": String(repeating: "a", count: 40_000)]).status == 400)
            #expect(large.socket.isEnded())
            let many = try server.client()
            let fields = Dictionary(uniqueKeysWithValues: (0..<200).map { ("X-\($0)", "1") })
            #expect(try many.get("/health", fields).status == 400)
            let broken = try server.client()
            try broken.socket.send(Array("nonsense\r\n\r\n".utf8))
            #expect(try broken.answer(to: "GET").status == 400)
            // Also after a good request on the same connection.
            let later = try server.client()
            #expect(try later.get("/health").status == 200)
            try later.socket.send(Array("nonsense\r\n\r\n".utf8))
            #expect(try later.answer(to: "GET").status == 400)
            #expect(try server.client().get("/health").status == 200)
        }
    }

    @Test func `whoever asks whether the server is ready makes it write nothing`() async throws {
        try await withServer { server in
            #expect(try server.client().get("/health/ready").status == 200)
            let before = try Self.changes(in: server.data)
            let client = try server.client()
            for _ in 0..<200 {
                #expect(try client.get("/health/ready").status == 200)
                #expect(try client.get("/metrics").status == 200)
            }
            #expect(try Self.changes(in: server.data) == before)
        }
    }

    /// When anything in it was made, removed or written last.
    private static func changes(in directory: String) throws -> [String: Date] {
        var dates: [String: Date] = [:]
        let files = try #require(FileManager.default.enumerator(atPath: directory))
        for name in [""] + files.compactMap({ $0 as? String }) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)
            dates[name] = attributes[.modificationDate] as? Date
        }
        return dates
    }

    @Test func `a request has one host, and that is one`() async throws {
        let wrong = [
            "", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host:\r\n", "Host: a b\r\n", "Host: a/b\r\n",
            "Host: user@a\r\n", "Host: a,b\r\n", "Host: a:99999\r\n", "Host: a:8x\r\n", "Host: a:+1\r\n",
            "Host: ::1\r\n", "Host: [::1\r\n", "Host: [1.2.3.4]\r\n", "Host: [::1]x\r\n", "Host: é\r\n",
            "Host: :80\r\n", "Host: a\r\nDaybook-Head-Fault: \r\nHost: a\r\n",
        ]
        try await withServer { server in
            for fields in wrong {
                // The upgrade to a WebSocket is no way around it.
                for path in ["/health", "/ws"] {
                    let client = try server.client()
                    let upgrade =
                        path == "/health"
                        ? "" : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    try client.socket.send(Array("GET \(path) HTTP/1.1\r\n\(fields)\(upgrade)\(key)\r\n".utf8))
                    let answer = try client.answer(to: "GET")
                    #expect(answer.status == 400, "\(fields)")
                    #expect(answer.code == "request.bad_host", "\(fields)")
                    #expect(answer["connection"] == "close")
                }
            }
            let client = try server.client()
            try client.socket.send(Array("GET /health HTTP/1.1\r\n\r\n".utf8))
            #expect(try client.answer(to: "GET").status == 400)
            #expect(client.socket.isEnded())
            // No mark of its own can be sent from outside.
            #expect(try server.client().get("/health", ["Daybook-Head-Fault": "host"]).status == 200)
        }
    }

    @Test func `a request that could be read in two ways is refused, also after a good one`() async throws {
        try await withServer { server in
            let body = "Content-Type: application/json\r\n"
            for (fields, code) in [
                ("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", "request.repeated_header"),
                ("Origin: https://a.example\r\nOrigin: https://a.example\r\n", "request.repeated_header"),
                ("\(body)\(body)Content-Length: 2\r\n", "request.repeated_header"),
                // The parser itself refuses these.
                ("\(body)Content-Length: 2\r\nContent-Length: 2\r\n", ""),
                ("\(body)Content-Length: 2\r\nContent-Length: 3\r\n", ""),
                ("\(body)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", ""),
                ("\(body)Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", ""),
                ("\(body)Content-Length: -1\r\n", ""), ("\(body)Content-Length: +2\r\n", ""),
                ("\(body)Content-Length: 99999999999999999999\r\n", ""), (" X: folded\r\n", ""),
                ("X : space\r\n", ""), ("X\u{1}: control\r\n", ""),
            ] {
                let client = try server.client()
                #expect(try client.get("/health").status == 200)
                let head = "POST /api/v1/auth/verify HTTP/1.1\r\nHost: a\r\n"
                // What is hidden behind it must not be taken for a request of its own.
                let hidden = "{}\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"
                try client.socket.send(Array((head + fields + "\r\n" + hidden).utf8))
                let answer = try client.answer(to: "POST")
                #expect(answer.status == 400, "\(fields)")
                #expect(answer.code == code, "\(fields)")
                #expect(client.socket.isEnded())
                #expect(client.socket.unreadText == "", "\(fields)")
            }
        }
    }

    @Test func `a host that is one is taken, and the connection is kept`() async throws {
        let good = [
            "localhost", "daybook.example:443", "127.0.0.1:8080", "[::1]:8080", "[2001:db8::1]", "a_b.example", "a:",
            "EXAMPLE.",
        ]
        try await withServer { server in
            let client = try server.client()
            for host in good {
                try client.socket.send(Array("GET /health HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8))
                #expect(try client.answer(to: "GET").status == 200)
            }
            try client.socket.send(Array("GET /health HTTP/1.0\r\n\r\n".utf8))
            #expect(try client.answer(to: "GET").status == 200)
        }
    }

    @Test func `a connection that says nothing, or stops in the middle, is closed`() async throws {
        try await withServer(["--idle-seconds", "1"]) { server in
            let session = try Wallet().session(at: server)
            let idle = try server.client()
            #expect(try idle.get("/health").status == 200)
            #expect(idle.socket.isEnded())
            let stalled = try server.client()
            try stalled.begin(
                "POST", "/api/v1/sync/exchange", session.bearer.merging(["Content-Length": "1000"]) { a, _ in a })
            #expect(stalled.socket.isEnded())
        }
    }

    @Test func `a body that drips takes only so long`() async throws {
        try await withServer(["--body-seconds", "1"]) { server in
            let session = try Wallet().session(at: server)
            let client = try server.client()
            try client.begin(
                "POST", "/api/v1/sync/exchange", session.bearer.merging(["Content-Length": "1000"]) { a, _ in a })
            for _ in 0..<15 {
                try client.socket.send([1])
                usleep(100_000)
            }
            #expect(try client.answer(to: "POST").code == "request.too_slow")
        }
    }

    @Test func `secrets, addresses and names of people stay out of the log`() async throws {
        try await withServer(["--log-level", "trace"]) { server in
            let wallet = try Wallet()
            let session = try wallet.session(at: server)
            let refreshed = try server.client().post(
                "/api/v1/auth/extension-refresh", ["refresh_token": session.refresh])
            let tokens = try #require(refreshed.json["tokens"] as? [String: Any])
            let live = try WebSocketClient(port: server.webSocketPort, session.bearer)
            _ = try live.ask("AUTH", [session.access])
            _ = try live.ask("SUBSCRIBE", ["journal.\(session.userID)"])
            var device = TestDevice(session)
            try device.write("my secret tag")
            try device.exchange(try server.client())
            let blob = String(repeating: "ab", count: 32)
            _ = try server.client().get("/api/v1/sync/blobs/\(blob)?token=in-the-query", session.bearer)
            _ = try server.client().send(
                "POST", "/api/v1/auth/logout",
                ["Cookie": "access_token=\(session.access)", "Sec-Fetch-Site": "same-origin"], body: [])
            let log = server.log
            #expect(log.contains("route=/api/v1/sync/exchange status=200"))
            #expect(log.contains("hb.request.id="))
            for secret in [
                session.access, session.refresh, try #require(tokens["access_token"] as? String), session.userID,
                wallet.key.address.description, "my secret tag", blob, "in-the-query",
            ] {
                #expect(!log.lowercased().contains(secret.lowercased()), "\(secret) is in the log")
            }
        }
    }

    @Test func `nothing on the disk opens a session`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let files = try #require(FileManager.default.enumerator(atPath: server.data))
            var read: Set<String> = []
            for case let file as String in files {
                guard let bytes = FileManager.default.contents(atPath: "\(server.data)/\(file)") else { continue }
                read.insert(file)
                for secret in [session.access, session.refresh] {
                    #expect(bytes.firstRange(of: Data(secret.utf8)) == nil, "a token is in \(file)")
                }
            }
            #expect(read.isSuperset(of: ["server.sqlite", "server.sqlite-wal"]))
        }
    }
}
