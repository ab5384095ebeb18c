import Primitives
import Testing
import TestSupport

@testable import Ethereum

struct SignatureTests {
    private let key: PrivateKey
    private let message = PersonalMessage("Hello, world!")
    private let good: [UInt8]

    init() throws {
        key = try PrivateKey(String(repeating: "01", count: 32))
        good = try message.sign(with: key).bytes
    }

    private func replacing(_ range: Range<Int>, with bytes: [UInt8]) -> [UInt8] {
        var changed = good
        changed.replaceSubrange(range, with: bytes)
        return changed
    }

    @Test func `keys, hashes, signatures and signers agree with eth-account`() throws {
        try #require(Fixture.signatures.count == 48)
        for vector in Fixture.signatures {
            let key = try PrivateKey(vector.key)
            let message = PersonalMessage(vector.message)
            #expect(key.address.description == vector.address)
            #expect(Hex.encode(message.hash) == vector.hash)
            #expect(try message.sign(with: key).description == vector.signature)
            #expect(try message.signer(of: Signature(vector.signature)) == key.address)
            try message.verify(vector.signature, by: key.address)
        }
    }

    @Test func `the mirror image of a signature is refused`() {
        for vector in Fixture.signatures {
            #expect(code { _ = try Signature(vector.high_s) } == "signature.high_s")
        }
    }

    @Test func `the last byte may be 0, 1, 27 or 28 and nothing else`() throws {
        let v = good[64]
        for byte in UInt8.min...UInt8.max {
            let bytes = replacing(64..<65, with: [byte])
            switch byte {
            case v, v - 27: #expect(try message.signer(of: Signature(bytes: bytes)) == key.address)
            case 0, 1, 27, 28: #expect((try? message.signer(of: Signature(bytes: bytes))) != key.address)
            default: #expect(code { _ = try Signature(bytes: bytes) } == "signature.bad_recovery_id")
            }
        }
    }

    private static let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    private static let orderLessOne = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"
    private static let zero = String(repeating: "0", count: 64)
    private static let highest = String(repeating: "f", count: 64)

    @Test(arguments: [zero, order, highest])
    func `an r or an s that is no scalar is refused`(number: String) throws {
        let bytes = try #require(Hex.decode(number))
        #expect(code { _ = try Signature(bytes: replacing(0..<32, with: bytes)) } == "signature.out_of_range")
        #expect(code { _ = try Signature(bytes: replacing(32..<64, with: bytes)) } == "signature.out_of_range")
    }

    @Test func `an s of half the order is the greatest one accepted`() throws {
        let half = try #require(Hex.decode("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"))
        let above = try #require(Hex.decode("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"))
        let top = try #require(Hex.decode(Self.orderLessOne))
        #expect(code { _ = try Signature(bytes: replacing(32..<64, with: half)) } == nil)
        #expect(code { _ = try Signature(bytes: replacing(32..<64, with: above)) } == "signature.high_s")
        #expect(code { _ = try Signature(bytes: replacing(32..<64, with: top)) } == "signature.high_s")
    }

    @Test func `an r that is on no point of the curve has no signer`() throws {
        // 5³ + 7 is no square in the field.
        let bytes = replacing(0..<32, with: [UInt8](repeating: 0, count: 31) + [5])
        #expect(code { _ = try message.signer(of: Signature(bytes: bytes)) } == "signature.unrecoverable")
        let top = try #require(Hex.decode(Self.orderLessOne))
        let edge = try Signature(bytes: replacing(0..<32, with: top))
        #expect((try? message.signer(of: edge)) != key.address)
    }

    @Test func `only 0x and 130 digits are a signature`() throws {
        let text = try message.sign(with: key).description
        let digits = text.dropFirst(2)
        let wrong: [String] = [
            "", "0x", "\(digits)", "0X\(digits)", "\(text.dropLast())", "\(text)0", "\(text.dropLast(2))", "\(text)00",
            "\(text)\n", " \(text)", "0x\(digits.dropLast())g", "\(text.dropLast(2))é",
        ]
        for text in wrong { #expect(code { _ = try Signature(text) } == "signature.malformed") }
        for count in 0...130 where count != 65 {
            #expect(code { _ = try Signature(bytes: [UInt8](repeating: 1, count: count)) } == "signature.malformed")
        }
    }

    @Test func `another message or another account is refused`() throws {
        let signature = try message.sign(with: key).description
        let other = try PrivateKey(String(repeating: "02", count: 32))
        #expect(code { try message.verify(signature, by: other.address) } == "signature.wrong_signer")
        for text in ["Hello, world", "Hello, world! ", "hello, world!", ""] {
            #expect(
                code { try PersonalMessage(text).verify(signature, by: key.address) } == "signature.wrong_signer")
        }
    }

    @Test func `text is signed as it is and never composed`() {
        #expect(PersonalMessage("e\u{301}").hash != PersonalMessage("\u{e9}").hash)
        #expect(PersonalMessage("\u{e9}").bytes.count == 2)
    }

    @Test func `many at once on one context give the same answers`() async throws {
        let vectors = Fixture.signatures
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for round in 0..<200 {
                group.addTask {
                    let vector = vectors[round % vectors.count]
                    let key = try PrivateKey(vector.key)
                    let message = PersonalMessage(vector.message)
                    return try message.sign(with: key).description == vector.signature
                        && message.signer(of: Signature(vector.signature)) == key.address
                }
            }
            for try await agrees in group { #expect(agrees) }
        }
    }

    @Test func `65 bytes of chance never end the process`() {
        let seed: UInt64 = 65
        var dice = Dice(seed: seed)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = (0..<65).map { _ in UInt8.random(in: .min ... .max, using: &dice) }
            bytes[32] &= 0x7f
            if Bool.random(using: &dice) { bytes[64] = UInt8.random(in: 27...28, using: &dice) }
            guard let failure = code({ _ = try message.signer(of: Signature(bytes: bytes)) }) else { continue }
            refused += 1
            #expect(failure.hasPrefix("signature."), "seed \(seed)")
        }
        #expect((1..<2000).contains(refused))
    }

    @Test func `what is signed and recovered must be a hash of 32 bytes`() throws {
        let signature = try Signature(bytes: good)
        for count in [0, 31, 33] {
            let hash = [UInt8](repeating: 1, count: count)
            #expect(code { _ = try Secp256k1.sign(hash, with: key) } == "signature.bad_hash")
            #expect(code { _ = try Secp256k1.recover(signature, over: hash) } == "signature.bad_hash")
        }
    }
}

struct PrivateKeyTests {
    @Test func `the key 1 has the address everybody knows`() throws {
        let key = try PrivateKey(String(repeating: "0", count: 63) + "1")
        #expect(key.address.description == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
    }

    @Test(arguments: [
        "", "0x", "01", "0000000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "000000000000000000000000000000000000000000000000000000000000000001",
        "000000000000000000000000000000000000000000000000000000000000000g",
    ])
    func `what is no scalar of the curve is no key`(text: String) {
        #expect(code { _ = try PrivateKey(text) } == "key.invalid")
    }

    @Test func `the greatest key is one below the order`() throws {
        _ = try PrivateKey("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140")
    }

    @Test func `a key does not print its secret`() throws {
        let secret = String(repeating: "ab", count: 32)
        let key = try PrivateKey(secret)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("abab") && !text.contains("171"))
            #expect(text.contains(key.address.description))
        }
    }

    @Test func `new keys differ`() throws {
        #expect(try PrivateKey.new(in: .live).address != PrivateKey.new(in: .live).address)
    }
}
