/// What became of one row of an imported file. `line` is the physical line on which the row begins, from 1.
package enum ImportRow: Hashable, Sendable {
    case fill(Fill, line: Int)
    /// Understood, and no execution: a funding payment, say. The reason is a sentence for people.
    case skipped(line: Int, reason: String)
    /// Not understood. The reason is a sentence for people, without the line.
    case refused(line: Int, reason: String)

    package var line: Int {
        switch self {
        case .fill(_, let line), .skipped(let line, _), .refused(let line, _): line
        }
    }
}

/// Why a row gives no fill, on the way from a parser to an `ImportRow`.
enum RowRefusal: Error {
    case skip(String)
    case refuse(String)
}
