import Foundation
import Primitives
import Testing

@Suite struct SessionListTests {
    private func sessions(_ session: SignedIn, _ server: RunningServer) throws -> [[String: Any]] {
        let answer = try server.client().get("/api/v1/auth/sessions", session.bearer)
        #expect(answer.status == 200)
        return try #require(answer.json["sessions"] as? [[String: Any]])
    }

    @Test func `sessions are listed with their names, and a person sees their own only`() async throws {
        try await withServer { server in
            let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
            let page = try Wallet().signIn(at: server, .init(device: nil, fields: ["User-Agent": agent]))
            #expect(page.status == 200)
            let session = try Wallet().session(at: server)
            _ = try Wallet(2).session(at: server)
            let kinds = try Set(sessions(session, server).compactMap { $0["kind"] as? String })
            #expect(kinds == ["web", "device"])
            let listed = try sessions(session, server)
            #expect(listed.count == 2)
            #expect(listed.compactMap { $0["name"] as? String }.contains("Chrome on Linux"))
            #expect(listed.filter { $0["current"] as? Bool == true }.count == 1)
            for session in listed {
                #expect(session["network"] as? String == "127.0.0.0/24")
                for name in ["created_at", "last_seen_at", "expires_at"] {
                    #expect((session[name] as? String)?.hasSuffix("Z") == true)
                }
            }
        }
    }

    @Test func `a session that is revoked is over at once`() async throws {
        try await withServer { server in
            let desk = try Wallet().session(at: server)
            let lost = try Wallet().session(at: server)
            let id = try #require(
                try sessions(lost, server).first { $0["current"] as? Bool == true }?["id"] as? String)
            let path = "/api/v1/auth/sessions/\(id)"
            let stranger = try Wallet(2).session(at: server)
            #expect(try server.client().send("DELETE", path, stranger.bearer, body: []).code == "session.not_found")
            #expect(try server.client().send("DELETE", path, desk.bearer, body: []).status == 204)
            #expect(try server.client().get("/api/v1/auth/me", lost.bearer).status == 401)
            #expect(
                try server.client().post("/api/v1/auth/extension-refresh", ["refresh_token": lost.refresh]).status
                    == 401)
            #expect(try server.client().send("DELETE", path, desk.bearer, body: []).status == 404)
            #expect(try server.client().send("DELETE", path + "x", desk.bearer, body: []).status == 404)
            #expect(try sessions(desk, server).count == 1)
        }
    }

    @Test func `signing out everywhere ends every session of the person, and nobody else's`() async throws {
        try await withServer { server in
            let all = try (0..<3).map { _ in try Wallet().session(at: server) }
            let other = try Wallet(2).session(at: server)
            let answer = try server.client().send("POST", "/api/v1/auth/revoke-all", all[0].bearer, body: [])
            #expect(answer.status == 204)
            #expect(answer.cookie("access_token") == "")
            for session in all {
                #expect(try server.client().get("/api/v1/auth/me", session.bearer).status == 401)
            }
            #expect(try server.client().get("/api/v1/auth/me", other.bearer).status == 200)
        }
    }

    @Test func `what happened to the sessions can be read, page by page, without a secret`() async throws {
        try await withServer { server in
            let first = try Wallet().session(at: server)
            _ = try Wallet().signIn(at: server, .init(signer: try Wallet(2).key))
            #expect(try server.client().send("POST", "/api/v1/auth/logout", first.bearer, body: []).status == 204)
            let session = try Wallet().session(at: server)
            _ = try Wallet(2).session(at: server)
            let audit = "/api/v1/auth/audit"
            let answer = try server.client().get(audit, session.bearer)
            let events = try #require(answer.json["events"] as? [[String: Any]])
            #expect(
                events.compactMap { $0["event"] as? String } == [
                    "signed_in", "signed_out", "sign_in_refused", "signed_in",
                ])
            for secret in [first.access, first.refresh, session.access, session.refresh] {
                #expect(!answer.text.contains(secret))
            }
            let page = try server.client().get(audit + "?limit=2", session.bearer).json
            let next = try #require(page["next"] as? Int)
            let rest = try server.client().get(audit + "?limit=2&before=\(next)", session.bearer).json
            #expect((rest["events"] as? [Any])?.count == 2)
            #expect(rest["next"] == nil)
            #expect(try server.client().get(audit + "?limit=0", session.bearer).code == "request.bad_query")
        }
    }
}
