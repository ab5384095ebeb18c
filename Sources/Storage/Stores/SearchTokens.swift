import Foundation

/// Takes texts apart as FTS5's `unicode61` does, so that what the index found is found again: a word is letters and
/// numbers, without case and without accents.
struct SearchTokens {
    /// What becomes of one scalar.
    private enum Fold {
        case separator
        /// An accent of its own: it belongs to the word and says nothing.
        case accent
        case letter(UInt32)
    }

    /// One word of a text.
    struct Token {
        /// The scalars of the word as it is looked up.
        let word: [UInt32]
        /// Where it stands, in bytes of UTF-8.
        let range: Range<Int>
        let beginsSentence: Bool
    }

    /// Folding letters beyond ASCII is slow; a text has few different ones.
    private var folds: [Unicode.Scalar: Fold] = [:]
    private static let foldsMax = 4096

    /// Calls `body` with each word of the text's first `bytesMax` bytes.
    ///
    /// - Returns: whether this was the whole text.
    mutating func forEachWord(of text: String, bytesMax: Int = .max, _ body: (Token) -> Void) -> Bool {
        var word: [UInt32] = []
        var (start, offset, count) = (0, 0, 0)
        // The last scalar that was no blank, and whether blanks came after it.
        var (ink, isBlank) = (Unicode.Scalar(0), false)
        func end() {
            guard !word.isEmpty else { return }
            let begins = count == 0 || isBlank && (ink == "." || ink == ":")
            body(Token(word: word, range: start..<offset, beginsSentence: begins))
            word.removeAll(keepingCapacity: true)
            count += 1
            (ink, isBlank) = ("a", false)
        }
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            guard width <= bytesMax - offset else {
                end()
                return false
            }
            switch fold(scalar) {
            case .letter(let letter):
                if word.isEmpty { start = offset }
                word.append(letter)
            case .accent where !word.isEmpty: break
            case .accent, .separator:
                end()
                let blank = scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
                isBlank = blank
                if !blank { ink = scalar }
            }
            offset += width
        }
        end()
        return true
    }

    /// All words of a text that is short, as a name.
    static func words(of text: String) -> [Token] {
        var (tokens, words) = (SearchTokens(), [Token]())
        _ = tokens.forEachWord(of: text) { words.append($0) }
        return words
    }

    private mutating func fold(_ scalar: Unicode.Scalar) -> Fold {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: return .letter(scalar.value)
        case 0x41...0x5A: return .letter(scalar.value | 0x20)
        case ..<0x80: return .separator
        default: break
        }
        if let known = folds[scalar] { return known }
        if folds.count >= Self.foldsMax { folds.removeAll() }
        let fold = Self.foldBeyondASCII(scalar)
        folds[scalar] = fold
        return fold
    }

    private static func foldBeyondASCII(_ scalar: Unicode.Scalar) -> Fold {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse:
            let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            let parts = String(Character(small)).decomposedStringWithCanonicalMapping.unicodeScalars
            // Syllables fall apart as well; only what loses nothing but accents is another letter with one.
            let isAccented = parts.dropFirst().allSatisfy { $0.properties.generalCategory == .nonspacingMark }
            return .letter((isAccented ? parts.first ?? small : small).value)
        case .nonspacingMark where (0x300...0x36F).contains(scalar.value): return .accent
        default: return .separator
        }
    }
}
