import Foundation
import Primitives
import Testing
import Web

@Suite struct UnreadAnswersTests {
    private static let answerBytes = 8 << 20
    /// What the system takes in for somebody who does not read.
    private static let window: Int32 = 16 << 10

    private static func serve(
        _ limits: WebLimits, _ body: @escaping @Sendable (OwnRoutes) throws -> Void
    ) async throws {
        try await OwnRoutes.serve(limits) { table in
            table.get("/large", "Get much", admits: OwnRoutes.person, reads: []) { _ in
                Answer([UInt8](repeating: 7, count: answerBytes), type: "application/octet-stream")
            }
            table.get("/small", "Get little", admits: OwnRoutes.person, reads: []) { _ in
                Answer(text: "ok", type: "text/plain")
            }
        } _: { server in
            try await onThread { try body(server) }
        }
    }

    private static func token(_ person: Int) -> [String: String] { ["Authorization": "Bearer \(person)"] }

    /// Asks for much, and reads none of it.
    private static func ask(_ server: OwnRoutes, _ person: Int) throws -> HTTPConnection {
        let client = try server.client(windowBytes: window)
        try client.begin("GET", "/large", token(person))
        return client
    }

    @Test func `who does not read is answered no more, others are, and reading helps`() async throws {
        let limits = WebLimits(answersBytesMax: 64 << 20, personAnswersBytesMax: 16 << 20)
        try await Self.serve(limits) { server in
            var silent = [try Self.ask(server, 1), try Self.ask(server, 1)]
            try expectEventually { try server.client().get("/small", Self.token(1)).code == "answers.unread" }
            #expect(try server.client().get("/large", Self.token(1)).status == 429)
            #expect(try server.client().get("/small", Self.token(2)).status == 200)
            #expect(try server.client().get("/large", Self.token(2)).body.count == Self.answerBytes)
            for client in silent { #expect(try client.answer(to: "GET").body.count == Self.answerBytes) }
            silent = []
            try expectEventually { try server.client().get("/small", Self.token(1)).status == 200 }
        }
    }

    @Test func `who hangs up without having read holds nothing any more`() async throws {
        let limits = WebLimits(answersBytesMax: 64 << 20, personAnswersBytesMax: 16 << 20)
        try await Self.serve(limits) { server in
            let silent = [try Self.ask(server, 1), try Self.ask(server, 1)]
            try expectEventually { try server.client().get("/small", Self.token(1)).status == 429 }
            for client in silent { client.socket.hangUp() }
            try expectEventually { try server.client().get("/small", Self.token(1)).status == 200 }
        }
    }

    @Test func `whoever reads nothing for too long is disconnected, who reads slowly is not`() async throws {
        try await Self.serve(WebLimits(readerSeconds: 2)) { server in
            let silent = try Self.ask(server, 1)
            let slow = try Self.ask(server, 2)
            _ = try slow.socket.receive(through: Array("\r\n\r\n".utf8))
            var count = 0
            for _ in 0..<40 {
                count += try slow.socket.receive(64 << 10).count
                usleep(100_000)
            }
            try expectEventually { server.count(.slowReadersClosed) == 1 }
            #expect(throws: ConnectionLost.self) { _ = try silent.answer(to: "GET") }
            count += try slow.socket.receive(Self.answerBytes - count).count
            #expect(count == Self.answerBytes)
        }
    }

    @Test func `when all together hold too much, who holds the most makes room`() async throws {
        // Two of them leave too little; the third gets in after the time in which nobody is blamed.
        let limits = WebLimits(answersBytesMax: 32 << 20, personAnswersBytesMax: 16 << 20)
        try await Self.serve(limits) { server in
            let most = [try Self.ask(server, 1), try Self.ask(server, 1)]
            try expectEventually { try server.client().get("/small", Self.token(1)).status == 429 }
            let one = try Self.ask(server, 2)
            var answers: [HTTPAnswer] = []
            try expectEventually {
                usleep(200_000)
                answers.append(try server.client().get("/large", Self.token(3)))
                return answers.last?.status == 200
            }
            #expect(answers.dropLast().allSatisfy { $0.code == "answers.too_many" })
            #expect(answers.last?.body.count == Self.answerBytes)
            #expect(try one.answer(to: "GET").body.count == Self.answerBytes)
            for client in most { #expect(throws: ConnectionLost.self) { _ = try client.answer(to: "GET") } }
        }
    }

    @Test func `no answer is larger than one person may hold`() async throws {
        try await Self.serve(WebLimits(personAnswersBytesMax: 4 << 20)) { server in
            let answer = try server.client().get("/large", Self.token(1))
            #expect(answer.code == "request.too_much")
        }
    }
}
