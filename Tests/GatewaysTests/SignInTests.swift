import Ethereum
import Foundation
import Gateways
import NIOHTTP1
import Primitives
import Testing

@Suite struct SignInTests {
    private let accepted = CannedServer.Answer.json(
        #"{"address":"0x00","user_id":"me","access_token":"a","refresh_token":"r","expires_in":900}"#)

    private func sent(nonceHeaders: [(String, String)]) async throws -> CannedServer.Question {
        let nonce = CannedServer.Answer.json(#"{"nonce":"0123456789abcdef"}"#, headers: nonceHeaders)
        let key = try PrivateKey(String(repeating: "07", count: 32))
        let questions = try await talk([nonce, accepted], session: nil) { connection in
            let begun = try await SignIn(connection, world: .live).begin(with: key, device: "Desk")
            #expect(begun.person == "me")
            #expect(begun.tokens.access == "a" && begun.tokens.refresh == "r")
            #expect(!"\(begun)".contains("access") && !"\(begun.tokens)".contains("a\""))
        }
        #expect(questions.map(\.line) == ["GET /api/v1/auth/nonce", "POST /api/v1/auth/verify-siwe"])
        return questions[1]
    }

    @Test func `the cookie of the nonce goes back with the signature`() async throws {
        let question = try await sent(nonceHeaders: [
            ("Set-Cookie", "sign_in=abc-_9; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Strict"),
            ("Set-Cookie", "other=1"),
        ])
        #expect(question.headers["Cookie"] == ["sign_in=abc-_9; other=1"])
    }

    @Test func `a server that sets no cookie gets none`() async throws {
        #expect(try await !sent(nonceHeaders: []).headers.contains(name: "Cookie"))
    }

    @Test func `a cookie that is none is not sent back`() async throws {
        let question = try await sent(nonceHeaders: [
            ("Set-Cookie", "no value"), ("Set-Cookie", ""), ("Set-Cookie", "a=\(String(repeating: "x", count: 2000))"),
        ])
        #expect(!question.headers.contains(name: "Cookie"))
    }

    @Test func `the device is told by name`() async throws {
        let body = try await sent(nonceHeaders: []).text
        #expect(body.contains(#""device":"Desk""#))
        #expect(body.contains(#""signature":"0x"#))
    }

    @Test func `signing out can mean here or everywhere`() async throws {
        let questions = try await talk([.init(status: 204), .init(status: 204)]) { connection in
            try await SignIn(connection, world: .live).end()
            try await SignIn(connection, world: .live).endEverywhere()
        }
        #expect(questions.map(\.line) == ["POST /api/v1/auth/logout", "POST /api/v1/auth/revoke-all"])
    }
}
