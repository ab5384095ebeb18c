import Foundation
import Testing

/// Wrong pairing codes, very many at once.
@Suite struct GuessingTests {
    /// So that nothing else but the budget of codes stops anybody.
    private static let options =
        Visitor.trust + ["--stranger-per-minute", "100000", "--strangers-per-minute", "100000"]

    @Test func `of 400 wrong codes at once from one address, five are looked up`() async throws {
        try await Attack.onServer(Self.options) { attack in
            try await attack.run {
                let statuses = try Self.guess(400, attack.server) { _ in "198.51.100.4" }
                #expect(statuses == [401: 5, 429: 395])
            }
            #expect(try attack.server.figure("daybook_pairing_lookups_total") == 5)
        }
    }

    @Test func `of 400 wrong codes at once from as many addresses, fifty are looked up`() async throws {
        try await Attack.onServer(Self.options) { attack in
            try await attack.run {
                let statuses = try Self.guess(400, attack.server) { "10.\($0 / 200).\($0 % 200).1" }
                #expect(statuses == [401: 50, 429: 350])
            }
            #expect(try attack.server.figure("daybook_pairing_lookups_total") == 50)
        }
    }

    /// Sends all requests before it reads an answer.
    ///
    /// - Returns: how many answers had which status.
    private static func guess(
        _ count: Int, _ server: RunningServer, from address: (Int) -> String
    ) throws -> [Int: Int] {
        let connections = try (0..<count).map { _ in try server.client() }
        for (number, connection) in connections.enumerated() {
            let digits = String(number)
            let body = Array("{\"code\":\"\(String(repeating: "9", count: 6 - digits.count))\(digits)\"}".utf8)
            try connection.begin(
                "POST", "/api/v1/auth/extension-pair",
                [
                    "X-Forwarded-For": address(number), "Content-Type": "application/json",
                    "Content-Length": "\(body.count)",
                ])
            try connection.socket.send(body)
        }
        return try connections.reduce(into: [:]) { $0[try $1.answer(to: "POST").status, default: 0] += 1 }
    }
}

extension RunningServer {
    /// A figure of `/metrics` that has no labels.
    func figure(_ name: String) throws -> Int {
        let text = try client().get("/metrics").text
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
        return try #require(line.split(separator: " ").last.flatMap { Int($0) })
    }
}
