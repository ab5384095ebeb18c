import Primitives

/// The texts of a workbook, to which its cells refer by number (ECMA-376 part 1, 18.4.9).
struct SharedStrings {
    static let countMax = 4_000_000

    private var bytes: [UInt8] = []
    /// Where each of them ends.
    private var ends: [UInt32] = []

    /// Without any.
    init() {}

    /// - Throws: `import.bad_workbook`, `import.workbook_too_large`.
    init(_ part: WorkbookPart) throws {
        var text = CellText()
        while let event = try part.next() {
            switch event {
            case .open("si", _): text = CellText()
            case .close("si"):
                guard ends.count < Self.countMax else {
                    throw Failure.importWorkbookTooLarge("has more than \(Self.countMax) texts")
                }
                bytes.append(contentsOf: text.unescaped)
                // What it unpacks to is bounded far below the end of 32 bits.
                ends.append(UInt32(clamping: bytes.count))
            default: text.read(event)
            }
        }
    }

    /// Nil for a number that no text has.
    subscript(index: Int) -> ArraySlice<UInt8>? {
        guard ends.indices.contains(index) else { return nil }
        return bytes[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }
}

/// The text of a cell, which may be in several runs, each with a look of its own.
struct CellText {
    private(set) var bytes: [UInt8] = []
    private var isInText = false
    /// How a Japanese word is said, which stands beside it.
    private var isInReading = false

    init() {}

    /// Of a text that has no runs.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(_ event: MarkupEvent) {
        switch event {
        case .open("t", _): isInText = !isInReading
        case .close("t"): isInText = false
        case .open("rPh", _): isInReading = true
        case .close("rPh"): isInReading = false
        case .text(let more) where isInText: bytes.append(contentsOf: more)
        default: break
        }
    }

    /// With the signs that XML has no place for, which are written `_x000D_` (ECMA-376 part 1, 22.9.2.19).
    var unescaped: [UInt8] {
        guard bytes.count >= Self.escapeLength, bytes.contains(UInt8(ascii: "_")) else { return bytes }
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let code = escape(at: index) {
                plain.append(contentsOf: String(decoding: [code], as: UTF16.self).utf8)
                index += Self.escapeLength
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return plain
    }

    private static let escapeLength = 7

    private func escape(at index: Int) -> UInt16? {
        guard bytes[index] == UInt8(ascii: "_"), index + Self.escapeLength <= bytes.count,
            bytes[index + 1] == UInt8(ascii: "x"), bytes[index + 6] == UInt8(ascii: "_")
        else { return nil }
        let digits = bytes[(index + 2)..<(index + 6)]
        return digits.contains(UInt8(ascii: "+")) ? nil : UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
