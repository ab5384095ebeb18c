import Primitives

/// What the words of a file mean: by what a person says of them, then by what is known.
extension ColumnLayout {
    /// Nil for a word that does not tell.
    func side(_ field: FieldBytes) -> Side? { said?.side(field) ?? Side(exported: field) }

    /// Nil for a status that is not known.
    func status(_ field: FieldBytes) -> RowKind? {
        if said?.isFill(field) ?? false { return .fill }
        return statuses.first { $0.matches(field) }?.meaning
    }

    /// Whether the kind of a row in a file that nobody vouches for leaves it a fill.
    func isForeignFill(_ field: FieldBytes) -> Bool {
        if field.isBlank || said?.isFill(field) ?? false { return true }
        if Self.orderTypes.contains(where: { field.equals($0) }) { return true }
        guard let known = kinds.first(where: { $0.matches(field) }) else { return side(field) != nil }
        if case .fill = known.meaning { return true }
        return false
    }

    /// What kind of order it was is no matter.
    private static let orderTypes: [StaticString] = [
        "limit", "market", "stop", "stop market", "stop_market", "stop limit", "stop_limit", "maker", "taker", "buy",
        "sell", "post_only", "ioc", "fok", "gtc", "trailing stop", "mkt", "lmt", "stp", "spot", "order", "stock",
        "stocks", "crypto", "margin", "perpetual", "futures",
    ]
}
