import Crypto
import CryptoExtras
import Foundation
import Primitives

/// scrypt (RFC 7914), as the wallets of others use it. Keys of ours are under `Argon2id`.
///
/// BoringSSL does the work. It refuses what the RFC forbids, n ≥ 2^(16 r), and that is what the standard's own example
/// of a wallet file has (n = 2^18, r = 1), and many old files after it. For those, and only those, the mixing is done
/// here.
enum Scrypt {
    /// What one computation costs: 128 · n · r bytes, and n · r · p steps.
    struct Cost: Hashable, Sendable {
        /// 512 MiB. Wallets ask for 256 MiB at most.
        static let memoryMax = 1 << 29
        /// Four times what the slowest setting of go-ethereum takes: some seconds.
        static let stepsMax = 1 << 23

        let n: Int
        let r: Int
        let p: Int

        /// Throws `web3_keystore.bad_cost`. The bounds are those of what a stranger may write into a file; nothing is
        /// computed before they hold.
        init(n: Int, r: Int, p: Int) throws(Failure) {
            // Above r = 16, swift-crypto 4 allows BoringSSL less memory than that needs.
            guard (2...1 << 22).contains(n), n & (n - 1) == 0, (1...16).contains(r), (1...256).contains(p),
                128 * n * r <= Self.memoryMax, n * r * p <= Self.stepsMax
            else { throw .web3KeystoreBadCost }
            self.n = n
            self.r = r
            self.p = p
        }

        /// Whether BoringSSL takes it.
        fileprivate var isOrdinary: Bool { r > 1 || n < 1 << 16 }
    }

    /// - Parameters:
    ///   - passphrase: not empty.
    ///   - salt: not empty.
    /// - Throws: `web3_keystore.failed` when there is no memory.
    static func hash(
        _ passphrase: [UInt8], salt: [UInt8], cost: Cost, byteCount: Int
    ) throws(Failure) -> [UInt8] {
        guard cost.isOrdinary else {
            return try hashByHand(passphrase, salt: salt, n: cost.n, p: cost.p, byteCount: byteCount)
        }
        let key = try? KDF.Scrypt.deriveKey(
            from: passphrase, salt: salt, outputByteCount: byteCount, rounds: cost.n, blockSize: cost.r,
            parallelism: cost.p)
        guard let key else { throw .web3KeystoreFailed }
        return key.withUnsafeBytes { Array($0) }
    }

    /// The same for r = 1, whatever n is.
    static func hashByHand(
        _ passphrase: [UInt8], salt: [UInt8], n: Int, p: Int, byteCount: Int
    ) throws(Failure) -> [UInt8] {
        var blocks = words(try stretch(passphrase, salt: salt, byteCount: 128 * p))
        // The scratch words lie behind the table.
        let wordCount = RowMix.wordCount * n + RowMix.scratchCount
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: wordCount)
        table.initialize(repeating: 0, count: wordCount)
        defer {
            table.update(repeating: 0, count: wordCount)
            table.deallocate()
        }
        blocks.withUnsafeMutableBufferPointer { blocks in
            guard let first = blocks.baseAddress else { return }
            for index in 0..<p { RowMix(block: first + RowMix.wordCount * index, table: table, n: n).run() }
        }
        return try stretch(passphrase, salt: bytes(blocks), byteCount: byteCount)
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { place in
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        }
    }

    private static func bytes(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    private static func stretch(_ passphrase: [UInt8], salt: [UInt8], byteCount: Int) throws(Failure) -> [UInt8] {
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: passphrase, salt: salt, using: .sha256, outputByteCount: byteCount, unsafeUncheckedRounds: 1)
        guard let key else { throw .web3KeystoreFailed }
        return key.withUnsafeBytes { Array($0) }
    }
}

/// scryptROMix for r = 1, on blocks of 32 words. By pointers: it is done some million times, also in a debug build.
private struct RowMix {
    static let wordCount = 32
    static let scratchCount = 16

    let block: UnsafeMutablePointer<UInt32>
    let table: UnsafeMutablePointer<UInt32>
    let n: Int

    /// Fills the table with what comes out on the way, then visits it in an order that only its contents tell, so that
    /// whoever does not keep it computes it again and again.
    func run() {
        var index = 0
        while index < n {
            (table + Self.wordCount * index).update(from: block, count: Self.wordCount)
            mix()
            index &+= 1
        }
        index = 0
        while index < n {
            combine(block, with: table + Self.wordCount * (Int(block[16]) & (n &- 1)), count: Self.wordCount)
            mix()
            index &+= 1
        }
    }

    /// scryptBlockMix.
    private func mix() {
        combine(block, with: block + 16, count: 16)
        salsa(block)
        combine(block + 16, with: block, count: 16)
        salsa(block + 16)
    }

    private func combine(_ words: UnsafeMutablePointer<UInt32>, with others: UnsafeMutablePointer<UInt32>, count: Int) {
        var index = 0
        while index < count {
            words[index] ^= others[index]
            index &+= 1
        }
    }

    /// Salsa20/8.
    private func salsa(_ words: UnsafeMutablePointer<UInt32>) {
        let scratch = table + Self.wordCount * n
        scratch.update(from: words, count: 16)
        var round = 0
        while round < 4 {
            quarter(scratch, 0, 4, 8, 12)
            quarter(scratch, 5, 9, 13, 1)
            quarter(scratch, 10, 14, 2, 6)
            quarter(scratch, 15, 3, 7, 11)
            quarter(scratch, 0, 1, 2, 3)
            quarter(scratch, 5, 6, 7, 4)
            quarter(scratch, 10, 11, 8, 9)
            quarter(scratch, 15, 12, 13, 14)
            round &+= 1
        }
        var index = 0
        while index < 16 {
            words[index] = words[index] &+ scratch[index]
            index &+= 1
        }
    }

    private func quarter(_ x: UnsafeMutablePointer<UInt32>, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        var sum = x[a] &+ x[d]
        x[b] ^= sum &<< 7 | sum &>> 25
        sum = x[b] &+ x[a]
        x[c] ^= sum &<< 9 | sum &>> 23
        sum = x[c] &+ x[b]
        x[d] ^= sum &<< 13 | sum &>> 19
        sum = x[d] &+ x[c]
        x[a] ^= sum &<< 18 | sum &>> 14
    }
}
