import CArgon2
import Primitives

/// Argon2id, version 0x13 (RFC 9106): makes every guess at a passphrase cost memory and time.
package enum Argon2id {
    /// What one computation costs. The bounds are those of what may be read from a file: 512 MiB and 16 passes take
    /// seconds, and nothing a stranger writes there takes more.
    package struct Cost: Hashable, Sendable {
        /// The second choice of RFC 9106, for machines without 2 GiB to spare: 64 MiB, 3 passes.
        package static let standard = Cost(memory: 65_536, passes: 3, lanes: 1)

        package let memoryKiB: Int
        package let passes: Int
        package let lanes: Int

        private init(memory: Int, passes: Int, lanes: Int) {
            memoryKiB = memory
            self.passes = passes
            self.lanes = lanes
        }

        /// Throws `argon2.bad_cost` outside 8...524,288 KiB (and 8 KiB for each lane), 1...16 passes, 1...8 lanes.
        package init(memoryKiB: Int, passes: Int, lanes: Int) throws(Failure) {
            guard (1...8).contains(lanes), (8 * lanes...524_288).contains(memoryKiB), (1...16).contains(passes) else {
                throw .argon2BadCost
            }
            self.init(memory: memoryKiB, passes: passes, lanes: lanes)
        }
    }

    /// At least 8 bytes, by RFC 9106; 16 are usual.
    package static let saltByteCount = 8...64

    /// That many bytes from a passphrase. Throws `argon2.bad_salt`, or `argon2.failed` when there is no memory.
    package static func hash(
        _ passphrase: [UInt8], salt: [UInt8], cost: Cost, byteCount: Int = 32
    ) throws(Failure) -> [UInt8] {
        guard saltByteCount.contains(salt.count) else { throw .argon2BadSalt }
        guard (4...1024).contains(byteCount) else { throw .argon2Failed }
        var hash = [UInt8](repeating: 0, count: byteCount)
        let result = argon2id_hash_raw(
            UInt32(cost.passes), UInt32(cost.memoryKiB), UInt32(cost.lanes),
            passphrase, passphrase.count, salt, salt.count, &hash, hash.count)
        guard result == ARGON2_OK.rawValue else { throw .argon2Failed }
        return hash
    }
}

extension Failure {
    package static let argon2BadCost = Failure(
        .invalid, "argon2.bad_cost", "Argon2id may take 8 to 524288 KiB, 1 to 16 passes and 1 to 8 lanes.")
    package static let argon2BadSalt = Failure(.invalid, "argon2.bad_salt", "A salt has 8 to 64 bytes.")
    package static let argon2Failed = Failure(
        .unavailable, "argon2.failed", "The passphrase could not be processed: free some memory and try again.",
        retryAfterSeconds: 1)
}
