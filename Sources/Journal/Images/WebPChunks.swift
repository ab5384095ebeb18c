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
        var file = ByteCursor(bytes)
        guard file.skip(4), let size = file.littleEndian(4), let content = file.take(size) else { return nil }
        var cursor = ByteCursor(content)
        guard let letters = cursor.take(4) else { return nil }
        var chunks = Array(letters)
        var hasPicture = false
        while cursor.count >= 8 {
            guard let (name, data) = chunk(&cursor) else { return nil }
            if name == "ANMF" {
                guard let frame = cleanedFrame(data) else { return nil }
                chunks += chunk("ANMF", frame[...])
                hasPicture = true
            } else if name == "VP8X" {
                var head = Array(data)
                if !head.isEmpty { head[0] &= ~metadataFlags }
                chunks += chunk(name, head[...])
            } else if kept.contains(name) {
                chunks += chunk(name, data)
                hasPicture = hasPicture || name == "VP8 " || name == "VP8L"
            }
        }
        guard hasPicture else { return nil }
        return Array("RIFF".utf8) + littleEndian32(chunks.count) + chunks
    }

    /// The canvas, or the picture in it when that is larger.
    static func size(_ bytes: [UInt8]) -> PictureSize? {
        var (width, height, frames) = (0, 0, 0)
        func note(_ found: (width: Int, height: Int)?) {
            guard let found else { return }
            (width, height) = (max(width, found.width), max(height, found.height))
        }
        var cursor = ByteCursor(bytes)
        guard cursor.skip(headerCount) else { return nil }
        while let name = cursor.name(), let length = cursor.littleEndian(4) {
            // Of the beginning of a file, as much as is there.
            let data = cursor.rest.prefix(length)
            if name == "ANMF" {
                frames += 1
                var frame = ByteCursor(data)
                if frame.skip(frameHeaderCount), let inner = frame.name(), frame.skip(4) {
                    note(pictureSize(inner, frame))
                }
            } else {
                note(pictureSize(name, ByteCursor(data)))
            }
            guard cursor.skip(length), cursor.isAtEnd || cursor.skip(length % 2) else { break }
        }
        return PictureSize(width, height, frames: max(1, frames))
    }

    // MARK: Parts

    private static func pictureSize(_ name: String, _ data: ByteCursor) -> (width: Int, height: Int)? {
        var cursor = data
        switch name {
        case "VP8X":
            guard cursor.skip(4), let width = cursor.littleEndian(3), let height = cursor.littleEndian(3) else {
                return nil
            }
            return (width + 1, height + 1)
        case "VP8 ":
            guard cursor.skip(6), let width = cursor.littleEndian(2), let height = cursor.littleEndian(2) else {
                return nil
            }
            return (width & 0x3fff, height & 0x3fff)
        case "VP8L":
            guard cursor.skip(1), let sides = cursor.littleEndian(4) else { return nil }
            return (sides & 0x3fff + 1, sides >> 14 & 0x3fff + 1)
        default: return nil
        }
    }

    /// A whole chunk, with the byte that pads it; the last of a file may lack that.
    private static func chunk(_ cursor: inout ByteCursor) -> (name: String, data: ArraySlice<UInt8>)? {
        guard let name = cursor.name(), let length = cursor.littleEndian(4), let data = cursor.take(length),
            cursor.isAtEnd || cursor.skip(length % 2)
        else { return nil }
        return (name, data)
    }

    private static func chunk(_ name: String, _ data: ArraySlice<UInt8>) -> [UInt8] {
        Array(name.utf8) + littleEndian32(data.count) + data + (data.count % 2 == 1 ? [0] : [])
    }

    private static func littleEndian32(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    /// A frame of a moving picture holds chunks of its own.
    private static func cleanedFrame(_ data: ArraySlice<UInt8>) -> [UInt8]? {
        var cursor = ByteCursor(data)
        guard let head = cursor.take(frameHeaderCount) else { return nil }
        var clean = Array(head)
        while cursor.count >= 8 {
            guard let (name, data) = chunk(&cursor) else { return nil }
            if keptOfFrame.contains(name) { clean += chunk(name, data) }
        }
        return clean
    }
}
