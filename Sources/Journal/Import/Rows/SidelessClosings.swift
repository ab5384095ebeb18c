import Primitives

/// Rows of which some close a position without saying which: Hyperliquid's settlements and forced reductions.
struct SidelessClosings: RowReader {
    private var closings = HeldClosings(Self.heldMax)

    mutating func read(_ row: RowFields, _ fields: inout FieldReader) throws(RowRefusal) -> [RowResult] {
        guard fields.sideIfSaid(row) == nil, case .closes = try fields.kind(row) else {
            let fill = try fields.fill(row)
            closings.add(fill)
            return [.fill(fill)]
        }
        let fill = try fields.fill(row, side: .sell)
        // Of coins there are only some to be sold.
        guard fill.marketKind != .spot else { return [.fill(fill)] }
        try closings.hold(fill)
        return []
    }

    mutating func finish(_ fields: inout FieldReader) -> [RowResult] {
        closings.finish(isDescending: fields.isDescending)
    }
}
