import CZlib

/// Packs files into a ZIP, honestly or not.
package struct ZipWriter {
    private var files: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    package init() {}

    /// - Parameters:
    ///   - flags: 1 says that it is locked, 0x800 that the name is UTF-8.
    ///   - method: what is said of how it is packed; 8 packs it, others leave it as it is.
    ///   - sum: what is said of its CRC-32; nil for what it is.
    package mutating func add(
        _ name: String, _ bytes: [UInt8], flags: UInt16 = 0x800, method: UInt16 = 8, sum: UInt32? = nil
    ) {
        let packed = method == 8 ? Self.deflated(bytes) : bytes
        let crc = sum ?? bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
        let start = UInt32(files.count)
        let common =
            Self.two(20) + Self.two(flags) + Self.two(method) + Self.two(0) + Self.two(0x5d21) + Self.four(crc)
            + Self.four(UInt32(packed.count)) + Self.four(UInt32(bytes.count)) + Self.two(UInt16(name.utf8.count))
            + Self.two(0)
        files += [0x50, 0x4b, 3, 4] + common + Array(name.utf8) + packed
        directory += [0x50, 0x4b, 1, 2] + Self.two(20) + common
        directory += Self.two(0) + Self.two(0) + Self.two(0) + Self.four(0) + Self.four(start) + Array(name.utf8)
        count += 1
    }

    /// - Parameter saidCount: of its files, as its end has it.
    package func bytes(saidCount: UInt16? = nil) -> [UInt8] {
        let said = Self.two(saidCount ?? UInt16(count))
        return files + directory + [0x50, 0x4b, 5, 6] + Self.two(0) + Self.two(0) + said + said
            + Self.four(UInt32(directory.count)) + Self.four(UInt32(files.count)) + Self.two(0)
    }

    package static func two(_ number: UInt16) -> [UInt8] { (0..<2).map { UInt8(number >> (8 * $0) & 0xff) } }
    package static func four(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 0xff) } }
    package static func eight(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(number >> (8 * $0) & 0xff) } }

    package static func deflated(_ bytes: [UInt8]) -> [UInt8] { packed(bytes, windowBits: -15) }

    package static func gzipped(_ bytes: [UInt8]) -> [UInt8] { packed(bytes, windowBits: 31) }

    private static func packed(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var input = bytes
        var state = z_stream()
        deflateInit2_(
            &state, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&state) }
        let countMax = Int(deflateBound(&state, UInt(bytes.count)))
        return input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: countMax) { output, filled in
                state.next_in = input.baseAddress
                state.avail_in = UInt32(input.count)
                state.next_out = output.baseAddress
                state.avail_out = UInt32(countMax)
                deflate(&state, Z_FINISH)
                filled = countMax - Int(state.avail_out)
            }
        }
    }
}
