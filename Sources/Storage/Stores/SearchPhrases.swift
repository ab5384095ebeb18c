/// What is looked for, made ready to be found in texts in one pass: each word of a text takes the same few steps,
/// however often it matches.
struct SearchPhrases {
    /// Of all phrases together: each has a bit.
    static let wordsMax = UInt64.bitWidth

    /// Words that stand together.
    struct Phrase {
        let words: [[UInt32]]
        /// Whether the last word may be the beginning of one.
        let isPrefix: Bool
    }

    /// Where a phrase was found, in words of the text.
    struct Instance {
        let phrase: Int
        let first: Int
        let last: Int
    }

    /// One word of a phrase that ends there.
    private struct Last {
        let bit: UInt64
        let phrase: Int
        let wordCount: Int
    }

    let phraseCount: Int
    private var whole: [[UInt32]: UInt64] = [:]
    private var beginnings: [(word: [UInt32], bit: UInt64)] = []
    /// The bits of all first words.
    private var firsts: UInt64 = 0
    private var lasts: [Last] = []

    /// - Parameter phrases: what has more than `wordsMax` words is looked for without the rest of them.
    init(_ phrases: [Phrase]) {
        var bit: UInt64 = 1
        var taken = 0
        for phrase in phrases where !phrase.words.isEmpty && phrase.words.count <= Self.wordsMax - taken {
            taken += phrase.words.count
            firsts |= bit
            for (index, word) in phrase.words.enumerated() {
                let isLast = index == phrase.words.count - 1
                if isLast, phrase.isPrefix {
                    beginnings.append((word, bit))
                } else {
                    whole[word, default: 0] |= bit
                }
                if isLast { lasts.append(Last(bit: bit, phrase: lasts.count, wordCount: phrase.words.count)) }
                bit <<= 1
            }
        }
        phraseCount = lasts.count
    }

    /// Goes one word on.
    ///
    /// - Parameter state: which words of phrases the words before it were: 0 at the beginning of a text.
    func advance(_ state: inout UInt64, _ word: [UInt32]) {
        var mask = whole[word] ?? 0
        for beginning in beginnings where word.starts(with: beginning.word) { mask |= beginning.bit }
        // The bit after a phrase's last word is the first of the next phrase, which may begin anywhere.
        state = (state << 1 | firsts) & mask
    }

    /// The phrases that end with the word that was gone on to, which is the text's `number`th.
    func ended(_ state: UInt64, at number: Int, _ body: (Instance) -> Void) {
        guard state != 0 else { return }
        for last in lasts where state & last.bit != 0 {
            body(Instance(phrase: last.phrase, first: number - last.wordCount + 1, last: number))
        }
    }

    /// Which of the phrases a text has, as a short one such as a tag.
    func found(in text: String, _ tokens: inout SearchTokens) -> Set<Int> {
        var (state, number, found) = (UInt64(0), 0, Set<Int>())
        _ = tokens.forEachWord(of: text) { token in
            advance(&state, token.word)
            ended(state, at: number) { found.insert($0.phrase) }
            number += 1
        }
        return found
    }
}
