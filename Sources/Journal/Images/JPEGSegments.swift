/// A JPEG file is a list of segments, each behind a marker, with the compressed pixels between some of them.
enum JPEGSegments {
    /// Without EXIF (and the place where the picture was taken), XMP, Photoshop's notes, comments, and the pictures that
    /// some cameras append. Which way up it is shown is the one thing that is kept of the EXIF data.
    ///
    /// - Returns: nil when the segments do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        var cursor = ByteCursor(bytes)
        guard cursor.skip(2) else { return nil }
        var clean: [UInt8] = [0xff, 0xd8]
        var hasPixels = false
        var orientation: UInt8?
        var orientationPlace = clean.count
        while let marker = marker(&cursor) {
            if marker == 0xd9 {
                guard hasPixels else { return nil }
                clean += [0xff, 0xd9]
                if let orientation { clean.insert(contentsOf: Self.segment(orientation), at: orientationPlace) }
                return clean
            }
            guard marker >= 0xc0, !(0xd0...0xd8).contains(marker), let length = length(&cursor),
                let data = cursor.take(length)
            else { return nil }
            if let kept = kept(marker, data) {
                clean += kept
                if marker == 0xe0 { orientationPlace = clean.count }
            } else if marker == 0xe1, let found = ExifOrientation.read(data) {
                orientation = found
            }
            guard marker == 0xda else { continue }
            hasPixels = true
            clean += cursor.take { $0 == 0xff && $1 != 0 && $1 != 0xff && !(0xd0...0xd7).contains($1) }
        }
        return nil
    }

    /// As it is shown: a picture that lies on its side has its width for its height.
    static func size(_ bytes: [UInt8]) -> PictureSize? {
        var cursor = ByteCursor(bytes)
        guard cursor.skip(2) else { return nil }
        var isOnItsSide = false
        while let marker = marker(&cursor), let length = length(&cursor) {
            switch marker {
            case 0xc0...0xcf where ![0xc4, 0xc8, 0xcc].contains(marker):
                // How deep the colours are, and the sides.
                guard cursor.skip(1), let height = cursor.bigEndian(2), let width = cursor.bigEndian(2) else {
                    return nil
                }
                return isOnItsSide ? PictureSize(height, width) : PictureSize(width, height)
            case 0xda: return nil
            default: break
            }
            guard let data = cursor.take(length) else { return nil }
            if marker == 0xe1, let orientation = ExifOrientation.read(data) { isOnItsSide = orientation >= 5 }
        }
        return nil
    }

    // MARK: Parts

    /// The next marker. It may be filled up before.
    private static func marker(_ cursor: inout ByteCursor) -> UInt8? {
        guard cursor.byte() == 0xff else { return nil }
        while let byte = cursor.byte() { if byte != 0xff { return byte } }
        return nil
    }

    /// How many bytes of data follow; the length in the file counts itself.
    private static func length(_ cursor: inout ByteCursor) -> Int? {
        guard let length = cursor.bigEndian(2), length >= 2 else { return nil }
        return length - 2
    }

    /// Tables, frames and scans; of the application's segments those that say how to read the colours, without the small
    /// picture that may hang on the first.
    private static func kept(_ marker: UInt8, _ data: ArraySlice<UInt8>) -> [UInt8]? {
        switch marker {
        case 0xe0:
            guard data.starts(with: Array("JFIF\0".utf8)), data.count >= 14 else { return nil }
            return segment(marker, data.prefix(12) + [0, 0])
        case 0xe2: return data.starts(with: Array("ICC_PROFILE\0".utf8)) ? segment(marker, data) : nil
        case 0xee: return data.starts(with: Array("Adobe".utf8)) ? segment(marker, data.prefix(12)) : nil
        case 0xe1...0xef, 0xf0...0xfe: return nil
        default: return segment(marker, data)
        }
    }

    /// - Parameter data: that of a segment, or less.
    private static func segment(_ marker: UInt8, _ data: ArraySlice<UInt8>) -> [UInt8] {
        let length = data.count + 2
        return [0xff, marker, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] + data
    }

    /// An EXIF segment that says nothing but the orientation.
    private static func segment(_ orientation: UInt8) -> [UInt8] {
        let data: [UInt8] =
            Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
            + [0, 0, 0, 0]
        return segment(0xe1, data[...])
    }
}

/// Which way up a camera was held, from EXIF data.
enum ExifOrientation {
    private static let tag = 0x0112
    private static let entriesMax = 256

    /// 2 ... 8; nil where it is the ordinary one, or cannot be read.
    static func read(_ data: ArraySlice<UInt8>) -> UInt8? {
        var cursor = ByteCursor(data)
        guard let name = cursor.take(6), name.elementsEqual("Exif\0\0".utf8) else { return nil }
        // Places count from here.
        let start = cursor
        let isLittle = cursor.byte() == UInt8(ascii: "I")
        func number(_ place: Int, _ count: Int) -> Int? {
            var cursor = start
            guard cursor.skip(place) else { return nil }
            return isLittle ? cursor.littleEndian(count) : cursor.bigEndian(count)
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for entry in 0..<min(count, entriesMax) {
            // At most 2³² and a few thousand.
            let place = directory + 2 + entry * 12
            guard let name = number(place, 2) else { return nil }
            guard name == tag else { continue }
            return number(place + 8, 2).flatMap { (2...8).contains($0) ? UInt8($0) : nil }
        }
        return nil
    }
}
