import Primitives

extension SymbolName {
    /// What goes by its own name and says no currency: a dated future, `ESZ26`, or an index, `US30`.
    ///
    /// - Parameter quote: what prices are in, where the row says it. The journal asks the instrument else.
    init(contract: String, quote: String = "", kind: MarketKind) {
        base = contract
        self.quote = quote
        name = contract
        self.kind = kind
    }

    /// A dated future under one name, however its source writes it; see `FuturesSymbol`. Nil for what has no month and
    /// year, as `ES1!`.
    ///
    /// - Parameter year: when it was traded.
    static func future(_ text: String, traded year: Int, quote: String = "") -> SymbolName? {
        FuturesSymbol(text)?.name(tradedIn: year).map { SymbolName(contract: $0, quote: quote, kind: .future) }
    }
}

extension Timestamp {
    /// By UTC.
    var year: Int { CivilDay(daysSince1970: Int(milliseconds / 86_400_000)).year }
}
