import ArgumentParser
import Ethereum
import Foundation
import Primitives

/// Signed messages verified as the server verifies them, but for the nonce: read to the last byte, compared with what
/// the site asks for, hashed, and the signer recovered and compared.
struct SignInBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sign-in")

    @Option(help: "Signed messages as make_sign_ins.py writes them.") var signIns: String
    @Option(help: "For so long at least.") var seconds = 2

    private struct Proof {
        let message: String
        let signature: String
    }

    /// When the messages are looked at: a minute after they were made.
    private static let now = Timestamp(year: 2026, month: 1, day: 2, hour: 3, minute: 5, second: 5)

    func run() async throws {
        let proofs = try Self.read(signIns)
        let policy = try SignInPolicy(origin: "https://daybook.example", chainIDs: [1])
        guard let now = Self.now else { return }
        // The curve's tables are made on first use.
        for proof in proofs.prefix(20) { try Self.verify(proof, policy, at: now) }
        try Self.checkRefusal(of: proofs, policy, at: now)
        let start = ProcessFacts.coreTime
        var count = 0
        while ProcessFacts.coreTime - start < .seconds(seconds) {
            for _ in 0..<100 {
                try Self.verify(proofs[count % proofs.count], policy, at: now)
                count += 1
            }
        }
        let cores = (ProcessFacts.coreTime - start).seconds
        try Step.report("verify", ["verifications": .whole(count), "verified_per_s": .ratio(Double(count) / cores)])
    }

    private static func verify(_ proof: Proof, _ policy: SignInPolicy, at now: Timestamp) throws(Failure) {
        let message = try SignInMessage(proof.message)
        try message.check(against: policy, at: now)
        try PersonalMessage(proof.message).verify(proof.signature, by: message.address)
    }

    /// A measurement of what lets everyone in would be worth nothing.
    private static func checkRefusal(of proofs: [Proof], _ policy: SignInPolicy, at now: Timestamp) throws(Failure) {
        guard proofs.count > 1 else { return }
        let wrong = Proof(message: proofs[0].message, signature: proofs[1].signature)
        let wasAccepted = (try? verify(wrong, policy, at: now)) != nil
        try Step.check(!wasAccepted, "another account's signature was accepted")
    }

    private static func read(_ path: String) throws -> [Proof] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let proofs = text.split(separator: "\n").dropFirst().compactMap { line -> Proof? in
            let columns = line.split(separator: "\t")
            guard columns.count == 3, let message = Hex.decode(columns[0]) else { return nil }
            return Proof(message: String(decoding: message, as: UTF8.self), signature: "0x" + columns[1])
        }
        try Step.check(!proofs.isEmpty, "there are no messages in \(path)")
        return proofs
    }
}
