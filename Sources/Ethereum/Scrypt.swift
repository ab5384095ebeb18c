import CSodium
import Primitives

/// scrypt (RFC 7914), as the wallets of others use it. Keys of ours are under `Argon2id`.
///
/// libsodium does the work. BoringSSL and OpenSSL refuse what the RFC forbids, n ≥ 2^(16 r), and that is what the
/// standard's own example of a wallet file has (n = 2^18, r = 1), and many old files after it.
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
            guard (2...1 << 22).contains(n), n & (n - 1) == 0, (1...16).contains(r), (1...256).contains(p),
                128 * n * r <= Self.memoryMax, n * r * p <= Self.stepsMax
            else { throw .web3KeystoreBadCost }
            self.n = n
            self.r = r
            self.p = p
        }
    }

    /// - Throws: `web3_keystore.failed` when there is no memory.
    static func hash(
        _ passphrase: [UInt8], salt: [UInt8], cost: Cost, byteCount: Int
    ) throws(Failure) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: byteCount)
        let (n, r, p) = (UInt64(cost.n), UInt32(cost.r), UInt32(cost.p))
        guard sodium_init() >= 0,
            crypto_pwhash_scryptsalsa208sha256_ll(
                passphrase, passphrase.count, salt, salt.count, n, r, p, &key, byteCount) == 0
        else { throw .web3KeystoreFailed }
        return key
    }
}
