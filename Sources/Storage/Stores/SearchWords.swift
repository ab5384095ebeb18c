import Foundation
import Primitives

/// What a person types to find something: words that must all occur, and phrases in double quotes. The last word may be
/// the beginning of one. Nothing in it is FTS5 syntax.
package struct SearchWords: Sendable {
    struct Term: Sendable {
        /// As it was typed.
        let text: String
        let isPrefix: Bool
        /// Its words, without case and accents, as FTS5 takes them apart.
        let parts: [String]

        /// In FTS5's syntax.
        var query: String { "\"\(text)\"" + (isPrefix ? "*" : "") }
    }

    let terms: [Term]

    /// - Throws: `search.empty` when there is no word in it.
    package init(_ text: String) throws(Failure) {
        var found: [String] = []
        for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            // Between an odd and an even quotation mark stands a phrase.
            let pieces = index % 2 == 1 ? [String(part)] : part.split(whereSeparator: \.isWhitespace).map(String.init)
            found += pieces.map { $0.filter { $0 != "\0" } }.filter { $0.contains { $0.isLetter || $0.isNumber } }
        }
        guard !found.isEmpty else {
            throw Failure(.invalid, "search.empty", "There is no word to look for. Give at least one.")
        }
        let isWhole = text.hasSuffix("\"") || text.last?.isWhitespace == true
        terms = found.enumerated().map { index, text in
            Term(text: text, isPrefix: !isWhole && index == found.count - 1, parts: Self.parts(of: text).map(\.word))
        }
    }

    /// In FTS5's syntax.
    package var query: String { terms.map(\.query).joined(separator: " ") }

    /// The words of a text with their places.
    static func parts(of text: String) -> [(word: String, range: Range<String.Index>)] {
        text.split { !$0.isLetter && !$0.isNumber }.map {
            (
                $0.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil),
                $0.startIndex..<$0.endIndex
            )
        }
    }
}

extension SearchWords.Term {
    /// Whether a short text, as a tag, has the term.
    func occurs(in text: String) -> Bool { !places(in: text).isEmpty }

    /// Whether a market goes by the term, with or without what stands between the currencies.
    func names(symbol: String) -> Bool { occurs(in: symbol) || namesWhole(symbol) }

    private func namesWhole(_ symbol: String) -> Bool {
        let (whole, wanted) = (SearchWords.parts(of: symbol).map(\.word).joined(), parts.joined())
        return isPrefix ? whole.hasPrefix(wanted) : whole == wanted
    }

    /// Where the term's words stand in the text, one after the other.
    private func places(in text: String) -> [Range<String.Index>] {
        let words = SearchWords.parts(of: text)
        guard !parts.isEmpty, words.count >= parts.count else { return [] }
        return (0...(words.count - parts.count)).flatMap { first -> [Range<String.Index>] in
            let run = words[first..<(first + parts.count)]
            let isMatch = zip(run, parts).enumerated().allSatisfy { index, pair in
                isPrefix && index == parts.count - 1 ? pair.0.word.hasPrefix(pair.1) : pair.0.word == pair.1
            }
            return isMatch ? run.map(\.range) : []
        }
    }

    /// - Parameter isSymbol: whether the text as a whole may be the term, too.
    func ranges(in text: String, isSymbol: Bool) -> [Range<String.Index>] {
        let found = places(in: text)
        return found.isEmpty && isSymbol && namesWhole(text) ? [text.startIndex..<text.endIndex] : found
    }
}
