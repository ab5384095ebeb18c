/// A GIF file is a screen, its colours, and blocks: pictures and extensions, each in sub-blocks of up to 255 bytes.
enum GIFBlocks {
    private static let screenEnd = 13
    /// The applications whose blocks say how to show the picture: how often it loops, its colours.
    private static let keptApplications: Set<String> = ["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]

    /// Without comments, XMP and whatever stands behind the end. Nil when the blocks do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > screenEnd else { return nil }
        var index = screenEnd + colorTableCount(bytes[10])
        guard index < bytes.count else { return nil }
        var clean = Array(bytes.prefix(index))
        while index < bytes.count {
            switch bytes[index] {
            case 0x3b:
                clean.append(0x3b)
                return clean
            case 0x2c:
                guard index + 10 <= bytes.count else { return nil }
                // The colours of this picture, and one byte that begins its compressed pixels.
                let pixels = index + 10 + colorTableCount(bytes[index + 9]) + 1
                guard let end = subBlocksEnd(bytes, from: pixels) else { return nil }
                clean += bytes[index..<end]
                index = end
            case 0x21:
                guard index + 2 < bytes.count, let end = subBlocksEnd(bytes, from: index + 2) else { return nil }
                if isKept(bytes[index..<end]) { clean += bytes[index..<end] }
                index = end
            default: return nil
            }
        }
        return nil
    }

    /// Names the place of each picture's head, 10 bytes that are there, as far as the blocks add up.
    static func eachPicture(_ bytes: [UInt8], _ body: (Int) -> Void) {
        guard bytes.count > screenEnd else { return }
        var index = screenEnd + colorTableCount(bytes[10])
        while index + 10 <= bytes.count {
            let end: Int?
            switch bytes[index] {
            case 0x2c:
                body(index)
                end = subBlocksEnd(bytes, from: index + 10 + colorTableCount(bytes[index + 9]) + 1)
            case 0x21: end = subBlocksEnd(bytes, from: index + 2)
            default: return
            }
            guard let end else { return }
            index = end
        }
    }

    private static func colorTableCount(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }

    /// Where a list of sub-blocks is over; nil when it never is.
    private static func subBlocksEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            guard bytes[index] > 0 else { return index + 1 }
            index += 1 + Int(bytes[index])
        }
        return nil
    }

    private static func isKept(_ extensionBlock: ArraySlice<UInt8>) -> Bool {
        switch extensionBlock[extensionBlock.startIndex + 1] {
        case 0xf9, 0x01: true
        case 0xff:
            keptApplications.contains(String(decoding: extensionBlock.dropFirst(3).prefix(11), as: UTF8.self))
        default: false
        }
    }
}
