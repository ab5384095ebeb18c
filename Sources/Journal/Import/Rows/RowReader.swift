/// Reads the rows of an export in which a row is not a fill: two rows that are one, or one row that is two.
///
/// Rows may be held back until their partner comes. What is held must be bounded: at `heldMax` the oldest is given up as
/// one whose partner is missing.
protocol RowReader {
    /// What the row gives, now that it is known; nothing where it has to wait. Throws what becomes of this row alone.
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult]

    /// What the rows give that were held back to the end.
    mutating func finish(_ fields: inout FieldReader) -> [RowResult]
}

extension RowReader {
    /// How many rows may wait for their partners.
    static var heldMax: Int { 10_000 }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] { [] }
}

enum RowResult: Sendable {
    case fill(ParsedFill)
    case skipped(line: Int, reason: String)
    case refused(line: Int, reason: String)
}
