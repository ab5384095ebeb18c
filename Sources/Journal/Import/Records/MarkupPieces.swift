/// Cuts a text in XML or HTML anew, so that what is read of it does not depend on how its bytes came. A piece ends behind
/// a `>`, in HTML that of a tag: libxml2's reader of HTML goes astray where a tag or a script is cut.
struct MarkupPieces {
    private let size: Int
    private var filter: HTMLFilter?
    private var waiting: [UInt8] = []
    private var start = 0
    /// Where the pieces of HTML end that are whole.
    private var ends: [Int] = []
    /// How far behind `start` XML was searched for an end.
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
        ends = ends.map { $0 - start }
        start = 0
        guard var filter else { return waiting.append(contentsOf: bytes) }
        for byte in bytes where filter.take(byte, into: &waiting) {
            if waiting.count - (ends.last ?? 0) >= size { ends.append(waiting.count) }
        }
        self.filter = filter
    }

    mutating func finish() {
        isFinished = true
        filter?.finish(into: &waiting)
    }

    /// The next piece; nil where it takes more bytes, and behind the last one.
    mutating func next() -> [UInt8]? {
        if let end = filter == nil ? findEnd() : ends.first {
            if filter != nil { ends.removeFirst() }
            return take(to: end)
        }
        return isFinished && waitingCount > 0 ? take(to: waiting.count) : nil
    }

    private mutating func findEnd() -> Int? {
        let from = start + max(size - 1, searched)
        guard from < waiting.count else { return nil }
        if let end = waiting[from...].firstIndex(of: UInt8(ascii: ">")) { return end + 1 }
        searched = waitingCount
        return nil
    }

    private mutating func take(to end: Int) -> [UInt8] {
        let piece = Array(waiting[start..<end])
        (start, searched) = (end, 0)
        return piece
    }
}
