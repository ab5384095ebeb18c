import Foundation
import Primitives
import Testing
import Web

@Suite struct HeldBodiesTests {
    private static let bodyBytes = 1 << 20
    private static let limits = WebLimits(bodiesBytesMax: 6 << 20, personBodiesBytesMax: 4 << 20)

    private static func serve(_ body: @escaping @Sendable (OwnRoutes) throws -> Void) async throws {
        try await OwnRoutes.serve(limits) { table in
            table.post("/body", "Take a body", admits: .person, reads: []) { call in
                Answer(text: "\(try await call.body(bytesMax: 2 * bodyBytes).count)", type: "text/plain")
            }
        } _: { server in
            try await onThread { try body(server) }
        }
    }

    private static func fields(_ person: Int) -> [String: String] {
        ["Authorization": "Bearer \(person)", "Content-Length": "\(bodyBytes)"]
    }

    /// Sends all but the last byte.
    private static func begin(_ server: OwnRoutes, _ person: Int) throws -> HTTPConnection {
        let client = try server.client()
        try client.begin("POST", "/body", fields(person))
        try client.socket.send([UInt8](repeating: 1, count: bodyBytes - 1))
        return client
    }

    private static func post(_ server: OwnRoutes, _ person: Int) throws -> HTTPAnswer {
        try server.client().send("POST", "/body", fields(person), body: [UInt8](repeating: 1, count: bodyBytes))
    }

    /// Begins bodies until somebody gets no more in. A few may be refused on the way.
    private static func fill(_ server: OwnRoutes, _ person: Int) throws -> [HTTPConnection] {
        var held: [HTTPConnection] = []
        try expectEventually {
            held.append(try begin(server, person))
            return try post(server, person).code == "bodies.too_many"
        }
        return held
    }

    @Test func `who sends many large bodies at once and ends none gets no more in, others do`() async throws {
        try await Self.serve { server in
            let held = try Self.fill(server, 1)
            #expect(try Self.post(server, 2).text == "\(Self.bodyBytes)")
            // A small one is nobody's trouble.
            let small = try server.client().send("POST", "/body", ["Authorization": "Bearer 1"], body: [1, 2, 3])
            #expect(small.text == "3")
            var taken = 0
            for client in held {
                // One that was refused may be closed.
                try? client.socket.send([1])
                if let answer = try? client.answer(to: "POST"), answer.text == "\(Self.bodyBytes)" { taken += 1 }
            }
            #expect(taken >= 3)
            #expect(try Self.post(server, 1).text == "\(Self.bodyBytes)")
        }
    }

    @Test func `who hangs up holds nothing any more`() async throws {
        try await Self.serve { server in
            let held = try Self.fill(server, 1)
            for client in held { client.socket.hangUp() }
            try expectEventually { try Self.post(server, 1).status == 200 }
        }
    }

    @Test func `when all together hold too much, who has held the most makes room`() async throws {
        try await Self.serve { server in
            let most = try (0..<4).map { _ in try Self.begin(server, 1) }
            let one = [try Self.begin(server, 2), try Self.begin(server, 2)]
            var answers: [HTTPAnswer] = []
            try expectEventually {
                usleep(200_000)
                answers.append(try Self.post(server, 3))
                return answers.last?.status == 200
            }
            #expect(answers.dropLast().allSatisfy { $0.code == "bodies.no_room" })
            for client in one {
                try client.socket.send([1])
                #expect(try client.answer(to: "POST").status == 200)
            }
            for client in most { #expect(throws: ConnectionLost.self) { _ = try client.answer(to: "POST") } }
        }
    }
}
