import Foundation
import Synchronization
import Testing

/// One person attacks a real server while another uses it: what becomes of the server, and of the other person.
struct Attack {
    /// What the server may take above what it has when it idles, in bytes.
    static let memoryMax = 256 << 20

    let server: RunningServer
    let attacker: Trader
    let bystander: Trader

    /// What was seen of the server and of the bystander while the attack went on.
    struct Outcome {
        /// The most memory above that of the idle server, in bytes.
        let memory: Int
        /// How long each of the bystander's requests took, in seconds, the shortest first.
        let waits: [Double]
        /// What the bystander was answered that was not right.
        let refused: [String]

        /// The time within which 99 of 100 requests of the bystander were answered, in seconds.
        var slowest: Double { waits.isEmpty ? .infinity : waits[min(waits.count - 1, waits.count * 99 / 100)] }
    }

    /// Starts a server with two people on it, and stops it afterwards.
    static func onServer(
        _ options: [String] = [], _ body: (Attack) async throws -> Void
    ) async throws {
        try await withServer(options) { server in
            let attack = Attack(
                server: server, attacker: try Trader(server, wallet: 1), bystander: try Trader(server, wallet: 2))
            try attack.bystander.trade()
            try await body(attack)
        }
    }

    /// Runs `attack` while the bystander reads and writes, and makes sure that both the server and the bystander get
    /// through it: the process lives, its memory stays within `memoryMax`, and every request of the bystander is answered.
    ///
    /// How long the bystander waits is for `make soak` to judge: `DAYBOOK_SOAK` is set there.
    @discardableResult
    func run(
        sourceLocation: SourceLocation = #_sourceLocation, _ attack: () async throws -> Void
    ) async throws -> Outcome {
        let idle = server.residentBytes
        server.forgetPeak()
        let bystander = Bystander(self.bystander)
        bystander.start()
        do { try await attack() } catch {
            _ = bystander.stop()
            throw error
        }
        let (waits, refused) = bystander.stop()
        let outcome = Outcome(memory: server.peakBytes - idle, waits: waits.sorted(), refused: refused)
        #expect(server.isRunning, sourceLocation: sourceLocation)
        #expect(outcome.memory < Self.memoryMax, sourceLocation: sourceLocation)
        #expect(outcome.refused == [], sourceLocation: sourceLocation)
        #expect(!outcome.waits.isEmpty, sourceLocation: sourceLocation)
        if Soak.isOn {
            #expect(outcome.slowest < Soak.waitMax, sourceLocation: sourceLocation)
            Soak.report(outcome, sourceLocation)
        }
        return outcome
    }

    /// How much of the processors the server takes now, in cores, measured over half a second.
    func coresInUse() -> Double {
        let (before, start) = (server.processorSeconds, ContinuousClock.now)
        usleep(500_000)
        let elapsed = ContinuousClock.now - start
        return (server.processorSeconds - before)
            / (Double(elapsed.components.attoseconds) / 1e18
                + Double(elapsed.components.seconds))
    }
}

/// Somebody who goes on working while another attacks.
private final class Bystander: Sendable {
    private struct Seen {
        var waits: [Double] = []
        var refused: [String] = []
        var isOver = false
    }

    private let trader: Trader
    private let seen = Mutex(Seen())
    private let ended = DispatchSemaphore(value: 0)

    init(_ trader: Trader) { self.trader = trader }

    func start() {
        Thread { [self] in
            var round = 0
            repeat {
                work(round)
                round += 1
                usleep(20_000)
            } while !seen.withLock { $0.isOver }
            ended.signal()
        }.start()
    }

    func stop() -> (waits: [Double], refused: [String]) {
        seen.withLock { $0.isOver = true }
        ended.wait()
        return seen.withLock { ($0.waits, $0.refused) }
    }

    private func work(_ round: Int) {
        let start = ContinuousClock.now
        let wrong: String?
        do {
            let answer =
                switch round % 3 {
                case 0: try trader.get("/trades?limit=20")
                case 1: try trader.send("PUT", "/settings", ["base_currency": round % 2 == 0 ? "USD" : "EUR"])
                default: try trader.get("/search?q=apple")
                }
            wrong = answer.status == 200 ? nil : "\(answer.status) \(answer.text.prefix(200))"
        } catch {
            wrong = "\(error)"
        }
        let wait = ContinuousClock.now - start
        let seconds = Double(wait.components.seconds) + Double(wait.components.attoseconds) / 1e18
        seen.withLock { seen in
            seen.waits.append(seconds)
            if let wrong { seen.refused.append(wrong) }
        }
    }
}

/// The long form of the attacks, which also looks at the clock: `make soak`.
enum Soak {
    /// How long it goes on with everything at once; 0 in `make test`.
    static let seconds = ProcessInfo.processInfo.environment["DAYBOOK_SOAK"].flatMap { Int($0) } ?? 0
    static let isOn = seconds > 0
    /// Within which 99 of 100 requests of a bystander are answered, in seconds.
    static let waitMax = 0.1

    static func report(_ outcome: Attack.Outcome, _ place: SourceLocation) {
        print(
            "soak \(place.fileName):\(place.line): \(outcome.waits.count) requests beside it, 99 % within",
            String(format: "%.0f ms,", outcome.slowest * 1000), "memory +\(outcome.memory >> 20) MB")
    }
}
