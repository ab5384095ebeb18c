import Dispatch
import Foundation
import Gateways
import Primitives

/// Shows a code, watches who types it, and asks before anybody from elsewhere is let in.
struct PairingWatch: Sendable {
    private static let pollMilliseconds = 1000

    private let pairing: Pairing
    private let server: String
    private let json: Bool

    init(_ pairing: Pairing, server: String, json: Bool) {
        self.pairing = pairing
        self.server = server
        self.json = json
    }

    /// Returns when another device is in.
    ///
    /// - Throws: `pairing.expired`, `pairing.declined`, and what the server says.
    func run() async throws {
        let code = try await pairing.begin()
        // A code that nobody waits for any more must not let anybody in.
        let signals = Interruption.sources { [pairing, json] in
            Task {
                try? await pairing.withdraw()
                DaybookExit.end(with: CancellationError(), json: json)
            }
        }
        defer { for signal in signals { signal.cancel() } }
        show(code)
        let end = ContinuousClock.now + .seconds(code.lifetimeSeconds + 5)
        var asked: Set<String> = []
        while ContinuousClock.now < end {
            switch try await state() {
            case .gone: throw Failure.pairingExpired
            case .claimed(let claim): return report(claim)
            case .pending(let claim) where asked.insert(claim.id).inserted: try await decide(claim)
            case .waiting, .pending, nil: break
            }
            try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
        throw Failure.pairingExpired
    }

    /// Nil while the server cannot be asked: the code lives on.
    private func state() async throws -> Pairing.State? {
        do {
            return try await pairing.state()
        } catch let failure as Failure where failure.kind == .unavailable || failure.kind == .tooMany {
            return nil
        }
    }

    private func decide(_ claim: Pairing.Claim) async throws {
        Terminal.note("\(Self.title(claim)) has typed the code. It is not in the network of this device.".onOneLine)
        FileHandle.standardError.write(Data("Let it in? [y/N] ".utf8))
        let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else {
            try await pairing.withdraw()
            throw Failure.pairingDeclined
        }
        if try await !pairing.confirm(claim) { Terminal.note("It is not there any more.") }
    }

    // MARK: What is shown

    private func show(_ code: Pairing.Code) {
        if json {
            JSON.object(["code": .text(code.digits), "expires_in": .count(code.lifetimeSeconds)]).printed()
        } else if Terminal.output.isTerminal {
            print("")
            for line in LargeDigits.lines(code.digits) { print("  " + Terminal.output.styled(line, .bold)) }
            print("\n  \(code.digits)\n")
        } else {
            print(code.digits)
        }
        if !json {
            Terminal.note(
                "Type it on the other device within \(Self.duration(code.lifetimeSeconds)):\n"
                    + "  daybook pair \(code.digits) --server \(server)".forTerminal)
        }
        // Whoever reads this through a pipe wants it now.
        fflush(nil)
    }

    private func report(_ claim: Pairing.Claim?) {
        if json {
            JSON.object([
                "status": .text("claimed"), "name": .text(claim?.name), "kind": .text(claim?.kind),
                "network": .text(claim?.network),
            ]).printed()
        } else {
            print("\(claim.map { Self.title($0) } ?? "The other device") is signed in.".onOneLine)
            print("Not yours? `daybook devices` shows it, `daybook devices revoke ID` signs it out.")
        }
    }

    private static func title(_ claim: Pairing.Claim) -> String {
        let name = claim.name.map { "“\($0)”" } ?? "A device without a name"
        let details = [claim.kind, claim.network].compactMap(\.self).joined(separator: ", ")
        return details.isEmpty ? name : "\(name) (\(details))"
    }

    private static func duration(_ seconds: Int) -> String {
        seconds >= 120 ? "\(seconds / 60) minutes" : Figures.count(seconds, "second")
    }
}

extension Failure {
    static let pairingExpired = Failure(
        .gone, "pairing.expired",
        "Nobody has used the code in time, and it counts no more. `daybook pair --new` makes another.")
    static let pairingDeclined = Failure(
        .forbidden, "pairing.declined", "Nobody was let in, and the code counts no more.")
}
