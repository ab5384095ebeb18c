import Foundation
import Primitives
import Testing

@Suite struct SessionTests {
    @Test func `a refresh token gives new tokens once, and the old one is good for a moment more`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let first = try Self.refresh(session.refresh, server)
            let next = try #require(Self.tokens(first))
            #expect(next.refresh != session.refresh)
            #expect(try Self.me(next.access, server).status == 200)
            // The answer was lost, or two tabs asked at once.
            let again = try #require(Self.tokens(try Self.refresh(session.refresh, server)))
            #expect(try Self.me(again.access, server).status == 200)
        }
    }

    @Test func `many who refresh at once all get tokens, and nobody is signed out`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try Self.refresh(session.refresh, server).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == [Int](repeating: 200, count: 6))
            #expect(try Self.me(session.access, server).status == 200)
        }
    }

    @Test func `a refresh token that was replaced long ago ends the session for everybody`() async throws {
        try await withServer(["--grace-seconds", "0"]) { server in
            let session = try Wallet().session(at: server)
            let next = try #require(Self.tokens(try Self.refresh(session.refresh, server)))
            let reused = try Self.refresh(session.refresh, server)
            #expect(reused.status == 401)
            #expect(reused.code == "auth.invalid_token")
            #expect(try Self.refresh(next.refresh, server).status == 401)
            #expect(try Self.me(next.access, server).status == 401)
            #expect(try server.client().get("/metrics").text.contains("daybook_refresh_tokens_reused_total 1"))
        }
    }

    @Test func `a token two generations old is reuse, also within the grace period`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let second = try #require(Self.tokens(try Self.refresh(session.refresh, server)))
            let third = try #require(Self.tokens(try Self.refresh(second.refresh, server)))
            #expect(try Self.refresh(session.refresh, server).status == 401)
            #expect(try Self.me(third.access, server).status == 401)
        }
    }

    @Test func `cookies are refreshed for our own pages only, and cleared when they are no good`() async throws {
        try await withServer { server in
            let page = try Wallet().signIn(at: server, .init(device: nil))
            let cookie = ["Cookie": "refresh_token=\(try #require(page.cookie("refresh_token")))"]
            let path = "/api/v1/auth/refresh"
            let origin = ["Origin": "http://127.0.0.1:\(server.port)"]
            let client = try server.client()
            let foreign = cookie.merging(["Origin": "http://127.0.0.1:1"]) { a, _ in a }
            #expect(try client.send("POST", path, foreign, body: []).status == 403)
            let answer = try client.send("POST", path, cookie.merging(origin) { a, _ in a }, body: [])
            #expect(answer.status == 200)
            #expect(try Self.me(try #require(answer.cookie("access_token")), server).status == 200)
            let bad = try client.send(
                "POST", path, origin.merging(["Cookie": "refresh_token=nonsense"]) { a, _ in a }, body: [])
            #expect(bad.status == 401)
            #expect(bad.cookie("access_token") == "")
            #expect(bad.cookie("refresh_token") == "")
        }
    }

    @Test func `a page's token gives no tokens in a body, and another's no cookies`() async throws {
        try await withServer { server in
            let page = try Wallet().signIn(at: server, .init(device: nil))
            let cookie = try #require(page.cookie("refresh_token"))
            let device = try Wallet().session(at: server)
            let origin = ["Origin": "http://127.0.0.1:\(server.port)"]
            func byCookie(_ token: String) throws -> HTTPAnswer {
                try server.client().send(
                    "POST", "/api/v1/auth/refresh", origin.merging(["Cookie": "refresh_token=\(token)"]) { a, _ in a },
                    body: [])
            }
            for _ in 0..<2 {
                let answer = try Self.refresh(cookie, server)
                #expect(answer.status == 401)
                #expect(answer.code == "auth.invalid_token")
                #expect(Self.tokens(answer) == nil)
                #expect(try byCookie(device.refresh).status == 401)
                #expect(try byCookie(device.refresh).cookie("access_token") == "")
            }
            // Neither was used up by it.
            #expect(try byCookie(cookie).status == 200)
            #expect(try Self.refresh(device.refresh, server).status == 200)
        }
    }

    @Test func `an access token ends when its time is over`() async throws {
        try await withServer(["--access-seconds", "1"]) { server in
            let session = try Wallet().session(at: server)
            #expect(try Self.me(session.access, server).status == 200)
            usleep(1_200_000)
            #expect(try Self.me(session.access, server).code == "auth.invalid_token")
            #expect(try Self.refresh(session.refresh, server).status == 200)
        }
    }

    @Test func `a session ends when its time is over, refreshed or not`() async throws {
        try await withServer(["--access-seconds", "1", "--refresh-seconds", "2"]) { server in
            let session = try Wallet().session(at: server)
            let next = try #require(Self.tokens(try Self.refresh(session.refresh, server)))
            usleep(2_200_000)
            #expect(try Self.refresh(next.refresh, server).status == 401)
        }
    }

    @Test func `signing out counts at once, and for this session only`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let other = try Wallet().session(at: server)
            let answer = try server.client().send("POST", "/api/v1/auth/logout", session.bearer, body: [])
            #expect(answer.status == 204)
            #expect(answer.cookie("access_token") == "")
            #expect(try Self.me(session.access, server).status == 401)
            #expect(try Self.refresh(session.refresh, server).status == 401)
            #expect(try Self.me(other.access, server).status == 200)
        }
    }

    @Test func `a cookie alone changes nothing for a page of another site`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let path = "/api/v1/auth/logout"
            for fields in [
                ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site"],
            ] {
                let all = fields.merging(["Cookie": "access_token=\(session.access)"]) { a, _ in a }
                #expect(try server.client().send("POST", path, all, body: []).status == 403)
            }
            for site in [["Sec-Fetch-Site": "same-origin"], [:]] {
                let own = try Wallet().session(at: server)
                let all = site.merging(["Cookie": "access_token=\(own.access)"]) { a, _ in a }
                #expect(try server.client().send("POST", path, all, body: []).status == 204)
            }
        }
    }

    @Test func `tokens that cannot be are refused`() async throws {
        try await withServer { server in
            let client = try server.client()
            for value in ["Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer " + String(repeating: "A", count: 43)]
            {
                #expect(try client.get("/api/v1/auth/me", ["Authorization": value]).status == 401)
            }
            #expect(try client.get("/api/v1/auth/me").code == "auth.needed")
            #expect(try client.post("/api/v1/auth/extension-refresh", ["refresh_token": "'; --"]).status == 401)
        }
    }

    @Test func `sessions survive a restart`() async throws {
        try await withDirectory { path in
            let first = try RunningServer(data: path)
            let session = try Wallet().session(at: first)
            #expect(first.stop() == 0)
            let second = try RunningServer(data: path)
            defer { second.stop(SIGKILL) }
            #expect(try Self.me(session.access, second).json["user_id"] as? String == session.userID)
        }
    }

    private static func refresh(_ token: String, _ server: RunningServer) throws -> HTTPAnswer {
        try server.client().post("/api/v1/auth/extension-refresh", ["refresh_token": token])
    }

    private static func me(_ token: String, _ server: RunningServer) throws -> HTTPAnswer {
        try server.client().get("/api/v1/auth/me", ["Authorization": "Bearer \(token)"])
    }

    private static func tokens(_ answer: HTTPAnswer) -> (access: String, refresh: String)? {
        guard let tokens = answer.json["tokens"] as? [String: Any], let access = tokens["access_token"] as? String,
            let refresh = tokens["refresh_token"] as? String
        else { return nil }
        return (access, refresh)
    }
}
