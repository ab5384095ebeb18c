import Foundation
import Gateways
import Primitives
import Testing

@Suite struct ServerSessionsTests {
    private let id = "0198a000-0000-7000-8000-0000000000aa"

    @Test func `sessions are listed with what the server knows of them`() async throws {
        let text = """
            {"sessions":[
              {"id":"\(id)","kind":"device","name":"Desk","created_at":"2026-11-21T12:00:00.000Z",
               "last_seen_at":"2026-11-21T12:00:01.500Z","expires_at":"2026-11-28T12:00:00.000Z",
               "network":"127.0.0.0/8","current":true},
              {"id":"0198a000-0000-7000-8000-0000000000ab","kind":"web"}]}
            """
        let questions = try await talk([.json(text)]) { connection in
            let sessions = try await ServerSessions(connection).list()
            #expect(sessions.map(\.kind) == ["device", "web"])
            #expect(sessions.map(\.name) == ["Desk", nil])
            #expect(sessions.map(\.isCurrent) == [true, false])
            #expect(sessions[0].id.description == id)
            #expect(sessions[0].lastSeen == Timestamp("2026-11-21T12:00:01.500Z"))
            #expect(sessions[0].network == "127.0.0.0/8")
        }
        #expect(questions.map(\.line) == ["GET /api/v1/auth/sessions"])
    }

    @Test(arguments: ["{}", #"{"sessions":[{"id":"../../x","kind":"web"}]}"#, #"{"sessions":{}}"#])
    func `an answer that is no list is refused`(text: String) async throws {
        let code = await failureCode {
            _ = try await talk([.json(text)]) { _ = try await ServerSessions($0).list() }
        }
        #expect(code == "server.bad_answer")
    }

    @Test func `one session is ended by its id`() async throws {
        let questions = try await talk([
            .init(status: 204), .json(#"{"error":"session.not_found","message":"no"}"#, status: 404),
        ]) { connection in
            let id = try #require(ID<ServerSession>(id))
            try await ServerSessions(connection).revoke(id)
            #expect(await failureCode { try await ServerSessions(connection).revoke(id) } == "session.not_found")
        }
        #expect(questions[0].line == "DELETE /api/v1/auth/sessions/\(id)")
    }
}
