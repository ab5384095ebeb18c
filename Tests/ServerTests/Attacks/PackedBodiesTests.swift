import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct PackedBodiesTests {
    /// A message of few bytes that unpacks to seven megabytes, and keeps the server busy for a while: commits that it has
    /// to take, each with half a megabyte of nothing behind it.
    private static func bomb(_ device: TestDevice, _ number: Int) throws -> [UInt8] {
        var writer = ForeignWriter(number)
        let tag = Mutation.put(Schema.tag.kind, EntityID(rawValue: UInt128(number)), [FieldWrite(1, .text("a"))])
        let commits = try (0..<14).map { _ in try writer.next(filler: 500 << 10, [tag]) }
        let request = ExchangeRequest(claim: .heads(SyncHeads()), ownCounter: 0, content: nil, commits: commits)
        return Zstandard.compress(try request.encoded(own: device.replica))
    }

    @Test func `bodies that unpack to thousands of times their size are held one after the other`() async throws {
        try await Attack.onServer { attack in
            let device = TestDevice(attack.attacker.session)
            let bodies = try (0..<60).map { try Self.bomb(device, $0) }
            #expect(bodies.allSatisfy { $0.count < 4000 })
            try await attack.run {
                let clients = try bodies.map { _ in try attack.server.client() }
                for (client, body) in zip(clients, bodies) {
                    try client.begin(
                        "POST", "/api/v1/sync/exchange",
                        attack.attacker.session.bearer.merging([
                            "Content-Type": "application/x-protobuf", "Content-Encoding": "zstd",
                            "Content-Length": "\(body.count)", "Daybook-Replica": Hex.encode(device.replica.bytes),
                        ]) { $1 })
                }
                for (client, body) in zip(clients, bodies) { try client.socket.send(body) }
                var statuses: [Int: Int] = [:]
                for client in clients { statuses[try client.answer(to: "POST").status, default: 0] += 1 }
                #expect(Set(statuses.keys).isSubset(of: [200, 204, 429]))
                // A person has room for six of them; most come while others wait.
                #expect(statuses[429, default: 0] >= 10)
                #expect(statuses[200, default: 0] > 0)
            }
        }
    }
}
