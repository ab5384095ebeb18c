import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct UnreadAnswersAttackTests {
    @Test func `readers that do not read fill neither the memory nor the server's time`() async throws {
        try await Attack.onServer(["--reader-seconds", "2", "--idle-seconds", "3"]) { attack in
            for number in 0..<20 { try attack.attacker.trade(["notes": "What I thought of the trade \(number)."]) }
            let trade = EntityID(rawValue: 1 << 64)
            try Self.writeNotes(attack, of: trade)
            let image = try attack.server.upload(
                Picture.gif(3, bytes: 600_000), attack.attacker.session, called: "a.gif")
            let id = try #require(image.json["id"] as? String, "\(image.text)")
            let paths = ["/history/\(trade)", "/trades?limit=100", "/export?format=json", "/images/\(id)"]
            #expect(try attack.attacker.get(paths[0]).body.count > 5 << 20)
            try await attack.run {
                let before = attack.server.openFiles
                let silent = try (0..<200).map { number in
                    let client = try HTTPConnection(port: attack.server.port, windowBytes: 4096)
                    // Several behind each other, of which none is read; the first of half of them are large.
                    for turn in 0..<4 {
                        let path = paths[number % 2 == 0 ? turn : (number / 2 + turn) % paths.count]
                        try client.begin("GET", "/api/v1/journal" + path, attack.attacker.session.bearer)
                    }
                    return client
                }
                try expectEventually { attack.server.openFiles > before + 100 }
                try expectEventually { attack.server.openFiles < before + 60 }
                withExtendedLifetime(silent) {}
            }
        }
    }

    /// Notes of a quarter of a mebibyte, saved often, of which each byte takes six in an answer.
    private static func writeNotes(_ attack: Attack, of trade: EntityID) throws {
        var writer = ForeignWriter(1)
        let device = try HostileDevice(attack.server, attack.attacker.session, replica: writer.replica)
        var commits: [EncodedCommit] = []
        for number in 0..<6 {
            let notes = "\(number)" + String(repeating: "\u{1}", count: CommitLimits.textBytesMax - 1)
            let write = FieldWrite(Schema.trade.number(of: "notes"), .text(notes))
            commits.append(try writer.next([.put(Schema.trade.kind, trade, [write])]))
        }
        let answer = try device.send(commits, counter: writer.counter)
        try #require([200, 204].contains(answer.status), "\(answer.text)")
    }
}
