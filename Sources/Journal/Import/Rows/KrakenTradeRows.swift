import Primitives

/// A trade of Kraken's that ties up margin is one on margin, where what is sold need not be there.
struct KrakenTradeRows: RowReader {
    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        var fill = try fields.fill(row)
        let margin = fields.amount(at: fields.place(named: "margin"), row)
        let note = row[fields.place(named: "misc")]
        let isClosing = note.begins(with: "closing") || note.text.contains(",closing")
        guard margin.map({ !$0.isZero }) == true || isClosing, fields.options.market == nil else {
            return [.fill(fill)]
        }
        fill.marketKind = .margin
        if isClosing { fill.effect = .reduces }
        return [.fill(fill)]
    }
}
