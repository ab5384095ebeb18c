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
