/// A PNG file is a list of chunks: length, four letters, data, checksum.
enum PNGChunks {
    private static let signatureCount = 8
    /// Pixels, colour, size in the world, and animation: what a viewer needs.
    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST", "pHYs", "sPLT",
        "cICP", "mDCV", "cLLI", "acTL",
        "fcTL", "fdAT",
    ]

    /// Without texts, times, EXIF and whatever stands behind the end. Nil when the chunks do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        var clean = Array(bytes.prefix(signatureCount))
        var index = signatureCount
        var isFirst = true
        while index + 12 <= bytes.count {
            let length = Int(bytes.bigEndian32(at: index))
            let end = index + 12 + length
            guard end <= bytes.count else { return nil }
            let name = String(decoding: bytes[index + 4..<index + 8], as: UTF8.self)
            guard !isFirst || name == "IHDR" else { return nil }
            isFirst = false
            if kept.contains(name) { clean += bytes[index..<end] }
            if name == "IEND" { return clean }
            index = end
        }
        return nil
    }
}

extension [UInt8] {
    /// The four bytes from `index` on, which must be there.
    func bigEndian32(at index: Int) -> UInt32 {
        self[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The four bytes from `index` on, which must be there.
    func littleEndian32(at index: Int) -> UInt32 {
        self[index..<index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
