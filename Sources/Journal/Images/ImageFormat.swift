import Primitives

/// The kinds of pictures that a journal takes, told by their content: a file's name proves nothing.
package enum ImageFormat: String, Sendable, CaseIterable {
    case png, jpeg, webp, gif

    package var mediaType: String { "image/\(rawValue)" }

    /// For a file's name, without the dot.
    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// Of the first bytes of a file. Nil for anything else.
    package init?(sniffing bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if bytes.starts(with: Array("GIF87a".utf8)) || bytes.starts(with: Array("GIF89a".utf8)) {
            self = .gif
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            self = .webp
        } else {
            return nil
        }
    }
}

/// A picture fit to be kept and passed on: what told where, when and with which camera it was made is gone.
///
/// Only what is needed to show the picture is kept, by a list of what is known to be harmless; the pixels stay as they
/// are, bit for bit. So a picture cleaned twice is the same picture, and has the same name on every device.
package struct CleanImage: Sendable {
    package let format: ImageFormat
    package let bytes: [UInt8]

    package static let sizeMax = 5 << 20

    /// - Throws: `image.empty`, `image.too_large`, `image.unknown_format`, `image.damaged`.
    package init(_ bytes: [UInt8]) throws(Failure) {
        guard !bytes.isEmpty else {
            throw Failure(.invalid, "image.empty", "The file is empty: there is no picture in it.")
        }
        guard bytes.count <= Self.sizeMax else {
            throw .imageTooLarge(bytes.count)
        }
        guard let format = ImageFormat(sniffing: bytes) else {
            throw Failure(
                .invalid, "image.unknown_format",
                "The file is no PNG, JPEG, WebP or GIF, whatever its name says. Save it as one of these.")
        }
        let cleaned =
            switch format {
            case .png: PNGChunks.cleaned(bytes)
            case .jpeg: JPEGSegments.cleaned(bytes)
            case .webp: WebPChunks.cleaned(bytes)
            case .gif: GIFBlocks.cleaned(bytes)
            }
        guard let cleaned else {
            throw Failure(
                .invalid, "image.damaged",
                "The picture is damaged: its \(format.rawValue.uppercased()) parts do not add up. Save it again.")
        }
        self.format = format
        self.bytes = cleaned
    }
}

extension Failure {
    /// - Parameter count: how many bytes there are, as far as they were counted.
    package static func imageTooLarge(_ count: Int) -> Failure {
        Failure(
            .tooLarge, "image.too_large",
            "The picture has \(count) bytes or more; \(CleanImage.sizeMax) (5 MiB) are allowed. Make it smaller first.")
    }
}
