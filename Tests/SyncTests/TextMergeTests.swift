import Sync
import Testing
import TestSupport

@Suite struct TextMergeTests {
    @Test func `edits of different lines are combined`() {
        expectMerge(of: "one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n", is: "ONE\ntwo\nTHREE\n")
    }

    @Test func `edits of neighbouring lines are combined`() {
        expectMerge(of: "one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n", is: "ONE\nTWO\n")
    }

    @Test func `edits of different words of a line are combined`() {
        expectMerge(
            of: "Bought 1 BTC at 100, stop below the low.\n",
            "Bought 2 BTC at 100, stop below the low.\n",
            "Bought 1 BTC at 100, stop below the swing low.\n",
            is: "Bought 2 BTC at 100, stop below the swing low.\n")
    }

    @Test func `the same edit made twice is taken once`() {
        expectMerge(of: "teh stop\nend\n", "the stop\nend\n", "the stop\nEND\n", is: "the stop\nEND\n")
        expectMerge(of: "a\nb\n", "A\nb\nnew\n", "a\nb\nnew\n", is: "A\nb\nnew\n")
    }

    @Test func `paragraphs appended at the same place are both kept in version order`() {
        expectMerge(
            of: "Plan.\n", "Plan.\n\nFrom the phone.\n", "Plan.\n\nFrom the desk.\n",
            is: "Plan.\n\nFrom the phone.\n\nFrom the desk.\n")
    }

    @Test func `paragraphs inserted between blank lines meet at the same place`() {
        expectMerge(of: "a\n\nb\n", "a\n\nx\n\nb\n", "a\n\ny\n\nb\n", is: "a\n\nx\n\ny\n\nb\n")
        expectMerge(
            of: "a\n\nb\nend\n", "a\n\nx\n\nb\nEND\n", "top\na\n\ny\n\nb\nend\n",
            is: "top\na\n\nx\n\ny\n\nb\nEND\n")
    }

    @Test func `lines appended to a text without a final line end are not glued together`() {
        expectMerge(of: "a", "a\nb", "a\nc", is: "a\nb\nc")
        expectMerge(of: "a", "a\nb\n", "a\nc", is: "a\nb\nc\n")
        expectMerge(of: "a\n", "a\nb", "a\nc\n", is: "a\nb\nc")
    }

    @Test func `an empty base keeps what each version wrote`() {
        expectMerge(of: "", "from the phone", "from the desk", is: "from the phone\nfrom the desk")
        expectMerge(of: "", "one\n", "two\n", is: "one\ntwo\n")
    }

    @Test func `a deletion beside an edit of another line is carried out`() {
        expectMerge(of: "a\nb\nc\n", "a\nc\n", "a\nb\nC\n", is: "a\nC\n")
        expectMerge(of: "a\nb\nc\n", "", "", is: "")
    }

    @Test func `three versions are merged at once`() {
        expectMerge(of: "a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n", is: "A\nB\nc\nd\n")
        expectMerge(of: "", "x", "y", "z", is: "x\ny\nz")
    }

    @Test func `an overlap keeps both sides between marks`() {
        expectMerge(
            of: "Plan\nStop at 90\nEnd\n", "Plan\nStop at 95\nEnd\n", "Plan\nStop at 97\nEnd\n",
            overlapping: """
                Plan
                <<<<<<< version 1
                Stop at 95
                ======= version 2
                Stop at 97
                >>>>>>> end of versions
                End

                """)
    }

    @Test func `edits of neighbouring words overlap`() {
        expectMerge(
            of: "Stop 100", "Target 100", "Stop 105",
            overlapping: "<<<<<<< version 1\nTarget 100\n======= version 2\nStop 105\n>>>>>>> end of versions")
    }

    @Test func `edits inside one number overlap`() {
        let merged = TextMerge.merge(base: "at 100 now\n", versions: ["at 105 now\n", "at 100.5 now\n"])
        #expect(merged.hasOverlap)
        #expect(!merged.text.contains("105.5"))
    }

    @Test func `an edit survives a deletion of its line and is marked`() {
        expectMerge(
            of: "a\nb\nc\n", "a\nc\n", "a\nb edited\nc\n",
            overlapping: """
                a
                <<<<<<< version 1 (deleted)
                ======= version 2
                b edited
                >>>>>>> end of versions
                c

                """)
        expectMerge(
            of: "a\n", "", "b\n",
            overlapping: "<<<<<<< version 1 (deleted)\n======= version 2\nb\n>>>>>>> end of versions\n")
    }

    @Test func `an overlap of three versions names those that took part`() {
        expectMerge(
            of: "a\nb\n", "x\nb\n", "a\nB\n", "y\nb\n",
            overlapping: "<<<<<<< version 1\nx\n======= version 3\ny\n>>>>>>> end of versions\nB\n")
    }

    @Test func `marks differ from those the texts already hold`() {
        let once = TextMerge.merge(base: "a\n", versions: ["b\n", "c\n"]).text
        let twice = TextMerge.merge(base: once, versions: [edited(once, "b", "d"), edited(once, "b", "e")])
        #expect(
            twice.text == """
                <<<<<<< version 1
                <<<<<<<< version 1
                d
                ======== version 2
                e
                >>>>>>>> end of versions
                ======= version 2
                c
                >>>>>>> end of versions

                """)
    }

    @Test func `texts with a thousand overlaps are kept whole`() {
        func lines(_ word: String) -> String { (0..<1_500).map { "\($0)\n\(word)\($0)\n" }.joined() }
        expectMerge(
            of: lines("a"), lines("b"), lines("c"),
            overlapping: "<<<<<<< version 1\n\(lines("b"))======= version 2\n\(lines("c"))>>>>>>> end of versions\n")
    }

    @Test func `line ends of both kinds are kept`() {
        expectMerge(of: "a\r\nb\r\nc\n", "A\r\nb\r\nc\n", "a\r\nb\r\nC\n", is: "A\r\nb\r\nC\n")
        expectMerge(of: "a", "a\r\nb", "a\r\nc", is: "a\r\nb\r\nc")
        expectMerge(
            of: "a\r\n", "b\r\n", "c\r\n",
            overlapping: "<<<<<<< version 1\r\nb\r\n======= version 2\r\nc\r\n>>>>>>> end of versions\r\n")
    }

    @Test func `canonically equivalent texts are different texts`() {
        let (composed, decomposed) = ("caf\u{e9}\n", "cafe\u{301}\n")
        #expect(bytes(TextMerge.merge(base: composed, versions: [decomposed]).text) == bytes(decomposed))
        let merged = TextMerge.merge(base: "x\n", versions: [composed, decomposed])
        #expect(merged.hasOverlap)
        #expect(
            bytes(merged.text)
                == bytes(
                    "<<<<<<< version 1\n\(composed)======= version 2\n\(decomposed)>>>>>>> end of versions\n"))
    }

    @Test(arguments: textSeeds) func `one version is taken as it is`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let base = dice.text()
        let version = dice.edit(of: base)
        for versions in [[version], [version, version], [base, version], [version, base], [base, version, base]] {
            let merged = TextMerge.merge(base: base, versions: versions)
            #expect(bytes(merged.text) == bytes(version), "seed \(seed)")
            #expect(!merged.hasOverlap, "seed \(seed)")
        }
        #expect(bytes(TextMerge.merge(base: base, versions: [base, base]).text) == bytes(base), "seed \(seed)")
        #expect(bytes(TextMerge.merge(base: base, versions: []).text) == bytes(base), "seed \(seed)")
    }

    @Test(arguments: textSeeds) func `no new line and no new word is lost`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for wordsMax in [1, 6] {
            let base = dice.text(wordsMax: wordsMax)
            let versions = (0..<dice.number(2...4)).map { _ in dice.edit(of: base, wordsMax: wordsMax) }
            let merged = TextMerge.merge(base: base, versions: versions).text
            for version in versions {
                #expect(
                    pieces(version, at: " \t\r\n").subtracting(pieces(base, at: " \t\r\n"))
                        .isSubset(of: pieces(merged, at: " \t\r\n")), "seed \(seed)")
                // With one word to a line there is no merging by words, so whole lines survive.
                guard wordsMax == 1 else { continue }
                #expect(
                    pieces(version, at: "\r\n").subtracting(pieces(base, at: "\r\n"))
                        .isSubset(of: pieces(merged, at: "\r\n")), "seed \(seed)")
            }
        }
    }

    @Test(arguments: textSeeds) func `the result is the same each time and equal versions count once`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let base = dice.text(wordsMax: 5)
        let (one, two) = (dice.edit(of: base, wordsMax: 5), dice.edit(of: base, wordsMax: 5))
        let merged = TextMerge.merge(base: base, versions: [one, two])
        for versions in [[one, two], [one, one, two], [one, two, one], [one, two, two], [base, one, base, two]] {
            let again = TextMerge.merge(base: base, versions: versions)
            #expect(bytes(again.text) == bytes(merged.text), "seed \(seed)")
            #expect(again.hasOverlap == merged.hasOverlap, "seed \(seed)")
        }
    }

    @Test(arguments: textSeeds) func `whether versions overlap does not depend on their order`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let base = dice.text(wordsMax: 5)
        let versions = (0..<3).map { _ in dice.edit(of: base, wordsMax: 5, edits: 1...2) }
        let merged = TextMerge.merge(base: base, versions: versions)
        let reversed = TextMerge.merge(base: base, versions: versions.reversed())
        #expect(merged.hasOverlap == reversed.hasOverlap, "seed \(seed)")
        #expect(merged.hasOverlap == merged.text.contains(">>>>>>> end of versions"), "seed \(seed)")
    }

    /// Each line of the base is given to one version, which may rewrite it, delete it or write below it. What comes out
    /// is then known without merging.
    @Test(arguments: textSeeds) func `edits that do not meet are all carried out`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let versionCount = dice.number(2...4)
        let owners = (0..<dice.number(1...30)).map { _ in dice.number(0...versionCount - 1) }
        let base = owners.indices.map { "line \($0)\n" }
        let edits = owners.indices.map { index -> String in
            let isBetweenOwn = index + 1 == owners.count || owners[index + 1] == owners[index]
            switch dice.number(0...5) {
            case 0: return ""
            case 1: return "rewritten \(index)\n"
            case 2 where isBetweenOwn: return base[index] + "below \(index)\n"
            default: return base[index]
            }
        }
        let versions = (0..<versionCount).map { version in
            owners.indices.map { owners[$0] == version ? edits[$0] : base[$0] }.joined()
        }
        let merged = TextMerge.merge(base: base.joined(), versions: versions)
        #expect(merged.text == edits.joined(), "seed \(seed)")
        #expect(!merged.hasOverlap, "seed \(seed)")
    }

    @Test(arguments: HostileTexts.all) func `hostile texts cost no more than the budget`(hostile: HostileTexts) {
        var work = DiffWork()
        let merged = TextMerge.merge(base: hostile.base, versions: hostile.versions, work: &work)
        // The last spending may overdraw, at most by recognising the pieces of two texts.
        #expect(work.steps <= DiffWork.stepsMax + 1_500_000)
        let inputCount = hostile.versions.reduce(hostile.base.utf8.count) { $0 + $1.utf8.count }
        #expect(merged.text.utf8.count <= 2 * inputCount)
    }

    @Test func `a hostile text does spend the budget`() throws {
        var work = DiffWork()
        let hostile = try #require(HostileTexts.all.last)
        _ = TextMerge.merge(base: hostile.base, versions: hostile.versions, work: &work)
        #expect(work.steps >= DiffWork.stepsMax)
    }

    @Test func `a small edit of a large text costs little`() {
        let base = (0..<50_000).map { "line \($0)\n" }.joined()
        var work = DiffWork()
        let merged = TextMerge.merge(
            base: base, versions: [edited(base, "line 300\n", "x\n"), edited(base, "line 40000\n", "y\n")], work: &work)
        #expect(merged.text == edited(edited(base, "line 300\n", "x\n"), "line 40000\n", "y\n"))
        #expect(work.steps < 10_000)
    }

    @Test func `three thousand pasted or deleted lines do not hide a small edit`() {
        let short = (0..<1_000).map { "line \($0)\n" }.joined()
        let log = (0..<3_000).map { "log \($0)\n" }.joined()
        let long = edited(short, "line 500\n", "line 500\n" + log)
        for (base, other) in [(short, long), (long, short)] {
            let merged = TextMerge.merge(
                base: base, versions: [edited(other, "line 900\n", "end\n"), edited(base, "line 700\n", "x\n")])
            #expect(merged.text == edited(edited(other, "line 900\n", "end\n"), "line 700\n", "x\n"))
            #expect(!merged.hasOverlap)
        }
    }
}

private let textSeeds: ClosedRange<UInt64> = 1...300

extension TextMergeTests {
    fileprivate func expectMerge(
        of base: String, _ versions: String..., is text: String, at location: SourceLocation = #_sourceLocation
    ) {
        let merged = TextMerge.merge(base: base, versions: versions)
        #expect(bytes(merged.text) == bytes(text), "\(merged.text)", sourceLocation: location)
        #expect(!merged.hasOverlap, sourceLocation: location)
    }

    fileprivate func expectMerge(
        of base: String, _ versions: String..., overlapping text: String, at location: SourceLocation = #_sourceLocation
    ) {
        let merged = TextMerge.merge(base: base, versions: versions)
        #expect(bytes(merged.text) == bytes(text), "\(merged.text)", sourceLocation: location)
        #expect(merged.hasOverlap, sourceLocation: location)
    }

    /// Strings are equal when canonically equivalent; these are only when the same.
    fileprivate func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

    fileprivate func pieces(_ text: String, at separators: String) -> Set<[UInt8]> {
        Set(text.utf8.split { separators.utf8.contains($0) }.map([UInt8].init))
    }

    /// `text` with the only line or word `old` in it made `new`.
    fileprivate func edited(_ text: String, _ old: String, _ new: String) -> String {
        let parts = text.utf8.split(separator: old.utf8, maxSplits: 1, omittingEmptySubsequences: false)
        return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: new)
    }
}

extension Dice {
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Few words, so that lines repeat and diffs are ambiguous; among them marks, and what Unicode calls equivalent.
    mutating func line(wordsMax: Int) -> String {
        let words = ["buy", "sell", "stop", "95", "caf\u{e9}", "cafe\u{301}", "🙂", "<<<<<<<", "=======", ">>>>>>>", ""]
        let line = (0..<number(1...wordsMax)).map { _ in words[number(0...words.count - 1)] }.joined(separator: " ")
        return number(0...9) == 0 ? "\(line)\(number(0...999))" : line
    }

    mutating func text(wordsMax: Int = 3) -> String {
        let lines = (0..<number(0...12)).map { _ in line(wordsMax: wordsMax) + (number(0...7) == 0 ? "\r\n" : "\n") }
        return shorn(lines.joined())
    }

    mutating func edit(of base: String, wordsMax: Int = 3, edits: ClosedRange<Int> = 0...5) -> String {
        var lines = base.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        for _ in 0..<number(edits) {
            let index = number(0...lines.count)
            switch number(0...3) {
            case 0 where index < lines.count: lines.remove(at: index)
            case 1 where index < lines.count: lines[index] = line(wordsMax: wordsMax)
            case 2 where index < lines.count: lines[index] += " " + line(wordsMax: 1)
            default: lines.insert(line(wordsMax: wordsMax), at: index)
            }
        }
        return shorn(lines.joined(separator: "\n"))
    }

    /// Now and then without the final line end.
    private mutating func shorn(_ text: String) -> String {
        guard number(0...2) == 0, text.utf8.last == UInt8(ascii: "\n") else { return text }
        return String(decoding: text.utf8.dropLast(), as: UTF8.self)
    }
}

/// Texts of up to a mebibyte, each made to be as dear as can be in one way.
struct HostileTexts: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let base: String
    let versions: [String]

    static let all: [HostileTexts] = {
        var dice = Dice(seed: 1)
        func text(_ bytes: Int, _ line: () -> String) -> String {
            var text = ""
            while text.utf8.count < bytes { text += line() }
            return text
        }
        func coins(_ bytes: Int, _ sides: String...) -> String {
            text(bytes) { sides[dice.number(0...sides.count - 1)] }
        }
        func numbered(_ words: String) -> String { (0..<24_000).map { "\($0)\n\(words) \($0)\n" }.joined() }
        let large = 1 << 20
        return [
            HostileTexts(
                testDescription: "empty lines", base: text(large) { "\n" },
                versions: ["a\n" + text(large) { "\n" } + "b\n", "c\n" + text(large / 2) { "\n" } + "d\n"]),
            HostileTexts(
                testDescription: "coin tosses on short lines", base: coins(98_000, "a\n", "b\n"),
                versions: [coins(98_000, "a\n", "b\n"), coins(98_000, "a\n", "b\n")]),
            HostileTexts(
                testDescription: "one line of coin tosses", base: coins(large, "a ", "b "),
                versions: [coins(large, "a ", "b "), coins(large, "a ", "b ")]),
            HostileTexts(
                testDescription: "long runs on every diagonal", base: "x\n" + coins(98_000, "a\n") + "y\n",
                versions: [coins(90_000, "a\n") + coins(2_000, "b\n", "x\n"), coins(96_000, "a\n") + "x\ny\nz\n"]),
            HostileTexts(
                testDescription: "a word apart on each of many lines", base: numbered("a m b"),
                versions: [numbered("x m b"), numbered("a m y")]),
            HostileTexts(
                testDescription: "marks of every length", base: "",
                versions: (1...2).map { version in
                    (1...1_200).map { String(repeating: "<", count: $0) + "\n" }.joined() + "\(version)\n"
                }),
            HostileTexts(
                testDescription: "one long line", base: text(large) { "a" },
                versions: [text(large) { "a" } + "b", text(large) { "a" } + "c"]),
            HostileTexts(
                testDescription: "twenty versions", base: coins(98_000, "a\n", "b\n"),
                versions: (0..<20).map { _ in coins(98_000, "a\n", "b\n") }),
        ]
    }()
}
