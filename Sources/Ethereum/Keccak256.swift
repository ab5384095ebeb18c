/// Keccak-256 as Ethereum uses it: the sponge of the original submission, with the padding byte 0x01.
///
/// SHA3-256 is the same permutation with the padding byte 0x06, so a library's SHA-3 cannot stand in for it.
package enum Keccak256 {
    /// The length of a hash, in bytes.
    package static let byteCount = 32

    /// The bytes absorbed between two permutations: 1600 bits less twice the 256 bits of security.
    private static let rate = 136

    package static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        var offset = 0
        for byte in bytes {
            absorb(byte, at: offset, into: &state)
            offset += 1
            if offset == rate {
                permute(&state)
                offset = 0
            }
        }
        absorb(0x01, at: offset, into: &state)
        absorb(0x80, at: rate - 1, into: &state)
        permute(&state)
        return (0..<byteCount).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> (8 * UInt64($0 % 8))) }
    }

    private static func absorb(_ byte: UInt8, at offset: Int, into state: inout [UInt64]) {
        state[offset / 8] ^= UInt64(byte) << (8 * UInt64(offset % 8))
    }

    private static func permute(_ state: inout [UInt64]) {
        var columns = [UInt64](repeating: 0, count: 5)
        for constant in roundConstants {
            // Theta: every bit takes in the parity of two neighbouring columns.
            for x in 0..<5 {
                columns[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
            }
            for x in 0..<5 {
                let parity = columns[(x + 4) % 5] ^ rotated(columns[(x + 1) % 5], by: 1)
                for y in stride(from: 0, to: 25, by: 5) { state[x + y] ^= parity }
            }
            // Rho and pi: the lanes are rotated and change places, along one cycle of 24.
            var moving = state[1]
            for step in 0..<24 {
                let place = laneOrder[step]
                let displaced = state[place]
                state[place] = rotated(moving, by: laneRotations[step])
                moving = displaced
            }
            // Chi: the only step that is not linear.
            for y in stride(from: 0, to: 25, by: 5) {
                for x in 0..<5 { columns[x] = state[y + x] }
                for x in 0..<5 { state[y + x] = columns[x] ^ (~columns[(x + 1) % 5] & columns[(x + 2) % 5]) }
            }
            // Iota: the rounds are made different from one another.
            state[0] ^= constant
        }
    }

    private static func rotated(_ lane: UInt64, by count: UInt64) -> UInt64 { lane << count | lane >> (64 - count) }

    private static let laneOrder = [
        10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
    ]

    private static let laneRotations: [UInt64] = [
        1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
    ]

    private static let roundConstants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
