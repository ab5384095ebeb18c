import Foundation
import TestSupport
import Testing

@Suite struct HeaderFuzzTests {
    private static let pieces = [
        "access_token", "sign_in", "refresh_token", "=", ";", "; ", ",", "\"", "Bearer ", "Basic ", "bearer", "A",
        "%00",
        "é", "\t", " ", "$Version", "Path=/", "null", "https://", "127.0.0.1", "::1", "[", "]", ":", "/", "0",
    ]

    private static func value(_ dice: inout Dice) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...12, using: &dice) {
            if Bool.random(using: &dice) {
                bytes += Array(pieces[Int.random(in: 0..<pieces.count, using: &dice)].utf8)
            } else {
                // A line break would end the field.
                bytes += (0..<4).map { _ in UInt8.random(in: 32...255, using: &dice) }.filter { $0 != 127 }
            }
        }
        return bytes
    }

    /// `DAYBOOK_FUZZ_SEED` runs one seed, `DAYBOOK_FUZZ_RUNS` that many new ones.
    @Test(arguments: FuzzSeeds.some(1, 2))
    func `whatever stands in cookies and headers is answered, and lets nobody in`(seed: UInt64) async throws {
        try await withServer(["--trusted-proxy", "127.0.0.1", "--stranger-per-minute", "1000000"]) { server in
            var dice = Dice(seed: seed)
            let names = [
                "Cookie", "Authorization", "Origin", "Sec-Fetch-Site", "X-Forwarded-For", "Content-Type", "User-Agent",
            ]
            for round in 0..<150 {
                let client = try server.client()
                var head = Array("GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\n".utf8)
                for name in names where Bool.random(using: &dice) {
                    head += Array("\(name): ".utf8) + Self.value(&dice) + Array("\r\n".utf8)
                }
                try client.socket.send(head + Array("\r\n".utf8))
                let answer = try client.answer(to: "GET")
                #expect([400, 401, 403].contains(answer.status), "DAYBOOK_FUZZ_SEED=\(seed), round \(round)")
            }
            #expect(try server.client().get("/health").status == 200)
        }
    }
}
