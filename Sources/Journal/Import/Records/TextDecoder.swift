/// Makes UTF-8 of a file's bytes, piece by piece, where they are something else.
///
/// UTF-16 is told by its mark, or by its zeros. Bytes that are no UTF-8, in a file that has no other letters beyond ASCII,
/// are windows-1252, which spreadsheets on Windows write.
final class TextDecoder {
    enum Encoding { case utf8, utf16LittleEndian, utf16BigEndian, windows1252 }

    let encoding: Encoding
    private let nextChunk: () throws -> [UInt8]?
    private var first: [UInt8]?
    /// A byte that waits for its other half, or a unit that waits for its other one.
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var isAtStart = true
    /// How many bytes were taken from the source.
    private(set) var bytesTaken: Int64 = 0

    /// - Parameter head: what was read already, from which `nextChunk` goes on.
    init(head: [UInt8], encoding: Encoding, nextChunk: @escaping () throws -> [UInt8]?) {
        first = head
        self.encoding = encoding
        self.nextChunk = nextChunk
    }

    static func encoding(of head: [UInt8]) -> Encoding {
        if head.starts(with: [0xff, 0xfe]) { return .utf16LittleEndian }
        if head.starts(with: [0xfe, 0xff]) { return .utf16BigEndian }
        // Archives are told by their first bytes.
        if head.starts(with: [0x1f, 0x8b]) || head.starts(with: [0x50, 0x4b]) { return .utf8 }
        if head.count >= 8 {
            let sample = head.prefix(512)
            let zeros = { (odd: Int) in sample.indices.count { $0 % 2 == odd && sample[$0] == 0 } }
            let (few, many) = (sample.count / 20, sample.count * 3 / 10)
            if zeros(1) > many, zeros(0) <= few { return .utf16LittleEndian }
            if zeros(0) > many, zeros(1) <= few { return .utf16BigEndian }
        }
        return isUTF8(head) ? .utf8 : .windows1252
    }

    /// Whether the bytes are UTF-8, or have at least some of its letters: a damaged file is still what it was.
    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return true }
        var index = 0
        var badCount = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length =
                byte < 0x80
                ? 1
                : byte >= 0xc2 && byte < 0xe0
                    ? 2
                    : byte >= 0xe0 && byte < 0xf0
                        ? 3
                        : byte >= 0xf0 && byte < 0xf5 ? 4 : 0
            guard length > 1 else {
                if length == 0 { badCount += 1 }
                index += 1
                continue
            }
            let isCut = index + length > bytes.count
            // What is cut off at the end of the head goes on behind it.
            if isCut, bytes.count >= FileHead.bytesMax { return badCount == 0 }
            if !isCut, bytes[(index + 1)..<(index + length)].allSatisfy({ $0 & 0xc0 == 0x80 }) { return true }
            badCount += 1
            index += 1
        }
        return badCount == 0
    }

    /// The next piece as UTF-8; nil at the end.
    func next() throws -> [UInt8]? {
        guard !isAtEnd else { return nil }
        let chunk: [UInt8]?
        if let head = first {
            first = nil
            chunk = head
        } else {
            chunk = try nextChunk()
        }
        guard let chunk else {
            isAtEnd = true
            // Half a letter at the end is a damaged one.
            return rest.isEmpty ? nil : Array("\u{fffd}".utf8)
        }
        bytesTaken += Int64(chunk.count)
        switch encoding {
        case .utf8: return chunk
        case .windows1252: return Self.fromWindows(chunk)
        case .utf16LittleEndian, .utf16BigEndian: return fromUTF16(chunk)
        }
    }

    private func fromUTF16(_ chunk: [UInt8]) -> [UInt8] {
        let bytes = rest + chunk
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = 0
        while index + 1 < bytes.count {
            let (low, high) = encoding == .utf16LittleEndian ? (index, index + 1) : (index + 1, index)
            units.append(UInt16(bytes[high]) << 8 | UInt16(bytes[low]))
            index += 2
        }
        // The first half of a pair waits for the second.
        if let last = units.last, last & 0xfc00 == 0xd800 {
            units.removeLast()
            index -= 2
        }
        rest = Array(bytes[index...])
        if isAtStart, let mark = units.first {
            isAtStart = false
            if mark == 0xfeff { units.removeFirst() }
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private static func fromWindows(_ chunk: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(chunk.count + chunk.count / 8)
        for byte in chunk {
            if byte < 0x80 {
                text.append(byte)
            } else {
                text.append(contentsOf: letters[Int(byte) - 0x80])
            }
        }
        return text
    }

    /// What windows-1252 has in place of the control signs of ISO 8859-1, from 0x80; blanks for what it leaves open.
    private static let special = Array("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ".unicodeScalars)
    private static let letters: [[UInt8]] = (0x80...0xff).map { (code: UInt8) in
        let scalar = code < 0xa0 ? special[Int(code) - 0x80] : Unicode.Scalar(code)
        return Array(String(Character(scalar)).utf8)
    }
}
