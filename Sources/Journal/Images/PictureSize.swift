import Primitives

/// How large a picture is when it is shown, as the head of its file says: enough to refuse one whose pixels would fill
/// the memory, before anything decodes them.
package struct PictureSize: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// More than one in a picture that moves.
    package let frameCount: Int

    /// A camera has 24 to 50 million; a screen of 8K has 33.
    package static let pixelsMax = 50_000_000
    package static let framesMax = 1000
    /// Of all frames together.
    package static let allPixelsMax = 1_000_000_000

    init?(_ width: Int, _ height: Int, frames: Int = 1) {
        guard width > 0, height > 0, frames > 0 else { return nil }
        (self.width, self.height, frameCount) = (width, height, frames)
    }

    /// - Parameter bytes: of a whole picture, or of its beginning; then frames may be missed.
    /// - Returns: nil where no size can be found.
    package init?(_ format: ImageFormat, _ bytes: [UInt8]) {
        let size =
            switch format {
            case .png: PNGChunks.size(bytes)
            case .jpeg: JPEGSegments.size(bytes)
            case .webp: WebPChunks.size(bytes)
            case .gif: GIFBlocks.size(bytes)
            }
        guard let size else { return nil }
        self = size
    }

    /// - Throws: `image.too_many_pixels`.
    package func check() throws(Failure) {
        // Each side has at most 32 bits, so no product overflows before it is compared.
        guard width <= Self.pixelsMax, height <= Self.pixelsMax, width * height <= Self.pixelsMax,
            frameCount <= Self.framesMax, width * height * frameCount <= Self.allPixelsMax
        else {
            throw Failure(
                .invalid, "image.too_many_pixels",
                "The picture has \(width) × \(height) pixels in \(frameCount) frames; \(Self.pixelsMax) pixels, "
                    + "\(Self.framesMax) frames and \(Self.allPixelsMax) pixels in all of them are allowed. Make it "
                    + "smaller first.")
        }
    }
}

extension CleanImage {
    /// - Throws: `image.damaged` when its head does not say it; `image.too_many_pixels`.
    package func size() throws(Failure) -> PictureSize {
        guard let size = PictureSize(format, bytes) else {
            throw Failure(
                .invalid, "image.damaged", "The picture is damaged: it does not say how large it is. Save it again.")
        }
        try size.check()
        return size
    }
}

extension PNGChunks {
    fileprivate static func size(_ bytes: [UInt8]) -> PictureSize? {
        guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        let animation = Array("acTL".utf8)
        var (frames, index) = (1, 33)
        // It stands before the pixels, or it means nothing.
        while index + 12 <= bytes.count, !bytes[index + 4..<index + 8].elementsEqual("IDAT".utf8) {
            if bytes[index + 4..<index + 8].elementsEqual(animation) {
                frames = Int(bytes.bigEndian32(at: index + 8))
            }
            index += 12 + Int(bytes.bigEndian32(at: index))
        }
        return PictureSize(Int(bytes.bigEndian32(at: 16)), Int(bytes.bigEndian32(at: 20)), frames: frames)
    }
}

extension GIFBlocks {
    /// The screen, or the frame that reaches farthest out of it.
    fileprivate static func size(_ bytes: [UInt8]) -> PictureSize? {
        guard bytes.count >= 10 else { return nil }
        var (width, height, frames) = (bytes.littleEndian16(at: 6), bytes.littleEndian16(at: 8), 0)
        eachPicture(bytes) { place in
            width = max(width, bytes.littleEndian16(at: place + 1) + bytes.littleEndian16(at: place + 5))
            height = max(height, bytes.littleEndian16(at: place + 3) + bytes.littleEndian16(at: place + 7))
            frames += 1
        }
        return PictureSize(width, height, frames: max(1, frames))
    }
}

extension WebPChunks {
    /// The canvas, or the picture in it when that is larger.
    fileprivate static func size(_ bytes: [UInt8]) -> PictureSize? {
        var (width, height, frames, index) = (0, 0, 0, 12)
        func note(_ found: (width: Int, height: Int)?) {
            guard let found else { return }
            (width, height) = (max(width, found.width), max(height, found.height))
        }
        while index + 8 <= bytes.count {
            let name = String(decoding: bytes[index..<index + 4], as: UTF8.self)
            let length = Int(bytes.littleEndian32(at: index + 4))
            let data = Array(bytes[(index + 8)...].prefix(min(length, 64)))
            if name == "ANMF" {
                frames += 1
                if data.count > 24 {
                    let inner = String(decoding: data[16..<20], as: UTF8.self)
                    note(pictureSize(inner, Array(data.dropFirst(24))))
                }
            } else {
                note(pictureSize(name, data))
            }
            index += 8 + length + length % 2
        }
        return PictureSize(width, height, frames: max(1, frames))
    }

    private static func pictureSize(_ name: String, _ data: [UInt8]) -> (width: Int, height: Int)? {
        switch name {
        case "VP8X" where data.count >= 10:
            (data.littleEndian24(at: 4) + 1, data.littleEndian24(at: 7) + 1)
        case "VP8 " where data.count >= 10:
            (data.littleEndian16(at: 6) & 0x3fff, data.littleEndian16(at: 8) & 0x3fff)
        case "VP8L" where data.count >= 5:
            (
                Int(data.littleEndian32(at: 1) & 0x3fff) + 1, Int(data.littleEndian32(at: 1) >> 14 & 0x3fff) + 1
            )
        default: nil
        }
    }
}

extension JPEGSegments {
    /// As it is shown: a picture that lies on its side has its width for its height.
    fileprivate static func size(_ bytes: [UInt8]) -> PictureSize? {
        var index = 2
        var isOnItsSide = false
        while index + 9 <= bytes.count, bytes[index] == 0xff {
            let marker = bytes[index + 1]
            if marker == 0xff {
                index += 1
                continue
            }
            // The length counts itself.
            let length = bytes.bigEndian16(at: index + 2)
            guard length >= 2 else { return nil }
            let end = index + 2 + length
            switch marker {
            case 0xe1 where end <= bytes.count:
                if let orientation = ExifOrientation.read(Array(bytes[index + 4..<end])) {
                    isOnItsSide = orientation >= 5
                }
            case 0xc0...0xcf where ![0xc4, 0xc8, 0xcc].contains(marker):
                let (height, width) = (bytes.bigEndian16(at: index + 5), bytes.bigEndian16(at: index + 7))
                return isOnItsSide ? PictureSize(height, width) : PictureSize(width, height)
            case 0xda: return nil
            default: break
            }
            index = end
        }
        return nil
    }
}

extension [UInt8] {
    fileprivate func bigEndian16(at index: Int) -> Int { Int(self[index]) << 8 | Int(self[index + 1]) }
    fileprivate func littleEndian16(at index: Int) -> Int { Int(self[index]) | Int(self[index + 1]) << 8 }
    fileprivate func littleEndian24(at index: Int) -> Int {
        littleEndian16(at: index) | Int(self[index + 2]) << 16
    }
}
