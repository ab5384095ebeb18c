import Foundation
import Testing

@Suite struct UnreadAnswersAttackTests {
    @Test func `readers that do not read fill neither the memory nor the server's time`() async throws {
        try await Attack.onServer(["--reader-seconds", "2", "--idle-seconds", "3"]) { attack in
            let note = String(repeating: "What I thought when I went in. ", count: 6000)
            for _ in 0..<20 { try attack.attacker.trade(["notes": note]) }
            let image = try attack.server.upload(
                Picture.gif(3, bytes: 600_000), attack.attacker.session, called: "a.gif")
            let id = try #require(image.json["id"] as? String, "\(image.text)")
            let paths = ["/trades?limit=100", "/export?format=json", "/images/\(id)", "/search?q=thought&limit=50"]
            try await attack.run {
                let before = attack.server.openFiles
                let silent = try (0..<120).map { number in
                    let client = try HTTPConnection(port: attack.server.port, windowBytes: 4096)
                    // Several behind each other, of which none is read.
                    for _ in 0..<4 {
                        let path = paths[number % paths.count]
                        try client.begin("GET", "/api/v1/journal" + path, attack.attacker.session.bearer)
                    }
                    return client
                }
                try expectEventually { attack.server.openFiles < before + 60 }
                withExtendedLifetime(silent) {}
            }
        }
    }
}
