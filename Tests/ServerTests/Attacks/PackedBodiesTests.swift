import Foundation
import Primitives
import Sync
import Testing

@Suite struct PackedBodiesTests {
    /// A message of a few hundred bytes that unpacks to so many.
    private static func bomb(_ device: TestDevice, bytes: Int) throws -> [UInt8] {
        let commit = EncodedCommit(Dot(device.replica, 1), [UInt8](repeating: 0, count: bytes))
        let request = ExchangeRequest(claim: .heads(SyncHeads()), ownCounter: 1, content: nil, commits: [commit])
        return Zstandard.compress(try request.encoded(own: device.replica))
    }

    @Test func `bodies that unpack to thousands of times their size are held one after the other`() async throws {
        try await Attack.onServer { attack in
            let device = TestDevice(attack.attacker.session)
            let body = try Self.bomb(device, bytes: 7 << 20)
            #expect(body.count < 2000)
            let fields = attack.attacker.session.bearer.merging([
                "Content-Type": "application/x-protobuf", "Content-Encoding": "zstd",
                "Content-Length": "\(body.count)", "Daybook-Replica": Hex.encode(device.replica.bytes),
            ]) { $1 }
            try await attack.run {
                for _ in 0..<2 {
                    let clients = try (0..<60).map { _ in try attack.server.client() }
                    for client in clients { try client.begin("POST", "/api/v1/sync/exchange", fields) }
                    for client in clients { try client.socket.send(body) }
                    for client in clients {
                        let status = try client.answer(to: "POST").status
                        #expect((400...499).contains(status), "\(status)")
                    }
                }
            }
        }
    }
}
