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
        var cursor = ByteCursor(bytes)
        guard let signature = cursor.take(signatureCount) else { return nil }
        var clean = Array(signature)
        var isFirst = true
        while true {
            let start = cursor
            guard let (name, _) = chunk(&cursor), !isFirst || name == "IHDR" else { return nil }
            isFirst = false
            if kept.contains(name) { clean += cursor.taken(since: start) }
            if name == "IEND" { return clean }
        }
    }

    static func size(_ bytes: [UInt8]) -> PictureSize? {
        var cursor = ByteCursor(bytes)
        guard cursor.skip(signatureCount), let (name, head) = chunk(&cursor), name == "IHDR" else { return nil }
        var sides = ByteCursor(head)
        guard let width = sides.bigEndian(4), let height = sides.bigEndian(4) else { return nil }
        var frames = 1
        // It stands before the pixels, or it means nothing.
        while let (name, data) = chunk(&cursor), name != "IDAT" {
            guard name == "acTL" else { continue }
            var animation = ByteCursor(data)
            frames = animation.bigEndian(4) ?? frames
        }
        return PictureSize(width, height, frames: frames)
    }

    private static func chunk(_ cursor: inout ByteCursor) -> (name: String, data: ArraySlice<UInt8>)? {
        guard let length = cursor.bigEndian(4), let name = cursor.name(), let data = cursor.take(length), cursor.skip(4)
        else { return nil }
        return (name, data)
    }
}
