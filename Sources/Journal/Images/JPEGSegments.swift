/// A JPEG file is a list of segments, each behind a marker, with the compressed pixels between some of them.
enum JPEGSegments {
    /// Without EXIF (and the place where the picture was taken), XMP, Photoshop's notes, comments, and the pictures that
    /// some cameras append. Which way up it is shown is the one thing that is kept of the EXIF data.
    ///
    /// - Returns: nil when the segments do not add up.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        var clean: [UInt8] = [0xff, 0xd8]
        var index = 2
        var hasPixels = false
        var orientation: UInt8?
        var orientationPlace = 2
        while index + 2 <= bytes.count {
            guard bytes[index] == 0xff else { return nil }
            let marker = bytes[index + 1]
            if marker == 0xff {
                index += 1
                continue
            }
            if marker == 0xd9 {
                guard hasPixels else { return nil }
                clean += [0xff, 0xd9]
                if let orientation { clean.insert(contentsOf: Self.segment(orientation), at: orientationPlace) }
                return clean
            }
            guard index + 4 <= bytes.count else { return nil }
            let length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
            let end = index + 2 + length
            guard marker >= 0xc0, !(0xd0...0xd8).contains(marker), length >= 2, end <= bytes.count else { return nil }
            let segment = bytes[index..<end]
            if let kept = kept(marker, segment) {
                clean += kept
                if marker == 0xe0 { orientationPlace = clean.count }
            } else if marker == 0xe1, let found = ExifOrientation.read(Array(segment.dropFirst(4))) {
                orientation = found
            }
            index = end
            guard marker == 0xda else { continue }
            hasPixels = true
            let next = pixelsEnd(bytes, from: index)
            clean += bytes[index..<next]
            index = next
        }
        return nil
    }

    /// Tables, frames and scans; of the application's segments those that say how to read the colours, without the small
    /// picture that may hang on the first.
    private static func kept(_ marker: UInt8, _ segment: ArraySlice<UInt8>) -> [UInt8]? {
        let data = Array(segment.dropFirst(4))
        switch marker {
        case 0xe0:
            guard data.starts(with: Array("JFIF\0".utf8)), data.count >= 14 else { return nil }
            return Self.segment(marker, data.prefix(12) + [0, 0])
        case 0xe2: return data.starts(with: Array("ICC_PROFILE\0".utf8)) ? Array(segment) : nil
        case 0xee: return data.starts(with: Array("Adobe".utf8)) ? Self.segment(marker, data.prefix(12)) : nil
        case 0xe1...0xef, 0xf0...0xfe: return nil
        default: return Array(segment)
        }
    }

    private static func segment(_ marker: UInt8, _ data: ArraySlice<UInt8>) -> [UInt8] {
        [0xff, marker, 0, UInt8(data.count + 2)] + data
    }

    /// The place of the next marker that is no part of the compressed pixels.
    private static func pixelsEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == 0xff, bytes[index + 1] != 0, bytes[index + 1] != 0xff,
                !(0xd0...0xd7).contains(bytes[index + 1])
            {
                return index
            }
            index += 1
        }
        return bytes.count
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
    private static let tag: UInt32 = 0x0112

    /// 2 ... 8; nil where it is the ordinary one, or cannot be read.
    static func read(_ bytes: [UInt8]) -> UInt8? {
        guard bytes.starts(with: Array("Exif\0\0".utf8)), bytes.count >= 14 else { return nil }
        let tiff = Array(bytes.dropFirst(6))
        let isLittle = tiff[0] == UInt8(ascii: "I")
        func number(_ index: Int, _ count: Int) -> UInt32? {
            guard index >= 0, index + count <= tiff.count else { return nil }
            let part = tiff[index..<index + count]
            return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard let directory = number(4, 4).map(Int.init), let count = number(directory, 2).map(Int.init) else {
            return nil
        }
        for entry in 0..<min(count, 256) {
            let place = directory + 2 + entry * 12
            guard let name = number(place, 2) else { return nil }
            guard name == tag else { continue }
            return number(place + 8, 2).flatMap { (2...8).contains($0) ? UInt8($0) : nil }
        }
        return nil
    }
}
