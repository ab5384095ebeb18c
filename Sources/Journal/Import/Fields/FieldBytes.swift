/// The bytes of one field while its record is being read. Never kept.
typealias FieldBytes = UnsafeBufferPointer<UInt8>

extension FieldBytes {
    /// Without the blanks, tabs and line breaks around it. Some exports put a blank after each comma, and OKX begins each
    /// line with the mark that belongs at the beginning of a file.
    var trimmed: FieldBytes {
        var low = 0
        if count >= 3, self[0] == 0xef, self[1] == 0xbb, self[2] == 0xbf { low = 3 }
        var high = count
        while low < high, self[low] <= UInt8(ascii: " ") { low += 1 }
        while high > low, self[high - 1] <= UInt8(ascii: " ") { high -= 1 }
        return FieldBytes(rebasing: self[low..<high])
    }

    /// Empty, or a dash in the place of a value.
    var isBlank: Bool { allSatisfy { $0 == UInt8(ascii: "-") || $0 <= UInt8(ascii: " ") } }

    var text: String { String(decoding: self, as: UTF8.self) }

    /// For messages: as text, and not more of it than a person wants to see.
    var quoted: String {
        let charactersMax = 40
        let text = self.text
        return text.count <= charactersMax ? "\"\(text)\"" : "\"\(text.prefix(charactersMax))…\""
    }

    /// Compares ASCII letters in either case; `word` is in lower case.
    func equals(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index].asciiLowercased != word.utf8Start[index] { return false }
        return true
    }

    /// As `equals`, for the beginning of the field.
    func begins(with word: StaticString) -> Bool {
        guard count >= word.utf8CodeUnitCount else { return false }
        return FieldBytes(rebasing: self[..<word.utf8CodeUnitCount]).equals(word)
    }

    /// As `equals`, for the end of the field.
    func ends(with word: StaticString) -> Bool {
        guard count >= word.utf8CodeUnitCount else { return false }
        return FieldBytes(rebasing: self[(count - word.utf8CodeUnitCount)...]).equals(word)
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var asciiLowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
    var asciiUppercased: UInt8 { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") ? self & 0xdf : self }
}
