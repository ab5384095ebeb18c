import Primitives

/// Rows whose side names the position that they change: `Open long`, `Close short`; or, as MEXC has it, `buy short` for
/// what opens a short and `sell short` for what closes it.
struct LegWords: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        let word = row[.side]
        let opensOrCloses: (isOpening: Bool, leg: Direction)? =
            if word.equals("buy long") {
                (true, .long)
            } else if word.equals("buy short") {
                (true, .short)
            } else if word.equals("sell long") {
                (false, .long)
            } else if word.equals("sell short") {
                (false, .short)
            } else {
                nil
            }
        guard let (isOpening, leg) = opensOrCloses else {
            // “Long” alone may be a side, and the position of a fill that closes it.
            guard !word.equals("long"), !word.equals("short") else {
                throw .refuse("The \(fields.name(.side)) \(word.quoted) does not say whether it was bought or sold.")
            }
            var fill = try fields.fill(row)
            fill.leg = .named(last: word)
            return [.fill(fill)]
        }
        var fill = try fields.fill(row, side: isOpening == (leg == .long) ? .buy : .sell)
        fill.leg = leg
        fill.effect = isOpening ? .opens : .closes
        return [.fill(fill)]
    }
}
