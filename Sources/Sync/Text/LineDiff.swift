// What changed between two texts, at a cost that nobody can drive up.
//
// A text is cut into pieces (lines, or words); the longest common run of pieces is found by Myers's greedy algorithm
// (1986). Its worst case is quadratic, so it is given a budget, and gives up when that is spent: a coarse answer is
// still a right one, for the middle of the text may always be called replaced as a whole.

/// A text cut into pieces, none of them copied. The pieces joined are the text, byte for byte.
struct TextPieces: Sendable {
    let bytes: ArraySlice<UInt8>
    /// Where each piece starts, and where the last one ends.
    private let bounds: [Int]

    var count: Int { bounds.count - 1 }

    subscript(piece: Int) -> ArraySlice<UInt8> { bytes[bounds[piece]..<bounds[piece + 1]] }

    subscript(pieces: Range<Int>) -> ArraySlice<UInt8> { bytes[bounds[pieces.lowerBound]..<bounds[pieces.upperBound]] }

    /// Each line with its line feed.
    static func lines(of bytes: ArraySlice<UInt8>) -> TextPieces {
        cut(bytes) { text, start in
            var end = start
            while end < text.count, text[end] != .lineFeed { end += 1 }
            return min(end + 1, text.count)
        }
    }

    /// Words, the blanks between them, and line ends, each a piece of its own.
    ///
    /// A word ends at a space, a tab or the line's end only. Cut at punctuation too, "1.05" against "2.00" could be
    /// merged into a price that nobody wrote.
    static func words(of bytes: ArraySlice<UInt8>) -> TextPieces {
        cut(bytes) { text, start in
            func isLineEnd(_ index: Int) -> Bool {
                text[index] == .lineFeed
                    || text[index] == .carriageReturn && index + 1 < text.count && text[index + 1] == .lineFeed
            }
            if isLineEnd(start) { return text[start] == .lineFeed ? start + 1 : start + 2 }
            var end = start + 1
            while end < text.count, !isLineEnd(end), text[end].isBlank == text[start].isBlank { end += 1 }
            return end
        }
    }

    private static func cut(
        _ bytes: ArraySlice<UInt8>, pieceEnd: (UnsafeBufferPointer<UInt8>, Int) -> Int
    ) -> TextPieces {
        let bounds = bytes.withUnsafeBufferPointer { text in
            var bounds = [bytes.startIndex]
            var end = 0
            while end < text.count {
                end = pieceEnd(text, end)
                bounds.append(bytes.startIndex + end)
            }
            return bounds
        }
        return TextPieces(bytes: bytes, bounds: bounds)
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

/// What one version did: these pieces of the base became those pieces of the version. One of the two may be empty.
struct Hunk: Equatable, Sendable {
    var base: Range<Int>
    var version: Range<Int>
}

/// The budget of a merge, shared by all its diffs. It counts steps and not time, so that every device gives up at the
/// same point and shows the same text.
package struct DiffWork: Sendable {
    /// A step is some nanoseconds; all of them together stay well below a tenth of a second.
    package static let stepsMax = 8_000_000
    /// What short texts may take, in steps. More than any short text that people write needs.
    package static let stepsMin = 1 << 17
    /// What each byte of the texts adds, in steps. Who sends many texts that are dear to compare pays for each of them.
    package static let stepsPerByte = 64

    package let limit: Int
    package private(set) var steps = 0

    package init() { limit = Self.stepsMax }

    /// - Parameter bytes: of all texts together.
    package init(bytes: Int) {
        limit = min(Self.stepsMax, Self.stepsMin + Self.stepsPerByte * min(bytes, Self.stepsMax))
    }

    /// Asked before each piece of work, so that only the last one overdraws.
    var isSpent: Bool { steps >= limit }

    mutating func spend(_ count: Int) { steps += count }
}

enum LineDiff {
    /// Of the pieces that occur on both sides, how many may be out of place. It bounds the memory, which grows with its
    /// square, to 8 MiB.
    static let editsMax = 2_000
    /// More changed pieces than this, on either side, are not looked at one by one.
    static let piecesMax = 50_000
    /// What it costs to recognise a piece.
    static let pieceSteps = 12

    /// What turns `base` into `version`, in order; nothing where they are equal.
    ///
    /// A run that could stand in several places (a paragraph added between two blank lines) is put in the last of
    /// them, so that two versions which add something at the same place are seen to do so.
    static func hunks(from base: TextPieces, to version: TextPieces, work: inout DiffWork) -> [Hunk] {
        let middle = middle(base, version)
        if middle.base.isEmpty && middle.version.isEmpty { return [] }
        guard !middle.base.isEmpty, !middle.version.isEmpty,
            let pairs = pairs(base, version, within: middle, work: &work)
        else { return [middle] }

        var hunks: [Hunk] = []
        var (nextBase, nextVersion) = (middle.base.lowerBound, middle.version.lowerBound)
        for pair in pairs + [Pair(base: middle.base.upperBound, version: middle.version.upperBound)] {
            if pair.base > nextBase || pair.version > nextVersion {
                hunks.append(Hunk(base: nextBase..<pair.base, version: nextVersion..<pair.version))
            }
            (nextBase, nextVersion) = (pair.base + 1, pair.version + 1)
        }
        if let last = hunks.popLast() { hunks.append(slidDown(last, base, version)) }
        return hunks
    }

    /// What is left between the common beginning and the common end.
    private static func middle(_ base: TextPieces, _ version: TextPieces) -> Hunk {
        let shorter = min(base.count, version.count)
        var prefix = 0
        while prefix < shorter, base[prefix] == version[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < shorter - prefix, base[base.count - 1 - suffix] == version[version.count - 1 - suffix] {
            suffix += 1
        }
        return Hunk(base: prefix..<base.count - suffix, version: prefix..<version.count - suffix)
    }

    /// Nil when the budget is spent.
    ///
    /// Pieces that occur on one side only cannot be paired. They are left out before the search, which makes a thousand
    /// pasted lines cost nothing, and changes no answer.
    private static func pairs(
        _ base: TextPieces, _ version: TextPieces, within middle: Hunk, work: inout DiffWork
    ) -> [Pair]? {
        guard max(middle.base.count, middle.version.count) <= piecesMax, !work.isSpent else { return nil }
        work.spend(pieceSteps * (middle.base.count + middle.version.count))

        var names: [Piece: Int32] = [:]
        var base = middle.base.map { index in
            let piece = Piece(bytes: base[index])
            if let name = names[piece] { return (index: index, name: name) }
            let name = Int32(names.count)
            names[piece] = name
            return (index: index, name: name)
        }
        var isShared = [Bool](repeating: false, count: names.count)
        let version = middle.version.compactMap { index -> (index: Int, name: Int32)? in
            guard let name = names[Piece(bytes: version[index])] else { return nil }
            isShared[Int(name)] = true
            return (index, name)
        }
        base.removeAll { !isShared[Int($0.name)] }

        let search = ShortestEdit(base: base.map(\.name), version: version.map(\.name))
        return search.pairs(work: &work)?.map {
            Pair(base: base[$0.base].index, version: version[$0.version].index)
        }
    }

    /// A pure addition or deletion, moved to the last place where it can stand.
    ///
    /// Only the last hunk may need it. The others begin where the search could follow a common run no further; the last
    /// one ends at the common end of the texts, which was set apart before the search.
    private static func slidDown(_ hunk: Hunk, _ base: TextPieces, _ version: TextPieces) -> Hunk {
        guard hunk.base.isEmpty || hunk.version.isEmpty else { return hunk }
        var hunk = hunk
        while hunk.base.upperBound < base.count,
            hunk.first(base, version) == base[hunk.base.upperBound]
        {
            hunk.base = hunk.base.lowerBound + 1..<hunk.base.upperBound + 1
            hunk.version = hunk.version.lowerBound + 1..<hunk.version.upperBound + 1
        }
        return hunk
    }
}

extension Hunk {
    /// The first piece that was added or deleted.
    fileprivate func first(_ base: TextPieces, _ version: TextPieces) -> ArraySlice<UInt8> {
        self.base.isEmpty ? version[self.version.lowerBound] : base[self.base.lowerBound]
    }
}

extension LineDiff {
    /// The key under which equal pieces meet. Hashed in one go: as an array it would be hashed byte by byte.
    private struct Piece: Hashable {
        let bytes: ArraySlice<UInt8>

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// A piece of the base and the piece of the version that it still is.
    fileprivate struct Pair {
        var base: Int
        var version: Int
    }
}

/// Myers's search: after `d` edits, how far can each diagonal be followed?
///
/// Row `d` holds the answer for the diagonals `-d, -d + 2, ... d`, so all rows together form a triangle, kept in one
/// array; the way back through it is the edit script.
private struct ShortestEdit {
    let base: [Int32]
    let version: [Int32]
    private var rows: [Int32] = []

    init(base: [Int32], version: [Int32]) {
        self.base = base
        self.version = version
    }

    /// Nil when `editsMax` or the budget is exceeded.
    consuming func pairs(work: inout DiffWork) -> [LineDiff.Pair]? {
        if base.isEmpty || version.isEmpty { return [] }
        let goal = base.count - version.count
        guard abs(goal) <= LineDiff.editsMax else { return nil }
        for edits in 0...LineDiff.editsMax {
            for column in 0...edits {
                let diagonal = 2 * column - edits
                let start = edits == 0 ? 0 : step(edits, column).end
                let end = followed(from: start, on: diagonal)
                rows.append(end)
                if diagonal == goal, end == base.count { return traced(from: edits, column) }
                work.spend(1 + Int(end - start))
                if work.isSpent { return nil }
            }
        }
        return nil
    }

    private func followed(from start: Int32, on diagonal: Int) -> Int32 {
        var x = Int(start)
        while x < base.count, x - diagonal < version.count, base[x] == version[x - diagonal] { x += 1 }
        return Int32(x)
    }

    /// The better of two ways to reach a diagonal: past a piece of the version, from the diagonal above, or past one of
    /// the base. It may lead out of the grid; from there no way leads to the goal, so that does no harm.
    private func step(_ edits: Int, _ column: Int) -> (isInsertion: Bool, end: Int32) {
        let previous = edits * (edits - 1) / 2
        if column == 0 { return (true, rows[previous]) }
        let deletion = rows[previous + column - 1] + 1
        if column == edits { return (false, deletion) }
        let insertion = rows[previous + column]
        return (insertion >= deletion, max(insertion, deletion))
    }

    private func traced(from lastEdits: Int, _ lastColumn: Int) -> [LineDiff.Pair] {
        var pairs: [LineDiff.Pair] = []
        var column = lastColumn
        for edits in stride(from: lastEdits, through: 0, by: -1) {
            let diagonal = 2 * column - edits
            let step = edits == 0 ? (isInsertion: true, end: 0) : step(edits, column)
            let end = Int(rows[edits * (edits + 1) / 2 + column])
            for x in (Int(step.end)..<end).reversed() { pairs.append(LineDiff.Pair(base: x, version: x - diagonal)) }
            if !step.isInsertion { column -= 1 }
        }
        return pairs.reversed()
    }
}
