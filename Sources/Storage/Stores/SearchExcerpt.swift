import Primitives

/// The piece of a text that shows best what was found in it, as FTS5's own `snippet()` chooses it.
///
/// That one looks at all matches for each match: a text of a quarter of a megabyte took it a minute, in which nothing can
/// stop it. This one goes over the text once.
struct SearchExcerpt {
    /// How much of the text is shown, in words.
    static let wordCount = 16
    /// How much is shown of words that have no end.
    static let bytesMax = 2 << 10
    /// What one search looks through for excerpts, in bytes of texts, …
    static let scannedBytesMax = 1 << 20
    /// … and what it looks through of each text even when that is used up.
    static let scannedBytesEach = 4 << 10

    private struct Best {
        var score = 0
        var start = 0
    }

    private let text: String
    private let isWhole: Bool
    private var tokens: [Range<Int>] = []
    private var sentences: [Int] = []
    private var instances: [SearchPhrases.Instance] = []
    private var best = Best()
    /// Words looked at, and matches held against others.
    private(set) var stepCount = 0

    /// How well it shows what was looked for; 0 where nothing of it is.
    var score: Int { best.score }

    /// Looks through the first `bytesMax` bytes of a text.
    init(
        of text: String, _ phrases: SearchPhrases, _ words: inout SearchTokens, bytesMax: Int = .max
    ) {
        self.text = text
        var (tokens, sentences, instances) = ([Range<Int>](), [Int](), [SearchPhrases.Instance]())
        var state: UInt64 = 0
        isWhole = words.forEachWord(of: text, bytesMax: bytesMax) { token in
            if token.beginsSentence { sentences.append(tokens.count) }
            phrases.advance(&state, token.word)
            phrases.ended(state, at: tokens.count) { instances.append($0) }
            tokens.append(token.range)
        }
        instances.sort { ($0.first, $0.phrase) < ($1.first, $1.phrase) }
        (self.tokens, self.sentences, self.instances) = (tokens, sentences, instances)
        stepCount = tokens.count + instances.count
        choose(phraseCount: phrases.phraseCount)
    }

    // MARK: Choosing

    /// The window of words with the most different phrases, then the most matches, then one that begins a sentence.
    private mutating func choose(phraseCount: Int) {
        var sentence = 0
        var firstInSentence = 0
        var judged = -1
        for index in instances.indices {
            let instance = instances[index]
            // The window of a word is the same whichever phrase begins there.
            guard index == 0 || instances[index - 1].first < instance.first else { continue }
            let (score, first, end) = score(from: instance.first, at: index, phraseCount)
            if score > best.score {
                let before = (Self.wordCount - (end - first)) / 2
                best = Best(score: score, start: max(0, min(first - before, tokens.count - Self.wordCount)))
            }
            guard tokens.count > Self.wordCount, !sentences.isEmpty else { continue }
            while sentence + 1 < sentences.count, sentences[sentence + 1] <= instance.first { sentence += 1 }
            let start = sentences[sentence]
            guard start < instance.first, judged != sentence else { continue }
            judged = sentence
            while firstInSentence < index, instances[firstInSentence].first < start { firstInSentence += 1 }
            let whole = self.score(from: start, at: firstInSentence, phraseCount).score + (start == 0 ? 120 : 100)
            if whole > best.score { best = Best(score: whole, start: start) }
        }
    }

    /// - Parameter index: of the first match at that word or after it.
    /// - Returns: the score of the window that begins there, and from where to where its matches go.
    private mutating func score(
        from start: Int, at index: Int, _ phraseCount: Int
    ) -> (score: Int, first: Int, end: Int) {
        var (score, seen) = (0, UInt64(0))
        var (first, end) = (start, start)
        for instance in instances[index...] {
            guard instance.first - start < Self.wordCount else { break }
            stepCount += 1
            let bit = UInt64(1) << UInt64(instance.phrase)
            score += seen & bit == 0 ? 1000 : 1
            if seen == 0 { first = instance.first }
            seen |= bit
            end = instance.last + 1
        }
        return (score, first, end)
    }

    // MARK: Writing it down

    /// The piece, with marks around each match.
    var marked: String {
        let bytes = Array(text.utf8)
        let last = min(best.start + Self.wordCount, tokens.count) - 1
        guard last >= best.start else { return Self.cut(bytes[...], to: Self.bytesMax) + (isWhole ? "" : "…") }
        var piece = Piece(bytes: bytes, bytesMax: Self.bytesMax)
        var offset = best.start == 0 ? 0 : tokens[best.start].lowerBound
        for (first, final) in spans where first >= best.start && first <= last {
            piece.add(offset..<tokens[first].lowerBound)
            piece.add(tokens[first].lowerBound..<tokens[min(final, last)].upperBound, isMatch: true)
            offset = tokens[min(final, last)].upperBound
        }
        let isEnd = isWhole && last == tokens.count - 1
        piece.add(offset..<(isEnd ? bytes.count : tokens[last].upperBound))
        return (best.start > 0 ? "…" : "") + piece.text + (isEnd && !piece.isCut ? "" : "…")
    }

    /// Matches that share words are one.
    private var spans: [(first: Int, last: Int)] {
        var spans: [(first: Int, last: Int)] = []
        for instance in instances {
            guard instance.first - best.start < Self.wordCount else { break }
            if let former = spans.last, instance.first <= former.last {
                spans[spans.count - 1].last = max(former.last, instance.last)
            } else {
                spans.append((instance.first, instance.last))
            }
        }
        return spans
    }

    /// What is shown so far, and no more than it may be.
    private struct Piece {
        let bytes: [UInt8]
        let bytesMax: Int
        var text = ""
        var isCut = false

        mutating func add(_ range: Range<Int>, isMatch: Bool = false) {
            guard !isCut, !range.isEmpty else { return }
            let left = bytesMax - text.utf8.count
            isCut = range.count > left
            let piece = SearchExcerpt.cut(bytes[range], to: left)
            if isMatch {
                text += "\(SearchStore.matchStart)\(piece)\(SearchStore.matchEnd)"
            } else {
                text += piece
            }
        }
    }

    /// The beginning of a text, without half a letter at its end.
    private static func cut(_ bytes: ArraySlice<UInt8>, to bytesMax: Int) -> String {
        guard bytes.count > bytesMax else { return String(decoding: bytes, as: UTF8.self) }
        var piece = bytes.prefix(max(bytesMax, 0))
        // What follows within a letter has these two bits.
        while let next = bytes.dropFirst(piece.count).first, next & 0xC0 == 0x80, !piece.isEmpty { piece.removeLast() }
        return String(decoding: piece, as: UTF8.self)
    }
}

/// The excerpts of one search, which share what may be looked through.
struct SearchExcerpts {
    private let phrases: SearchPhrases
    private var tokens = SearchTokens()
    private var bytesLeft = SearchExcerpt.scannedBytesMax

    init(_ phrases: SearchPhrases) { self.phrases = phrases }

    /// The best piece of several texts that belong together; of equally good ones that of the first text.
    ///
    /// - Throws: `request.too_much`, `CancellationError`.
    mutating func cut(_ texts: [String]) throws -> String {
        var best: SearchExcerpt?
        for text in texts {
            let bytesMax = max(bytesLeft, SearchExcerpt.scannedBytesEach)
            let excerpt = SearchExcerpt(of: text, phrases, &tokens, bytesMax: bytesMax)
            bytesLeft -= min(text.utf8.count, bytesMax)
            try WorkBudget.spend(steps: excerpt.stepCount, bytes: min(text.utf8.count, bytesMax))
            if let known = best, excerpt.score <= known.score { continue }
            best = excerpt
        }
        return best?.marked ?? ""
    }
}
