/// Cuts a text in XML or HTML anew, so that what is read of it does not depend on how its bytes came: each piece ends
/// behind a `>`. libxml2's reader of HTML goes astray where a tag is cut.
struct MarkupPieces {
    private let size: Int
    private var filter: HTMLFilter?
    private var waiting: [UInt8] = []
    private var start = 0
    /// How far behind `start` no place to cut was found.
    private var searched = 0
    private(set) var isFinished = false

    /// - Parameter size: how many bytes a piece has at least, but for the last one.
    init(_ form: MarkupReader.Form, size: Int) {
        self.size = max(size, 1)
        if form == .html { filter = HTMLFilter() }
    }

    /// How many bytes wait for the end of their piece.
    var waitingCount: Int { waiting.count - start }

    /// What HTML left open at its end, if anything.
    var unclosed: String? { isFinished ? filter?.unclosed : nil }

    mutating func feed(_ bytes: [UInt8]) {
        waiting.removeFirst(start)
        start = 0
        if filter?.feed(bytes, into: &waiting) == nil { waiting.append(contentsOf: bytes) }
    }

    mutating func finish() {
        isFinished = true
        filter?.finish(into: &waiting)
    }

    /// The next piece; nil where it takes more bytes, and behind the last one.
    mutating func next() -> [UInt8]? {
        let from = start + max(size - 1, searched)
        if from < waiting.count, let end = waiting[from...].firstIndex(of: UInt8(ascii: ">")) {
            return take(to: end + 1)
        }
        guard isFinished else {
            searched = max(size - 1, waitingCount)
            return nil
        }
        return waitingCount > 0 ? take(to: waiting.count) : nil
    }

    private mutating func take(to end: Int) -> [UInt8] {
        let piece = Array(waiting[start..<end])
        (start, searched) = (end, 0)
        return piece
    }
}
