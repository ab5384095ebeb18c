import Crypto
import Foundation
import Primitives
import Sync
import Testing

/// One person who makes as much as possible of what the server keeps for all: codes, names, lines, bytes, writes.
@Suite struct HoardingTests {
    @Test func `codes are made so often, and the rest leave no line`() async throws {
        try await Attack.onServer { attack in
            let bearer = attack.attacker.session.bearer
            let writes = try attack.server.figure("daybook_control_writes")
            try await attack.run { () async throws in
                let client = try attack.server.client()
                let statuses = try (0..<500).map { _ in
                    try client.send("POST", "/api/v1/auth/pair-extension", bearer, body: []).status
                }
                #expect(statuses.count { $0 == 200 } == 20)
                #expect(statuses.count { $0 == 429 } == 480)
            }
            let audit = try attack.server.client().get("/api/v1/auth/audit?limit=500", bearer)
            #expect(audit.tree["events"].list.count { $0["event"].text == "pairing_code_made" } == 20)
            #expect(try attack.server.figure("daybook_control_writes") - writes < 30)
        }
    }

    @Test func `an extension names no replica, and a device so many in an hour`() async throws {
        try await Attack.onServer { attack in
            let server = attack.server
            let code = try server.client().send(
                "POST", "/api/v1/auth/pair-extension", attack.attacker.session.bearer, body: [])
            let tokens = try server.client().post(
                "/api/v1/auth/extension-pair", ["code": try #require(code.json["code"] as? String)]
            ).tokens()
            let session = SignedIn(userID: "", access: tokens.access, refresh: tokens.refresh)
            try await attack.run { () async throws in
                let client = try server.client()
                for _ in 0..<100 {
                    let device = TestDevice(session)
                    let refused = try device.send(device.request(), client)
                    #expect(refused.status == 403)
                    #expect(refused.code == "auth.owner_only")
                }
                let codes = try (0..<100).map { _ in
                    let device = TestDevice(attack.attacker.session)
                    return try device.send(device.request(), client).code
                }
                #expect(codes.count { $0 == "" } == 32)
                #expect(codes.count { $0 == "replica.too_often" } == 68)
            }
            // Others name theirs.
            var device = TestDevice(attack.bystander.session)
            try device.exchange(try server.client())
        }
    }

    @Test func `two networks in turn cost no write each, and nobody else a lookup`() async throws {
        try await Attack.onServer(Visitor.trust) { attack in
            let client = try attack.server.client()
            func call(_ trader: Trader, from address: String) throws -> Int {
                try client.get("/api/v1/auth/me", trader.session.bearer.merging(["X-Forwarded-For": address]) { $1 })
                    .status
            }
            for trader in [attack.attacker, attack.bystander] { #expect(try call(trader, from: "10.0.0.1") == 200) }
            let writes = try attack.server.figure("daybook_control_writes")
            let lookups = try attack.server.figure("daybook_session_lookups")
            try await attack.run { () async throws in
                for round in 0..<600 {
                    #expect(try call(attack.attacker, from: round % 2 == 0 ? "10.0.0.1" : "10.9.0.1") == 200)
                }
            }
            // As many as minutes may have begun meanwhile.
            #expect(try attack.server.figure("daybook_control_writes") - writes <= 2)
            #expect(try attack.server.figure("daybook_session_lookups") - lookups <= 2)
        }
    }

    @Test func `the quota holds for what devices send, whole, in parts, at once and with false lengths`() async throws {
        let quota = 1 << 20
        try await Attack.onServer(["--image-quota-bytes", "\(quota)"]) { attack in
            let (server, bearer) = (attack.server, attack.attacker.session.bearer)
            try await attack.run { () async throws in
                // Whole ones that no commit names.
                for number in 0..<60 {
                    let answer = try Self.put(number, 60_000, of: 60_000, server, bearer)
                    #expect(answer.status == (number < 17 ? 204 : 413))
                    if number >= 17 { #expect(answer.code == "image.quota_exceeded") }
                }
                // Beginnings of others, all before an answer is read, some of which say that they are small.
                let connections = try (0..<120).map { _ in try server.client() }
                for (number, connection) in connections.enumerated() {
                    try Self.begin(
                        connection, 100 + number, 20_000, of: number % 2 == 0 ? 20_001 : 5_000_000, server, bearer)
                }
                let answers = try connections.map { try $0.answer(to: "PUT") }
                #expect(answers.allSatisfy { [202, 413].contains($0.status) })
                #expect(answers.contains { $0.code == "image.quota_exceeded" })
                // More bytes than were announced, and fewer.
                for length in [10, 30_000] {
                    let client = try server.client()
                    try client.begin(
                        "PUT", Self.path(500), bearer.merging(["Content-Length": "\(length)"]) { $1 })
                    try client.socket.send([UInt8](repeating: 1, count: 2_000))
                    if length == 10 { #expect(try client.answer(to: "PUT").status == 400) }
                }
            }
            let kept = try UploadTests.bytes(under: server.data, "blobs")
            #expect(kept <= quota)
            #expect(kept >= 17 * 60_000)
            let storage = try attack.attacker.ask("/storage")
            #expect(storage["used_bytes"].count == kept)
            // The bystander has a quota of their own.
            #expect(try Self.put(1, 60_000, of: 60_000, server, attack.bystander.session.bearer).status == 204)
        }
    }

    @Test func `what came in part goes after its time, and its room is there again`() async throws {
        try await Attack.onServer(["--image-quota-bytes", "100000", "--loose-image-seconds", "1"]) { attack in
            let (server, bearer) = (attack.server, attack.attacker.session.bearer)
            try await attack.run { () async throws in
                #expect(try Self.put(1, 60_000, of: 90_000, server, bearer).status == 202)
                #expect(try Self.put(2, 50_000, of: 50_000, server, bearer).code == "image.quota_exceeded")
                #expect(try attack.attacker.ask("/storage")["used_bytes"].count == 60_000)
                usleep(1_300_000)
                #expect(try Self.put(2, 50_000, of: 50_000, server, bearer).status == 204)
                #expect(try attack.attacker.ask("/storage")["used_bytes"].count == 50_000)
            }
        }
    }

    // MARK: Bytes

    private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        Array("\(number) ".utf8) + [UInt8](repeating: 7, count: count - "\(number) ".utf8.count)
    }

    private static func path(_ number: Int, _ count: Int = 60_000) -> String {
        "/api/v1/sync/blobs/" + Hex.encode(Array(SHA256.hash(data: bytes(number, count))))
    }

    private static func begin(
        _ client: HTTPConnection, _ number: Int, _ count: Int, of size: Int, _ server: RunningServer,
        _ bearer: [String: String]
    ) throws {
        let fields = ["Content-Range": "bytes 0-\(count - 1)/\(size)", "Content-Length": "\(count)"]
        try client.begin("PUT", path(number, size), bearer.merging(fields) { $1 })
        try client.socket.send(Array(bytes(number, size).prefix(count)))
    }

    private static func put(
        _ number: Int, _ count: Int, of size: Int, _ server: RunningServer, _ bearer: [String: String]
    ) throws -> HTTPAnswer {
        let client = try server.client()
        try begin(client, number, count, of: size, server, bearer)
        return try client.answer(to: "PUT")
    }
}
