// How texts that were written at the same time, on devices that could not see each other, become one text to read.
//
// Line by line first: what only one version changed is taken from it, and what several changed alike is taken once.
// Where the same lines were changed differently, word by word. Where even the words collide, every version is kept,
// one below the other, between marks:
//
//     <<<<<<< version 1
//     Stop at 95, below the swing low.
//     ======= version 2
//     Stop at 97, half the size.
//     >>>>>>> end of versions
//
// The versions are merged all at once and not one after another: each is compared with the base only, so marks never
// nest, and no version's text appears twice. The result depends on the base and the ordered versions, and on nothing
// else: no clock, no hash seed, no speed of the machine.

/// The diff3-style merge of long texts: notes, and the bodies of entries.
///
/// It promises that every word of every version that the base did not have is in the result; a deletion loses against
/// an edit of the same lines. It compares bytes: line ends stay as they are, and two spellings that Unicode calls
/// equivalent are different texts.
package enum TextMerge {
    /// With more collisions than this, the text between them would no longer help anyone: the versions are then kept
    /// whole, one below the other, which also bounds the size of the result.
    static let overlapsMax = 1_000
    /// What looking at the words of one side costs, however few they are: thousands of short lines come to an end too.
    static let wordSetupSteps = 500

    /// `versions` were written over `base`, knowing nothing of each other, and come in an order that all devices agree
    /// on. A version equal to the base or to an earlier version adds nothing; "version 2" in a mark counts the rest.
    /// `hasOverlap` tells whether there are marks, and something for a person to settle.
    package static func merge(base: String, versions: [String]) -> (text: String, hasOverlap: Bool) {
        var work = DiffWork()
        return merge(base: base, versions: versions, work: &work)
    }

    /// The same, with the work done added to `work`.
    package static func merge(
        base: String, versions: [String], work: inout DiffWork
    ) -> (text: String, hasOverlap: Bool) {
        // Nothing is longer than the greatest integer, so there always is a text.
        merge(base: base, versions: versions, bytesMax: .max, work: &work) ?? (versions.last ?? base, true)
    }

    /// The same; nil for a text of more than `bytesMax` bytes, of which no more than that is ever made.
    package static func merge(
        base: String, versions: [String], bytesMax: Int, work: inout DiffWork
    ) -> (text: String, hasOverlap: Bool)? {
        let base = [UInt8](base.utf8)
        var distinct: [[UInt8]] = []
        for version in versions.map({ [UInt8]($0.utf8) }) where version != base && !distinct.contains(version) {
            distinct.append(version)
        }
        guard distinct.count > 1 else {
            let only = distinct.first ?? base
            return only.count <= bytesMax ? (String(decoding: only, as: UTF8.self), false) : nil
        }

        let ending = LineEnding(base: base, versions: distinct)
        let lines = (base: ending.lines(of: base), versions: distinct.map(ending.lines))
        let parts = parts(lines.base, lines.versions, work: &work)
        lazy var marks = Marks(texts: [lines.base] + lines.versions, lineEnd: ending.bytes)
        var merged: [UInt8] = []
        var hasOverlap = false
        for part in parts {
            switch part {
            case .plain(let bytes): merged += bytes
            case .overlap(let sides):
                merged += marks.marked(sides)
                hasOverlap = true
            }
            // The line end that all texts were given may still go.
            guard merged.count - ending.bytes.count <= bytesMax else { return nil }
        }
        let whole = ending.restored(merged)
        return whole.count <= bytesMax ? (String(decoding: whole, as: UTF8.self), hasOverlap) : nil
    }
}

extension TextMerge {
    /// What one version has in place of some pieces of the base.
    fileprivate struct Side {
        /// Counted from 0.
        let version: Int
        let bytes: ArraySlice<UInt8>
    }

    fileprivate enum Part {
        case plain(ArraySlice<UInt8>)
        case overlap([Side])
    }

    /// A stretch of the base that was changed, and how: at least one side, no two the same.
    fileprivate struct Change {
        let base: Range<Int>
        let sides: [Side]
    }
}

extension TextMerge {
    private static func parts(_ base: TextPieces, _ versions: [TextPieces], work: inout DiffWork) -> [Part] {
        // Changes that only touch do not collide: paragraph 2 and paragraph 3 may be rewritten on two devices. Two
        // additions at one place are one change, for they need an order.
        let changes = changes(base, versions, work: &work) { range, next in
            next.lowerBound < range.upperBound || range.isEmpty && next.isEmpty && next.lowerBound == range.upperBound
        }
        var parts: [Part] = []
        var overlapCount = 0
        var position = 0
        for change in changes {
            parts.append(.plain(base[position..<change.base.lowerBound]))
            position = change.base.upperBound
            if change.sides.count == 1 || change.base.isEmpty {
                parts += change.sides.map { .plain($0.bytes) }
            } else if let words = wordsMerged(base[change.base], change.sides, work: &work) {
                parts.append(.plain(words))
            } else {
                parts.append(.overlap(change.sides))
                overlapCount += 1
            }
            if overlapCount > overlapsMax {
                let whole = versions.enumerated().map { Side(version: $0, bytes: $1.bytes) }
                return [.overlap(distinct(whole.filter { $0.bytes != base.bytes }))]
            }
        }
        return parts + [.plain(base[position..<base.count])]
    }

    /// Nil where two sides change the same words, or neighbouring ones.
    ///
    /// Between the words that one side changes and those that another changes, a word or a line end must stand that
    /// both left alone. "Stop 100" made "Target 100" here and "Stop 105" there would else become "Target 105".
    private static func wordsMerged(
        _ base: ArraySlice<UInt8>, _ sides: [Side], work: inout DiffWork
    ) -> ArraySlice<UInt8>? {
        if work.isSpent { return nil }
        work.spend(wordSetupSteps * sides.count)
        let words = TextPieces.words(of: base)
        let versions = sides.map { TextPieces.words(of: $0.bytes) }
        let changes = changes(words, versions, work: &work) { range, next in
            next.lowerBound < range.upperBound
                || (range.upperBound..<next.lowerBound).allSatisfy { words[$0].first?.isBlank ?? true }
        }
        var merged: ArraySlice<UInt8> = []
        var position = 0
        for change in changes {
            guard change.sides.count == 1 else { return nil }
            merged += words[position..<change.base.lowerBound]
            merged += change.sides[0].bytes
            position = change.base.upperBound
        }
        return merged + words[position..<words.count]
    }

    /// The hunks of all versions, those that belong together made one. `joins` is asked whether a hunk belongs to the
    /// change before it.
    private static func changes(
        _ base: TextPieces, _ versions: [TextPieces], work: inout DiffWork,
        joins: (_ range: Range<Int>, _ next: Range<Int>) -> Bool
    ) -> [Change] {
        var hunks: [(version: Int, hunk: Hunk)] = []
        for (version, pieces) in versions.enumerated() {
            hunks += LineDiff.hunks(from: base, to: pieces, work: &work).map { (version, $0) }
        }
        hunks.sort { left, right in
            (left.hunk.base.lowerBound, left.hunk.base.upperBound, left.version)
                < (right.hunk.base.lowerBound, right.hunk.base.upperBound, right.version)
        }
        var changes: [Change] = []
        var start = 0
        while start < hunks.count {
            var range = hunks[start].hunk.base
            var end = start + 1
            while end < hunks.count, joins(range, hunks[end].hunk.base) {
                range = range.lowerBound..<max(range.upperBound, hunks[end].hunk.base.upperBound)
                end += 1
            }
            changes.append(Change(base: range, sides: sides(hunks[start..<end], of: range, in: versions)))
            start = end
        }
        return changes
    }

    /// Around its hunks a version is as the base, so its side reaches as far beyond them as the range does.
    private static func sides(
        _ hunks: ArraySlice<(version: Int, hunk: Hunk)>, of range: Range<Int>, in versions: [TextPieces]
    ) -> [Side] {
        var extents: [Int: Hunk] = [:]
        for (version, hunk) in hunks {
            let first = extents[version] ?? hunk
            extents[version] = Hunk(
                base: first.base.lowerBound..<hunk.base.upperBound,
                version: first.version.lowerBound..<hunk.version.upperBound)
        }
        let sides = extents.sorted { $0.key < $1.key }.map { version, extent in
            let start = extent.version.lowerBound - (extent.base.lowerBound - range.lowerBound)
            let end = extent.version.upperBound + (range.upperBound - extent.base.upperBound)
            return Side(version: version, bytes: versions[version][start..<end])
        }
        return distinct(sides)
    }

    private static func distinct(_ sides: [Side]) -> [Side] {
        var distinct: [Side] = []
        for side in sides where !distinct.contains(where: { $0.bytes == side.bytes }) { distinct.append(side) }
        return distinct
    }
}

/// Takes care of the last line, which may lack its line end.
///
/// For the merge every text gets one, so that a line does not count as changed because another follows it, and two
/// lines are never glued together. Whether the merged text ends in one is decided like everything else: a version that
/// changed it wins.
private struct LineEnding {
    let bytes: [UInt8]
    private let isOpen: Bool

    init(base: [UInt8], versions: [[UInt8]]) {
        let texts = [base] + versions
        let example = texts.lazy.compactMap { text in text.firstIndex(of: .lineFeed).map { (text, $0) } }.first
        let hasReturn = example.map { text, index in index > 0 && text[index - 1] == .carriageReturn } ?? false
        bytes = hasReturn ? [.carriageReturn, .lineFeed] : [.lineFeed]

        let wasOpen = Self.isOpen(base)
        let areOpen = versions.compactMap(Self.isOpen)
        isOpen = wasOpen.map { areOpen.contains(!$0) ? !$0 : $0 } ?? areOpen.allSatisfy { $0 }
    }

    /// Nil for an empty text, which has no last line.
    private static func isOpen(_ text: [UInt8]) -> Bool? { text.last.map { $0 != .lineFeed } }

    func lines(of text: [UInt8]) -> TextPieces {
        TextPieces.lines(of: Self.isOpen(text) == true ? text[...] + bytes : text[...])
    }

    func restored(_ merged: [UInt8]) -> ArraySlice<UInt8> {
        guard isOpen, merged.suffix(bytes.count) == bytes[...] else { return merged[...] }
        return merged.dropLast(bytes.count)
    }
}

/// The lines around and between the versions of an overlap.
private struct Marks {
    /// As in Git, so that editors know them.
    static let lengthMin = 7

    private let length: Int
    private let lineEnd: [UInt8]

    /// The shortest length that no line of `texts` uses: a text may quote such marks, or still hold those of an earlier
    /// merge, and one must be able to tell which are which.
    init(texts: [TextPieces], lineEnd: [UInt8]) {
        var used: Set<Int> = []
        for text in texts {
            for line in 0..<text.count {
                guard let sign = text[line].first, "<=>".utf8.contains(sign) else { continue }
                used.insert(text[line].prefix { $0 == sign }.count)
            }
        }
        var length = Self.lengthMin
        while used.contains(length) { length += 1 }
        self.length = length
        self.lineEnd = lineEnd
    }

    func marked(_ sides: [TextMerge.Side]) -> [UInt8] {
        var marked: [UInt8] = []
        for (index, side) in sides.enumerated() {
            let label = "version \(side.version + 1)" + (side.bytes.isEmpty ? " (deleted)" : "")
            marked += line(index == 0 ? "<" : "=", label) + side.bytes
        }
        return marked + line(">", "end of versions")
    }

    private func line(_ sign: Character, _ label: String) -> [UInt8] {
        [UInt8]("\(String(repeating: sign, count: length)) \(label)".utf8) + lineEnd
    }
}
