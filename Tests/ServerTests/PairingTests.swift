import Foundation
import Primitives
import Testing

@Suite struct PairingTests {
    private static let home = "203.0.113.7"
    private static let homeToo = "203.0.113.99"
    private static let elsewhere = "198.51.100.4"

    /// Someone who is signed in at home, and what others ask for.
    private struct Scene {
        let server: RunningServer
        let session: SignedIn
        var desk: Visitor { Visitor(server: server, address: PairingTests.home, fields: session.bearer) }

        init(_ server: RunningServer, _ wallet: UInt8 = 1) throws {
            self.server = server
            session = try Wallet(wallet).session(at: server)
        }

        func code() throws -> String {
            let answer = try desk.post("/auth/pair-extension")
            #expect(answer.status == 200)
            return try #require(answer.json["code"] as? String)
        }

        func claim(_ code: String, from address: String = PairingTests.home, name: String = "Chrome") throws
            -> HTTPAnswer
        {
            try Visitor(server: server, address: address).post("/auth/extension-pair", ["code": code, "name": name])
        }

        func status() throws -> [String: Any] { try desk.get("/auth/pair-extension").json }
    }

    private func withScene(_ options: [String] = [], _ body: (Scene) async throws -> Void) async throws {
        try await withServer(Visitor.trust + options) { try await body(Scene($0)) }
    }

    private func wrong(_ code: String, _ number: Int = 1) -> String {
        let other = String(((Int(code) ?? 0) + number) % 1_000_000)
        return String(repeating: "0", count: 6 - other.count) + other
    }

    @Test func `six digits give an extension its tokens, once`() async throws {
        try await withScene { scene in
            let answer = try scene.desk.post("/auth/pair-extension")
            #expect(answer.json["expires_in"] as? Int == 300)
            let code = try #require(answer.json["code"] as? String)
            #expect(code.count == 6 && code.allSatisfy { $0.isASCII && $0.isNumber })
            #expect(try scene.status()["status"] as? String == "waiting")

            let paired = try scene.claim(code, from: Self.homeToo)
            #expect(paired.status == 200)
            #expect((paired.json["tokens"] as? [String: Any])?["expires_in"] as? Int == 900)
            let tokens = try paired.tokens()
            let extensionCaller = Visitor(
                server: scene.server, address: Self.elsewhere, fields: ["Authorization": "Bearer \(tokens.access)"])
            #expect(try extensionCaller.get("/auth/me").json["user_id"] as? String == scene.session.userID)
            #expect(try scene.status()["status"] as? String == "claimed")
            #expect(try scene.claim(code).code == "pairing.refused")
            let refreshed = try extensionCaller.post("/auth/extension-refresh", ["refresh_token": tokens.refresh])
            #expect(try refreshed.tokens().access != tokens.access)
        }
    }

    @Test func `many who show one code at once get tokens for one`() async throws {
        try await withScene(["--pairing-misses", "100"]) { scene in
            let code = try scene.code()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try scene.claim(code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + [Int](repeating: 401, count: 7))
        }
    }

    @Test func `a code ends with its time, with the next code, and with the session that made it`() async throws {
        try await withScene(["--pairing-seconds", "1"]) { scene in
            let code = try scene.code()
            usleep(1_200_000)
            #expect(try scene.claim(code).code == "pairing.refused")
            #expect(try scene.status()["status"] as? String == "none")
        }
        try await withScene { scene in
            let first = try scene.code()
            var second = try scene.code()
            while second == first { second = try scene.code() }
            #expect(try scene.claim(first).status == 401)
            #expect(try scene.desk.send("DELETE", "/auth/pair-extension").status == 204)
            #expect(try scene.claim(second).status == 401)
            let third = try scene.code()
            #expect(try scene.desk.post("/auth/logout").status == 204)
            #expect(try scene.claim(third).status == 401)
        }
    }

    @Test func `a claim from another network waits until the person confirms it`() async throws {
        try await withScene { scene in
            let code = try scene.code()
            let waiting = try scene.claim(code, from: Self.elsewhere)
            #expect(waiting.status == 202)
            #expect(waiting.json["status"] as? String == "pending")
            #expect(waiting["retry-after"] == "2")
            #expect(try scene.claim(code, from: Self.elsewhere).status == 202)

            let status = try scene.status()
            #expect(status["status"] as? String == "pending")
            let claim = try #require(status["claim"] as? [String: Any])
            #expect(claim["name"] as? String == "Chrome")
            #expect(claim["network"] as? String == "198.51.100.0/24")
            let id = try #require(claim["id"] as? String)

            // Nobody else gets in by what is confirmed for this one.
            #expect(try scene.claim(code, from: "192.0.2.1").status == 401)
            #expect(try scene.claim(code, from: Self.elsewhere, name: "Other").status == 401)
            let stranger = try Scene(scene.server, 2)
            #expect(try stranger.desk.post("/auth/pair-extension/confirm", ["claim": id]).code == "pairing.no_claim")
            #expect(try scene.claim(code, from: Self.elsewhere).status == 202)
            #expect(try scene.desk.post("/auth/pair-extension/confirm", ["claim": id]).status == 204)
            #expect(try scene.claim(code, from: "192.0.2.1").status == 401)
            #expect(try scene.claim(code, from: Self.elsewhere).tokens().access.isEmpty == false)
        }
    }

    @Test func `whoever is near gets in although someone far away waits`() async throws {
        try await withScene { scene in
            let code = try scene.code()
            #expect(try scene.claim(code, from: Self.elsewhere).status == 202)
            #expect(try scene.claim(code).status == 200)
            #expect(try scene.claim(code, from: Self.elsewhere).status == 401)
        }
    }

    @Test func `after five wrong codes an address is not heard, not even with the right one`() async throws {
        try await withScene { scene in
            let code = try scene.code()
            for number in 1...5 {
                #expect(try scene.claim(wrong(code, number), from: Self.elsewhere).status == 401)
            }
            let refused = try scene.claim(code, from: Self.elsewhere)
            #expect(refused.status == 429)
            #expect(refused.code == "pairing.too_many")
            let wait = try #require(refused["retry-after"].flatMap { Int($0) })
            #expect((1...600).contains(wait))
            #expect(try scene.claim(code).status == 200)
        }
    }

    @Test func `a whole IPv6 network is one address`() async throws {
        try await withScene { scene in
            let code = try scene.code()
            for number in 1...5 {
                #expect(try scene.claim(wrong(code, number), from: "2001:db8:0:1::\(number)").status == 401)
            }
            #expect(try scene.claim(code, from: "2001:db8:0:1:ffff::1").status == 429)
            #expect(try scene.claim(code, from: "2001:db8:0:2::1").status == 202)
        }
    }

    @Test func `an attacker with many addresses is stopped, and the owner is not`() async throws {
        try await withScene(["--pairing-misses-all", "12"]) { scene in
            let code = try scene.code()
            for number in 1...12 {
                #expect(try scene.claim(wrong(code, number), from: "10.\(number).0.1").status == 401)
            }
            let refused = try scene.claim(code, from: "10.200.0.1")
            #expect(refused.status == 429)
            #expect(refused["retry-after"] != nil)
            #expect(try scene.claim(code, from: Self.homeToo).status == 200)
        }
    }

    @Test func `every code that is not good gets the same answer`() async throws {
        try await withScene(["--pairing-misses", "100"]) { scene in
            let used = try scene.code()
            #expect(try scene.claim(used).status == 200)
            let live = try scene.code()
            let answers = try [used, wrong(live), "12345", "1234567", "１２３４５６", "12345a", "' OR 1"].map {
                try scene.claim($0)
            }
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.text == answers[0].text)
            }
        }
    }

    @Test func `an extension may not let others in, look at sessions, or end them`() async throws {
        try await withScene { scene in
            let tokens = try scene.claim(scene.code()).tokens()
            let paired = Visitor(
                server: scene.server, address: Self.home, fields: ["Authorization": "Bearer \(tokens.access)"])
            for (method, path) in [
                ("POST", "/auth/pair-extension"), ("GET", "/auth/pair-extension"), ("DELETE", "/auth/pair-extension"),
                ("POST", "/auth/pair-extension/confirm"), ("POST", "/auth/revoke-all"), ("GET", "/auth/sessions"),
                ("DELETE", "/auth/sessions/00000000-0000-0000-0000-000000000000"), ("GET", "/auth/audit"),
            ] {
                let answer = try paired.send(method, path)
                #expect(answer.status == 403)
                #expect(answer.code == "auth.owner_only")
            }
            #expect(try paired.post("/auth/logout").status == 204)
            #expect(try paired.get("/auth/me").status == 401)
            #expect(try scene.desk.get("/auth/me").status == 200)
        }
    }

    @Test func `a device that is paired may do all`() async throws {
        try await withScene { scene in
            let answer = try Visitor(server: scene.server, address: Self.home).post(
                "/auth/extension-pair", ["code": try scene.code(), "name": "Phone", "kind": "device"])
            let device = Visitor(
                server: scene.server, address: Self.home,
                fields: ["Authorization": "Bearer \(try answer.tokens().access)"])
            #expect(try device.get("/auth/sessions").status == 200)
        }
    }

    @Test func `neither the database nor the log knows a code or a token`() async throws {
        try await withScene { scene in
            let spent = try scene.code()
            let tokens = try scene.claim(spent).tokens()
            let live = try scene.code()
            scene.server.stop()
            var stored = Data(scene.server.log.utf8)
            for name in try FileManager.default.contentsOfDirectory(atPath: scene.server.data)
            where name.hasPrefix("server.sqlite") {
                stored += try Data(contentsOf: URL(fileURLWithPath: scene.server.data + "/" + name))
            }
            for secret in [tokens.access, tokens.refresh, scene.session.access, scene.session.refresh] {
                #expect(stored.range(of: Data(secret.utf8)) == nil)
            }
            // Six digits may stand in a file of this size by chance; with what it is stored under they do not.
            #expect(!scene.server.log.contains("\"\(live)\"") && !scene.server.log.contains("code=\(live)"))
            let key = scene.server.data + "/vault.key"
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a key that others may read is refused at the start`() async throws {
        try await withDirectory { path in
            let first = try RunningServer(data: path)
            first.stop()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path + "/vault.key")
            #expect(throws: ServerDidNotStart.self) { _ = try RunningServer(data: path) }
        }
    }
}
