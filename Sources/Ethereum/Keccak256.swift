/// Keccak-256 as Ethereum uses it: the sponge of the original submission, with the padding byte 0x01.
///
/// SHA3-256 is the same permutation with the padding byte 0x06, so a library's SHA-3 cannot stand in for it.
package enum Keccak256 {
    /// The length of a hash, in bytes.
    package static let byteCount = 32

    /// The bytes absorbed between two permutations: 1600 bits less twice the 256 bits of security.
    private static let rate = 136
    private static let laneCount = 25

    package static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.withContiguousStorageIfAvailable { hash(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: laneCount) { state in
            state.initialize(repeating: 0)
            var start = 0
            while bytes.count - start >= rate {
                for lane in 0..<(rate / 8) {
                    state[lane] ^= UInt64(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * lane, as: UInt64.self))
                }
                permute(state)
                start += rate
            }
            for index in start..<bytes.count { absorb(bytes[index], at: index - start, into: state) }
            absorb(0x01, at: bytes.count - start, into: state)
            absorb(0x80, at: rate - 1, into: state)
            permute(state)
            return (0..<byteCount).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> (8 * UInt64($0 % 8))) }
        }
    }

    private static func absorb(_ byte: UInt8, at offset: Int, into state: UnsafeMutableBufferPointer<UInt64>) {
        state[offset / 8] ^= UInt64(byte) << (8 * UInt64(offset % 8))
    }

    /// Written out lane by lane: with loops and tables, hashing took a sixth of the time of a sign-in.
    private static func permute(_ state: UnsafeMutableBufferPointer<UInt64>) {
        for constant in roundConstants {
            // Theta: every bit takes in the parity of two neighbouring columns.
            let c0 = state[0] ^ state[5] ^ state[10] ^ state[15] ^ state[20]
            let c1 = state[1] ^ state[6] ^ state[11] ^ state[16] ^ state[21]
            let c2 = state[2] ^ state[7] ^ state[12] ^ state[17] ^ state[22]
            let c3 = state[3] ^ state[8] ^ state[13] ^ state[18] ^ state[23]
            let c4 = state[4] ^ state[9] ^ state[14] ^ state[19] ^ state[24]
            let d0 = c4 ^ rotated(c1, by: 1)
            let d1 = c0 ^ rotated(c2, by: 1)
            let d2 = c1 ^ rotated(c3, by: 1)
            let d3 = c2 ^ rotated(c4, by: 1)
            let d4 = c3 ^ rotated(c0, by: 1)
            // Rho and pi: the lanes are rotated and change places. Chi, the only step that is not linear, row by row;
            // and iota, which makes the rounds different from one another.
            let b0 = state[0] ^ d0
            let b1 = rotated(state[6] ^ d1, by: 44)
            let b2 = rotated(state[12] ^ d2, by: 43)
            let b3 = rotated(state[18] ^ d3, by: 21)
            let b4 = rotated(state[24] ^ d4, by: 14)
            let b5 = rotated(state[3] ^ d3, by: 28)
            let b6 = rotated(state[9] ^ d4, by: 20)
            let b7 = rotated(state[10] ^ d0, by: 3)
            let b8 = rotated(state[16] ^ d1, by: 45)
            let b9 = rotated(state[22] ^ d2, by: 61)
            let b10 = rotated(state[1] ^ d1, by: 1)
            let b11 = rotated(state[7] ^ d2, by: 6)
            let b12 = rotated(state[13] ^ d3, by: 25)
            let b13 = rotated(state[19] ^ d4, by: 8)
            let b14 = rotated(state[20] ^ d0, by: 18)
            let b15 = rotated(state[4] ^ d4, by: 27)
            let b16 = rotated(state[5] ^ d0, by: 36)
            let b17 = rotated(state[11] ^ d1, by: 10)
            let b18 = rotated(state[17] ^ d2, by: 15)
            let b19 = rotated(state[23] ^ d3, by: 56)
            let b20 = rotated(state[2] ^ d2, by: 62)
            let b21 = rotated(state[8] ^ d3, by: 55)
            let b22 = rotated(state[14] ^ d4, by: 39)
            let b23 = rotated(state[15] ^ d0, by: 41)
            let b24 = rotated(state[21] ^ d1, by: 2)
            mix(b0, b1, b2, b3, b4, into: state, at: 0)
            mix(b5, b6, b7, b8, b9, into: state, at: 5)
            mix(b10, b11, b12, b13, b14, into: state, at: 10)
            mix(b15, b16, b17, b18, b19, into: state, at: 15)
            mix(b20, b21, b22, b23, b24, into: state, at: 20)
            state[0] ^= constant
        }
    }

    @inline(__always) private static func mix(
        _ b0: UInt64, _ b1: UInt64, _ b2: UInt64, _ b3: UInt64, _ b4: UInt64,
        into state: UnsafeMutableBufferPointer<UInt64>, at row: Int
    ) {
        state[row] = b0 ^ (~b1 & b2)
        state[row + 1] = b1 ^ (~b2 & b3)
        state[row + 2] = b2 ^ (~b3 & b4)
        state[row + 3] = b3 ^ (~b4 & b0)
        state[row + 4] = b4 ^ (~b0 & b1)
    }

    @inline(__always) private static func rotated(_ lane: UInt64, by count: UInt64) -> UInt64 {
        lane &<< count | lane &>> (64 - count)
    }

    private static let roundConstants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
