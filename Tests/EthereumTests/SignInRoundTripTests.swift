import Primitives
import Testing
import TestSupport

@testable import Ethereum

struct SignInRoundTripTests {
    private struct Vector: Decodable {
        struct Fields: Decodable {
            var scheme: String?
            var domain: String
            var address: String
            var statement: String?
            var uri: String
            var chain_id: UInt64
            var nonce: String
            var issued_at: String
            var expiration_time: String?
            var not_before: String?
            var request_id: String?
            var resources: [String]?
        }
        var fields: Fields
        var message: String
        var signature: String
    }

    @Test func `messages of another library are read, printed and verified byte for byte`() throws {
        let vectors = try Fixture.read("sign_in.json", as: [Vector].self)
        try #require(vectors.count == 16)
        for vector in vectors {
            let fields = vector.fields
            let message = try SignInMessage(vector.message)
            let made = try SignInMessage(
                scheme: fields.scheme, domain: fields.domain, address: Address(fields.address),
                statement: fields.statement, uri: fields.uri, chainID: fields.chain_id, nonce: fields.nonce,
                issuedAt: #require(Timestamp(fields.issued_at)),
                expirationTime: fields.expiration_time.flatMap { Timestamp($0) },
                notBefore: fields.not_before.flatMap { Timestamp($0) }, requestID: fields.request_id,
                resources: fields.resources ?? [])
            #expect(message == made)
            #expect(made.description == vector.message)
            try PersonalMessage(vector.message).verify(vector.signature, by: message.address)
            #expect(
                code { try PersonalMessage(vector.message + " ").verify(vector.signature, by: message.address) }
                    == "signature.wrong_signer")
        }
    }

    private struct Verdict: Decodable {
        var message: String
        var valid: Bool
    }

    @Test func `an ABNF parser of the grammar gives the same verdicts on wounded messages`() throws {
        let verdicts = try Fixture.read("sign_in_verdicts.json", as: [Verdict].self)
        try #require(verdicts.count { $0.valid } > 50 && verdicts.count { !$0.valid } > 50)
        for verdict in verdicts {
            let failure = code { _ = try SignInMessage(verdict.message) }
            #expect((failure == nil) == verdict.valid, "\(failure ?? "accepted"): \(verdict.message.debugDescription)")
        }
    }

    @Test func `no field can carry a line of its own`() throws {
        let address = try Address(Draft().address)
        let now = Timestamp(milliseconds: 0)
        func make(
            domain: String = "a.example", statement: String? = nil, uri: String = "https://a.example",
            nonce: String = "12345678", requestID: String? = nil, resources: [String] = []
        ) throws {
            _ = try SignInMessage(
                domain: domain, address: address, statement: statement, uri: uri, chainID: 1, nonce: nonce,
                issuedAt: now, requestID: requestID, resources: resources)
        }
        #expect(code { try make() } == nil)
        #expect(code { try make(statement: "a\n\nURI: https://b.example") } != nil)
        #expect(code { try make(uri: "https://a.example\nVersion: 1") } != nil)
        #expect(code { try make(nonce: "12345678\nIssued At: 1970-01-01T00:00:00.000Z") } != nil)
        #expect(code { try make(requestID: "a\nResources:\n- b:c") } == "siwe.bad_field")
        #expect(code { try make(resources: ["a:b\n- c:d"]) } == "siwe.bad_field")
        #expect(code { try make(domain: "https://a.example") } == "siwe.bad_field")
        #expect(code { try make(domain: "") } == "siwe.bad_domain")
        #expect(code { try make(nonce: "short") } == "siwe.bad_nonce")
    }

    @Test func `a moment outside the calendar cannot be printed into a message`() throws {
        for milliseconds in [Int64.min / 2, -62_167_219_200_001, 253_402_300_800_000] {
            #expect(
                code {
                    _ = try SignInMessage(
                        domain: "a", address: Address(Draft().address), uri: "a:b", chainID: 1, nonce: "12345678",
                        issuedAt: Timestamp(milliseconds: milliseconds))
                } == "siwe.bad_issued_at")
        }
    }

    private static let plain = Set<UInt8>(0x20...0x7e).union([0x0a])

    /// Mutates messages until the parser either refuses them with a `Failure` or reads what it prints. A failing seed
    /// is printed; add it to the arguments.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `a damaged message is refused or reads as what it prints`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let full = Draft.with {
            $0.header = "https://u:p%20@[2001:db8::7]:99" + $0.header.dropFirst("daybook.example".count)
            $0.rest = [
                "Expiration Time: 2026-11-21T10:30:00+01:00", "Not Before: 2026-11-21T08:00:00.25Z",
                "Request ID: a%20b",
                "Resources:", "- https://[::1.2.3.4]/?a#b", "- urn:a",
            ]
        }
        let seeds = [Draft().text, full, Draft.with { $0.statement = nil }].map { Array($0.utf8) }
        var read = 0
        for _ in 0..<1500 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &dice)]
            for _ in 0..<Int.random(in: 1...4, using: &dice) { mutate(&bytes, with: seeds, &dice) }
            var message: SignInMessage?
            let failure = code { message = try SignInMessage(bytes: bytes) }
            guard let message else {
                #expect(failure?.hasPrefix("siwe.") == true, "seed \(seed)")
                continue
            }
            read += 1
            #expect(try SignInMessage(message.description) == message, "seed \(seed)")
            #expect(bytes.allSatisfy(Self.plain.contains), "seed \(seed)")
        }
        #expect((1..<1500).contains(read), "seed \(seed)")
    }

    private func mutate(_ bytes: inout [UInt8], with seeds: [[UInt8]], _ dice: inout Dice) {
        let other = seeds[Int.random(in: 0..<seeds.count, using: &dice)]
        let at = Int.random(in: 0...bytes.count, using: &dice)
        let end = min(bytes.count, at + Int.random(in: 0...12, using: &dice))
        switch Int.random(in: 0..<6, using: &dice) {
        case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &dice)
        case 1 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4:
            let from = Int.random(in: 0..<other.count, using: &dice)
            bytes.replaceSubrange(at..<end, with: other[from..<min(other.count, from + 20)])
        default: bytes.insert(Array("\n:/%@[]#? 0".utf8)[Int.random(in: 0..<11, using: &dice)], at: at)
        }
    }
}
