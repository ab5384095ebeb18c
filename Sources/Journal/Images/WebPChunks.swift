/// A WebP file is a RIFF container: four letters, length, data, padded to an even count.
enum WebPChunks {
    private static let headerCount = 12
    private static let kept: Set<String> = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ICCP"]
    private static let keptOfFrame: Set<String> = ["VP8 ", "VP8L", "ALPH"]
    /// Where, how large and for how long a frame of a moving picture is shown.
    private static let frameHeaderCount = 16
    /// In the first byte of `VP8X`: there is EXIF, there is XMP.
    private static let metadataFlags: UInt8 = 0x08 | 0x04

    /// Without EXIF, XMP and chunks that nobody needs to show the picture. Nil when the chunks do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= headerCount + 8 else { return nil }
        let size = Int(bytes.littleEndian32(at: 4))
        guard size >= 4, size + 8 <= bytes.count else { return nil }
        var clean = Array(bytes.prefix(headerCount))
        var index = headerCount
        var hasPicture = false
        while index + 8 <= size + 8 {
            let name = String(decoding: bytes[index..<index + 4], as: UTF8.self)
            let length = Int(bytes.littleEndian32(at: index + 4))
            let end = index + 8 + length
            guard end <= size + 8 else { return nil }
            if name == "ANMF" {
                guard let frame = cleanedFrame(bytes[index + 8..<end]) else { return nil }
                clean += frame
                hasPicture = true
            } else if kept.contains(name) {
                let start = clean.count
                clean += bytes[index..<end]
                if length % 2 == 1 { clean.append(0) }
                if name == "VP8X", length > 0 { clean[start + 8] &= ~metadataFlags }
                hasPicture = hasPicture || name == "VP8 " || name == "VP8L"
            }
            index = end + length % 2
        }
        guard hasPicture else { return nil }
        let newSize = UInt32(clean.count - 8)
        for place in 0..<4 { clean[4 + place] = UInt8(truncatingIfNeeded: newSize >> (8 * UInt32(place))) }
        return clean
    }

    /// A frame of a moving picture holds chunks of its own.
    private static func cleanedFrame(_ data: ArraySlice<UInt8>) -> [UInt8]? {
        guard data.count >= frameHeaderCount else { return nil }
        let bytes = Array(data)
        var clean = Array(bytes.prefix(frameHeaderCount))
        var index = frameHeaderCount
        while index + 8 <= bytes.count {
            let name = String(decoding: bytes[index..<index + 4], as: UTF8.self)
            let length = Int(bytes.littleEndian32(at: index + 4))
            let end = index + 8 + length
            guard end <= bytes.count else { return nil }
            if keptOfFrame.contains(name) { clean += bytes[index..<end] + (length % 2 == 1 ? [0] : []) }
            index = end + length % 2
        }
        let count = (0..<4).map { UInt8(truncatingIfNeeded: clean.count >> (8 * $0)) }
        return Array("ANMF".utf8) + count + clean
    }
}
