import Foundation
import Primitives

/// What a person types to find something: words that must all occur, and phrases in double quotes. The last word may be
/// the beginning of one. Nothing in it is FTS5 syntax.
package struct SearchWords: Sendable {
    /// How many words one may look for at once. Each is held against each match of a text, where nothing can interrupt it.
    package static let countMax = 32

    struct Term: Sendable {
        /// As it was typed.
        let text: String
        let isPrefix: Bool
        /// Its words, without case and accents, as FTS5 takes them apart.
        let parts: [[UInt32]]

        /// In FTS5's syntax.
        var query: String { "\"\(text)\"" + (isPrefix ? "*" : "") }
        var phrase: SearchPhrases.Phrase { SearchPhrases.Phrase(words: parts, isPrefix: isPrefix) }
    }

    let terms: [Term]

    /// - Throws: `search.empty` when there is no word in it, `search.too_many_words`.
    package init(_ text: String) throws(Failure) {
        var found: [String] = []
        for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            // Between an odd and an even quotation mark stands a phrase.
            let pieces = index % 2 == 1 ? [String(part)] : part.split(whereSeparator: \.isWhitespace).map(String.init)
            found += pieces.map { $0.filter { $0 != "\0" } }.filter { $0.contains { $0.isLetter || $0.isNumber } }
        }
        let isWhole = text.hasSuffix("\"") || text.last?.isWhitespace == true
        var (terms, seen) = ([Term](), Set<[[UInt32]]>())
        for (index, text) in found.enumerated() {
            let isPrefix = !isWhole && index == found.count - 1
            let term = Term(text: text, isPrefix: isPrefix, parts: SearchTokens.words(of: text).map(\.word))
            // What was said twice is looked for once.
            if !term.parts.isEmpty, isPrefix || seen.insert(term.parts).inserted { terms.append(term) }
        }
        guard !terms.isEmpty else {
            throw Failure(.invalid, "search.empty", "There is no word to look for. Give at least one.")
        }
        guard terms.reduce(0, { $0 + $1.parts.count }) <= Self.countMax else {
            throw Failure(
                .invalid, "search.too_many_words",
                "One can look for up to \(Self.countMax) words at once. Leave some out.")
        }
        self.terms = terms
    }

    /// In FTS5's syntax.
    package var query: String { terms.map(\.query).joined(separator: " ") }

    var phrases: SearchPhrases { SearchPhrases(terms.map(\.phrase)) }
}

extension SearchPhrases {
    /// What a query in FTS5's own syntax looks for, near enough to show where it was found.
    init(raw query: String) {
        var phrases: [Phrase] = []
        let parts = query.split(separator: "\"", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isQuoted = index % 2 == 1
            let pieces = isQuoted ? [part] : part.split { $0.isWhitespace || $0 == "(" || $0 == ")" }
            for (number, piece) in pieces.enumerated() where !["AND", "OR", "NOT", "NEAR"].contains(piece) {
                let isLast = isQuoted && index + 1 < parts.count
                let isPrefix = isLast ? parts[index + 1].hasPrefix("*") : piece.hasSuffix("*")
                let isLone = !isQuoted && number == 0 && piece.first == "*"
                // The name of a column may stand before it.
                let text = isQuoted ? piece : piece.split(separator: ":").last ?? piece
                let words = SearchTokens.words(of: String(text)).map(\.word)
                if !words.isEmpty, !isLone { phrases.append(Phrase(words: words, isPrefix: isPrefix)) }
            }
        }
        self.init(phrases)
    }
}

extension SearchWords.Term {
    /// Whether a market goes by the term, with or without what stands between the currencies.
    func namesWhole(_ symbol: String) -> Bool {
        let (whole, wanted) = (SearchTokens.words(of: symbol).flatMap(\.word), parts.flatMap(\.self))
        return isPrefix ? whole.starts(with: wanted) : whole == wanted
    }
}
