import Foundation
import Journal
import Primitives
import Storage
import TestSupport
import Testing

/// Exports that somebody opens who did not write what is in them.
@Suite struct ExportTextTests {
    private static let pieces: [String] = [
        "=", "+", "-", "@", ";", ",", "\t", "\r", "\n", "\r\n", "|", "\"", "'", " ", "\u{a0}", "＝", "＠", "1", "-5",
        "2.50",
        "HYPERLINK(\"http://x\")", "note", "é", "日本", "\u{1b}[2J", "\u{0}", "\u{7f}", "\u{9b}31m", "\u{202e}",
        "\u{2066}",
        "\u{2028}", "\u{2029}", "<script>", "<img src=x>", "![a](http://x)", "[a](javascript:x)", "&lt;", "&#106;",
        "\\", "`",
        "[a]: http://x", "\n# head", "\n- item", "\u{200f}", "\u{61c}",
    ]

    /// Texts put together by chance, the same ones for the same seed.
    private static func texts(_ count: Int, seed: UInt64) -> [String] {
        var dice = Dice(seed: seed)
        return pieces + (0..<count).map { _ in (0...dice.roll(8)).map { _ in dice.pick(pieces) }.joined() }
    }

    private static let triggers: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]

    /// What a spreadsheet might take for cells, whichever separator it goes by and whatever it thinks of quotation marks.
    private static func cells(_ written: String) -> [String.UnicodeScalarView] {
        let separators: Set<Unicode.Scalar> = [",", ";", "\t", "|", "\r", "\n", "\u{2028}", "\u{2029}"]
        return written.unicodeScalars.split(omittingEmptySubsequences: false) { separators.contains($0) }
            .map { cell in
                let ignored: Set<Unicode.Scalar> = [" ", "\u{a0}", "\""]
                return String.UnicodeScalarView(cell.drop { ignored.contains($0) })
            }
    }

    @Test func `no cell of a CSV file is a formula, whatever a spreadsheet parts it by`() {
        for text in Self.texts(5000, seed: 1) {
            let written = CSVText.cell(text)
            let isNumber = Amount(text) != nil
            for cell in Self.cells(written) where !isNumber {
                let first = cell.first
                #expect(first.map { Self.triggers.contains($0) } != true, "\(text.debugDescription) → \(written)")
            }
            let kept: Set<Unicode.Scalar> = ["\t", "\r", "\n"]
            #expect(!written.unicodeScalars.contains { $0.isControl && !kept.contains($0) })
        }
        #expect(CSVText.cell("buy;=cmd|' /C calc'!A0") == "\"buy;'=cmd|' /C calc'!A0\"")
        #expect(CSVText.cell("-5.25") == "-5.25")
        #expect(CSVText.cell("a\n- b") == "\"a\n'- b\"")
    }

    @Test func `a CSV file reads back as it was but for the apostrophes`() throws {
        for text in Self.texts(3000, seed: 2)
        where !text.unicodeScalars.contains(where: { $0.isControl && !"\t\r\n".unicodeScalars.contains($0) }) {
            var written = CSVText.cell(text)
            if written.hasPrefix("\"") {
                written = String(written.dropFirst().dropLast()).replacing("\"\"", with: "\"")
            }
            // Take the apostrophes off again: one wherever a cell begins that would be a formula.
            #expect(Array(Self.undone(written).utf8) == Array(text.utf8), "\(text.debugDescription) → \(written)")
        }
    }

    private static func undone(_ written: String) -> String {
        guard Amount(written) == nil else { return written }
        let separators: Set<Unicode.Scalar> = [",", ";", "\t", "|", "\r", "\n", "\u{2028}", "\u{2029}"]
        let skipped: Set<Unicode.Scalar> = [" ", "\u{a0}", "\"", "'"]
        let scalars = Array(written.unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isBeginning = index == 0 || separators.contains(scalars[index - 1])
            let next = scalars[index...].drop { skipped.contains($0) }.first
            if scalar == "'", isBeginning, let next, triggers.contains(next) { continue }
            result.append(scalar)
        }
        return String(result)
    }

    @Test func `a Markdown file has no HTML, no link and no picture that does more than to open a page`() throws {
        let tag = try Regex("<[A-Za-z/!?]")
        let picture = try Regex("!\\[")
        let link = try Regex("\\](\\(|:)")
        let page = try Regex("(\\](\\(|:)|<) *<*(http://|https://|mailto:)")
        for text in Self.texts(5000, seed: 3) {
            let cell = MarkdownText.cell(text)
            #expect(!cell.replacing("<br>", with: "").contains("<"))
            #expect(!cell.contains { $0.isNewline })
            // Each bracket has an odd number of backslashes before it: it opens nothing.
            var backslashes = 0
            for scalar in cell.unicodeScalars {
                if scalar == "[" { #expect(backslashes % 2 == 1, "\(text.debugDescription) → \(cell)") }
                backslashes = scalar == "\\" ? backslashes + 1 : 0
            }
            let written = MarkdownText.page(text)
            let rest = written.replacing(page, with: "")
            for found in [tag, picture, link] {
                #expect(!rest.contains(found), "\(text.debugDescription) → \(written)")
            }
            for text in [cell, written] {
                let kept: Set<Unicode.Scalar> = ["\t", "\r", "\n"]
                #expect(!text.unicodeScalars.contains { $0.isControl && !kept.contains($0) })
                #expect(!text.unicodeScalars.contains { $0.turnsText })
            }
        }
        let note = "Plan *one*, [read](https://x) or <http://y>\n\n- a < b & c\n"
        #expect(MarkdownText.page(note) == note)
        #expect(
            MarkdownText.page("![x](http://y) [a](JavaScript:1) [b]: data:x <b onclick=1>")
                == "!\\[x](http://y) [a]\\(JavaScript:1) [b]\\: data:x &lt;b onclick=1>")
        #expect(MarkdownText.cell("a|b\n[c](d) <e>&") == "a\\|b<br>\\[c\\](d) &lt;e>&amp;")
    }

    @Test func `JSON shows nothing that a terminal or an editor would obey, and reads back as it was`() throws {
        for text in Self.texts(5000, seed: 4) {
            let written = JSONText.quoted(text)
            #expect(!written.unicodeScalars.contains { $0.misleads })
            let read = try JSONDecoder().decode(String.self, from: Data(written.utf8))
            #expect(Array(read.utf8) == Array(text.utf8))
        }
        #expect(JSONText.quoted("a\u{202e}b\u{2028}") == #""a\u202eb\u2028""#)
    }

    @Test func `what an encoder has written shows no more, and still reads back as it was`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        for text in Self.texts(5000, seed: 5) {
            let plain = [text: [text]]
            let bytes = Array(try encoder.encode(plain))
            let written = JSONText.escaping(bytes)
            let shown = String(decoding: written, as: UTF8.self).unicodeScalars
            #expect(!shown.contains { $0.misleads && $0 != "\n" })
            #expect(try JSONDecoder().decode([String: [String]].self, from: Data(written)) == plain)
            if !text.unicodeScalars.contains(where: { $0.value >= 0x7f && $0.misleads }) { #expect(written == bytes) }
        }
    }
}
