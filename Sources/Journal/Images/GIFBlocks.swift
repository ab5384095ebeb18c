/// A GIF file is a screen, its colours, and blocks: pictures and extensions, each in sub-blocks of up to 255 bytes.
enum GIFBlocks {
    /// The applications whose blocks say how to show the picture: how often it loops, its colours.
    private static let keptApplications: Set<String> = ["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]

    /// Without comments, XMP and whatever stands behind the end. Nil when the blocks do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        var cursor = ByteCursor(bytes)
        guard screen(&cursor) != nil else { return nil }
        var clean = Array(cursor.taken(since: ByteCursor(bytes)))
        while true {
            let start = cursor
            switch cursor.byte() {
            case 0x3b:
                clean.append(0x3b)
                return clean
            case 0x2c:
                guard picture(&cursor) != nil, skipSubBlocks(&cursor) else { return nil }
                clean += cursor.taken(since: start)
            case 0x21:
                guard let label = cursor.byte() else { return nil }
                var content = cursor
                guard skipSubBlocks(&cursor) else { return nil }
                if isKept(label, &content) { clean += cursor.taken(since: start) }
            default: return nil
            }
        }
    }

    /// The size of the screen, or of the frame that reaches farthest out of it, and how many frames there are, as far as
    /// the blocks add up.
    static func size(_ bytes: [UInt8]) -> PictureSize? {
        var cursor = ByteCursor(bytes)
        guard var (width, height) = sides(cursor) else { return nil }
        var frames = 0
        guard screen(&cursor) != nil else { return PictureSize(width, height) }
        blocks: while let kind = cursor.byte() {
            switch kind {
            case 0x2c:
                guard let frame = frame(cursor) else { break blocks }
                (width, height, frames) = (max(width, frame.width), max(height, frame.height), frames + 1)
                guard picture(&cursor) != nil, skipSubBlocks(&cursor) else { break blocks }
            case 0x21: guard cursor.skip(1), skipSubBlocks(&cursor) else { break blocks }
            default: break blocks
            }
        }
        return PictureSize(width, height, frames: max(1, frames))
    }

    // MARK: Parts

    private static func sides(_ file: ByteCursor) -> (width: Int, height: Int)? {
        var cursor = file
        guard cursor.skip(6), let width = cursor.littleEndian(2), let height = cursor.littleEndian(2) else {
            return nil
        }
        return (width, height)
    }

    /// How far a frame reaches, behind the byte that begins it.
    private static func frame(_ head: ByteCursor) -> (width: Int, height: Int)? {
        var cursor = head
        guard let left = cursor.littleEndian(2), let top = cursor.littleEndian(2), let width = cursor.littleEndian(2),
            let height = cursor.littleEndian(2), cursor.byte() != nil
        else { return nil }
        return (left + width, top + height)
    }

    /// Takes the head of the file and its colours.
    private static func screen(_ cursor: inout ByteCursor) -> Void? {
        // Six letters, two sides, the flags, the background and the shape of a pixel.
        guard cursor.skip(10), let flags = cursor.byte(), cursor.skip(2), cursor.skip(colorBytes(flags)) else {
            return nil
        }
        return ()
    }

    /// Takes the head of a picture, behind the byte that begins it, its colours, and the byte that begins its pixels.
    private static func picture(_ cursor: inout ByteCursor) -> Void? {
        guard cursor.skip(8), let flags = cursor.byte(), cursor.skip(colorBytes(flags) + 1) else { return nil }
        return ()
    }

    private static func colorBytes(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }

    /// Takes a list of sub-blocks.
    ///
    /// - Returns: false when it has no end.
    private static func skipSubBlocks(_ cursor: inout ByteCursor) -> Bool {
        while let count = cursor.byte() {
            guard count > 0 else { return true }
            guard cursor.skip(Int(count)) else { return false }
        }
        return false
    }

    private static func isKept(_ label: UInt8, _ content: inout ByteCursor) -> Bool {
        switch label {
        case 0xf9, 0x01: true
        case 0xff: content.skip(1) && keptApplications.contains(content.name(11) ?? "")
        default: false
        }
    }
}
