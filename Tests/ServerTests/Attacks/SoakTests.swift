import Foundation
import Synchronization
import Testing

/// Everything at once, for as long as `DAYBOOK_SOAK` says in seconds: `make soak`.
@Suite(.enabled(if: Soak.isOn)) struct SoakTests {
    @Test("all attacks at once leave the other person's requests quick and the server's memory small")
    func all() async throws {
        try await Attack.onServer { attack in
            for assault in Assault.all {
                do { try assault.prepare(attack) } catch { Issue.record("\(assault.name): \(error)") }
            }
            try await attack.run { play(Assault.all, attack, seconds: Soak.seconds) }
        }
    }

    @Test("one attack after the other leaves the other person's requests quick", arguments: Assault.all.map(\.name))
    func each(_ name: String) async throws {
        let assault = try #require(Assault.all.first { $0.name == name })
        try await Attack.onServer { attack in
            try assault.prepare(attack)
            print("soak: \(name)")
            try await attack.run { play([assault], attack, seconds: max(5, Soak.seconds / 40)) }
            usleep(1_000_000)
            #expect(attack.coresInUse() < 0.2)
        }
    }

    /// Each attack goes on in a thread of its own.
    private func play(_ assaults: [Assault], _ attack: Attack, seconds: Int) {
        let end = ContinuousClock.now + .seconds(seconds)
        let group = DispatchGroup()
        let counts = Mutex<[String: (rounds: Int, refused: Int)]>([:])
        for assault in assaults {
            group.enter()
            Thread {
                var number = 0
                while ContinuousClock.now < end, attack.server.isRunning {
                    let isRefused: Bool
                    do {
                        try assault.round(attack, number)
                        isRefused = false
                    } catch { isRefused = true }
                    number += 1
                    counts.withLock { counts in
                        let before = counts[assault.name] ?? (0, 0)
                        counts[assault.name] = (before.rounds + 1, before.refused + (isRefused ? 1 : 0))
                    }
                }
                group.leave()
            }.start()
        }
        group.wait()
        for (name, count) in counts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            print("soak: \(name): \(count.rounds) rounds, \(count.refused) of them cut short")
        }
    }
}
