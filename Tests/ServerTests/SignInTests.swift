import Ethereum
import Foundation
import Primitives
import Testing

@Suite struct SignInTests {
    @Test func `a good signature opens a session: in cookies for a page, in JSON for a device`() async throws {
        try await withServer { server in
            let address = try Wallet().key.address.description
            let page = try Wallet().signIn(at: server, .init(device: nil))
            #expect(page.status == 200)
            #expect(page.json["address"] as? String == address)
            #expect(page.json["expires_in"] as? Int == 900)
            #expect(page.json["access_token"] == nil && page.json["refresh_token"] == nil)
            let cookies = page.fields.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
            #expect(cookies.count == 3)
            for cookie in cookies { #expect(cookie.hasSuffix("; Secure; HttpOnly; SameSite=Strict")) }
            #expect(cookies.contains { $0.hasPrefix("access_token=") && $0.contains("; Path=/; Max-Age=900;") })
            #expect(cookies.contains { $0.hasPrefix("refresh_token=") && $0.contains("Max-Age=604800;") })
            let cookie = "access_token=" + (try #require(page.cookie("access_token")))
            #expect(
                try server.client().get("/api/v1/auth/me", ["Cookie": cookie]).json["address"] as? String == address)

            let device = try Wallet().signIn(at: server)
            #expect(device.cookie("access_token") == nil && device.cookie("refresh_token") == nil)
            let access = try #require(device.json["access_token"] as? String)
            let me = try server.client().get("/api/v1/auth/me", ["Authorization": "Bearer \(access)"])
            #expect(me.json["user_id"] as? String == page.json["user_id"] as? String)
        }
    }

    @Test func `the same wallet is the same person each time, another is another`() async throws {
        try await withServer { server in
            let first = try Wallet(1).session(at: server)
            #expect(try Wallet(1).session(at: server).userID == first.userID)
            #expect(try Wallet(2).session(at: server).userID != first.userID)
        }
    }

    @Test func `another key's signature, a broken one and an unknown nonce get the same answer`() async throws {
        try await withServer { server in
            let wallet = try Wallet()
            let highV = "0x" + String(repeating: "1", count: 128) + "ff"
            let answers = [
                try wallet.signIn(at: server, .init(signer: try Wallet(2).key)),
                try wallet.signIn(at: server, .init(signature: highV)),
                try wallet.signIn(at: server, .init(signature: "0x12")),
                try wallet.signIn(at: server, .init(nonce: "0123456789abcdef")),
            ]
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.text == answers[0].text)
                #expect(answer.cookie("access_token") == nil)
            }
            #expect(answers[0].code == "auth.refused")
        }
    }

    @Test func `a nonce is good once, also when it was shown with a bad signature`() async throws {
        try await withServer { server in
            let wallet = try Wallet()
            let client = try server.client()
            let nonce = try Wallet.nonce(client)
            func show(_ nonce: (text: String, cookie: String), signer: UInt8 = 1) throws -> HTTPAnswer {
                try wallet.signIn(
                    at: server,
                    .init(nonce: nonce.text, signer: try Wallet(signer).key, fields: ["Cookie": nonce.cookie]))
            }
            #expect(try show(nonce).status == 200)
            #expect(try show(nonce).code == "auth.refused")

            let burnt = try Wallet.nonce(client)
            #expect(try show(burnt, signer: 2).status == 401)
            #expect(try show(burnt).status == 401)
        }
    }

    @Test func `of many who show one nonce at once, one gets in`() async throws {
        try await withServer { server in
            let wallet = try Wallet()
            let nonce = try Wallet.nonce(try server.client())
            let message = try wallet.message(server, nonce.text)
            let fields = ["Cookie": nonce.cookie]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try wallet.show(message, try server.client(), .init(fields: fields)).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 401 }.count == 7)
        }
    }

    @Test func `a nonce expires`() async throws {
        try await withServer(["--nonce-seconds", "1"]) { server in
            let nonce = try Wallet.nonce(try server.client())
            usleep(1_200_000)
            let late = try Wallet().signIn(at: server, .init(nonce: nonce.text, fields: ["Cookie": nonce.cookie]))
            #expect(late.code == "auth.refused")
        }
    }

    @Test func `a browser must show the cookie that came with the nonce`() async throws {
        try await withServer { server in
            let wallet = try Wallet()
            let own = try server.client().get("/api/v1/auth/nonce")
            let other = try server.client().get("/api/v1/auth/nonce")
            let cookie = try #require(own.cookie("sign_in"))
            let wrong = try #require(other.cookie("sign_in"))
            let nonce = try #require(own.json["nonce"] as? String)
            let refused = try wallet.signIn(
                at: server, .init(nonce: nonce, fields: ["Cookie": "sign_in=\(wrong)"]))
            #expect(refused.code == "auth.refused")
            let bare = try wallet.signIn(
                at: server, .init(nonce: other.json["nonce"] as? String, fields: ["Cookie": "theme=dark"]))
            #expect(bare.code == "auth.refused")

            let next = try server.client().get("/api/v1/auth/nonce", ["Cookie": "sign_in=\(cookie)"])
            let accepted = try wallet.signIn(
                at: server,
                .init(nonce: next.json["nonce"] as? String, fields: ["Cookie": "sign_in=\(cookie)"]))
            #expect(accepted.status == 200)
        }
    }

    @Test func `a message for another site, address, network or time is refused`() async throws {
        try await withServer { server in
            let wallet = try Wallet()
            let now = World.live.now()
            let cases: [(Wallet.Changes, String)] = [
                (.init(domain: "evil.example"), "siwe.wrong_domain"),
                (.init(uri: "https://evil.example/"), "siwe.wrong_origin"),
                (.init(chainID: 5), "siwe.wrong_chain"),
                (.init(issuedAt: now.adding(milliseconds: -700_000)), "siwe.issued_too_long_ago"),
                (.init(issuedAt: now.adding(milliseconds: 120_000)), "siwe.issued_in_future"),
                (.init(expirationTime: now.adding(milliseconds: -1000)), "siwe.expired"),
                (.init(notBefore: now.adding(milliseconds: 60_000)), "siwe.not_yet_valid"),
            ]
            for (changes, code) in cases {
                let answer = try wallet.signIn(at: server, changes)
                #expect(answer.status == 401)
                #expect(answer.code == code)
            }
        }
    }

    @Test func `the domain is never taken from the request`() async throws {
        try await withServer { server in
            let answer = try Wallet().signIn(
                at: server,
                .init(domain: "evil.example", uri: "http://evil.example", fields: ["X-Forwarded-Host": "evil.example"]))
            #expect(answer.code == "siwe.wrong_domain")
        }
    }

    @Test func `garbage in place of a sign-in is refused with a reason`() async throws {
        try await withServer { server in
            let client = try server.client()
            let path = "/api/v1/auth/verify-siwe"
            #expect(try client.post(path, ["message": "hello", "signature": "0x"]).code == "siwe.bad_header")
            #expect(try client.post(path, ["message": "hello"]).code == "request.bad_json")
            #expect(try client.send("POST", path, ["Content-Type": "text/plain"], body: []).code == "request.not_json")
            let deep = [UInt8](repeating: UInt8(ascii: "["), count: 30_000)
            let answer = try client.send("POST", path, ["Content-Type": "application/json"], body: deep)
            #expect(answer.status == 400)
            let large = [UInt8](repeating: UInt8(ascii: " "), count: 100_000)
            #expect(
                try server.client().send("POST", path, ["Content-Type": "application/json"], body: large).status == 413)
            let long = String(repeating: "a", count: 9000)
            #expect(try server.client().post(path, ["message": long, "signature": "0x"]).code == "siwe.too_large")
        }
    }

    @Test func `a page of another site cannot sign a browser in`() async throws {
        try await withServer { server in
            let answer = try Wallet().signIn(at: server, .init(fields: ["Origin": "https://evil.example"]))
            #expect(answer.status == 403)
            #expect(answer.code == "auth.foreign_origin")
            let own = try Wallet().signIn(at: server, .init(fields: ["Origin": "http://127.0.0.1:\(server.port)"]))
            #expect(own.status == 200)
        }
    }
}
