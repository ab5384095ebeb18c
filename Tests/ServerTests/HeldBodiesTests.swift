import Foundation
import Primitives
import Testing
import Web

@Suite struct HeldBodiesTests {
    private static let bodyBytes = 1 << 20
    private static let limits = WebLimits(bodiesBytesMax: 8 << 20, personBodiesBytesMax: 4 << 20)

    private static func serve(
        unpacked: DispatchSemaphore = DispatchSemaphore(value: 0),
        _ body: @escaping @Sendable (OwnRoutes) throws -> Void
    ) async throws {
        try await OwnRoutes.serve(limits) { table in
            table.post("/body", "Take a body", admits: OwnRoutes.person, reads: []) { call in
                Answer(text: "\(try await call.body(bytesMax: 3 * bodyBytes).count)", type: "text/plain")
            }
            table.post("/unpack", "Make much of a body", admits: OwnRoutes.person, reads: []) { call in
                _ = try await call.body(bytesMax: 2 * bodyBytes)
                try call.hold(3 * bodyBytes)
                unpacked.signal()
                while !Task.isCancelled { try await Task.sleep(for: .milliseconds(20)) }
                return Answer(status: 204)
            }
        } _: { server in
            try await onThread { try body(server) }
        }
    }

    private static func fields(_ person: Int, bytes: Int = bodyBytes) -> [String: String] {
        ["Authorization": "Bearer \(person)", "Content-Length": "\(bytes)"]
    }

    /// Sends all but the last byte.
    private static func begin(_ server: OwnRoutes, _ person: Int) throws -> HTTPConnection {
        let client = try server.client()
        try client.begin("POST", "/body", fields(person))
        try client.socket.send([UInt8](repeating: 1, count: bodyBytes - 1))
        return client
    }

    private static func post(_ server: OwnRoutes, _ person: Int, bytes: Int = bodyBytes) throws -> HTTPAnswer {
        try server.client().send(
            "POST", "/body", fields(person, bytes: bytes), body: [UInt8](repeating: 1, count: bytes))
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
            let most = try Self.fill(server, 1)
            let one = [try Self.begin(server, 2), try Self.begin(server, 2)]
            // What is on its way must have come: the next one would take the room before it.
            sleep(1)
            #expect(try Self.post(server, 3, bytes: 3 * Self.bodyBytes).code == "bodies.no_room")
            sleep(UInt32(WebLimits.readerGraceSeconds) + 1)
            #expect(try Self.post(server, 3, bytes: 3 * Self.bodyBytes).status == 200)
            for client in one {
                try client.socket.send([1])
                #expect(try client.answer(to: "POST").status == 200)
            }
            let lost = most.filter { client in
                try? client.socket.send([1])
                return (try? client.answer(to: "POST")) == nil
            }
            #expect(lost.count >= 3)
            #expect(server.count(.slowReadersClosed) >= 3)
        }
    }

    @Test func `what is made of a body counts as well, and does not give way once the body is whole`() async throws {
        let unpacked = DispatchSemaphore(value: 0)
        try await Self.serve(unpacked: unpacked) { server in
            let client = try server.client()
            try client.begin("POST", "/unpack", Self.fields(1))
            try client.socket.send([UInt8](repeating: 1, count: Self.bodyBytes))
            #expect(unpacked.wait(timeout: .now() + 20) == .success)
            // With these it holds four times as much as one body.
            #expect(try Self.post(server, 1).code == "bodies.too_many")
            let others = try (2...3).map { try Self.begin(server, $0) }
            sleep(UInt32(WebLimits.readerGraceSeconds) + 1)
            #expect(try Self.post(server, 4, bytes: 2 * Self.bodyBytes).code == "bodies.no_room")
            #expect(try Self.post(server, 4).status == 200)
            #expect(server.count(.slowReadersClosed) == 0)
            for client in others {
                try client.socket.send([1])
                #expect(try client.answer(to: "POST").status == 200)
            }
        }
    }
}
