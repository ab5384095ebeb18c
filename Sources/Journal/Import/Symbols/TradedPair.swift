import Primitives

/// Two coins that were exchanged for each other, where the export says no market.
///
/// Which of them is the price's currency is a convention, and the same on all exchanges for those below; it changes the
/// symbol, and no money.
struct TradedPair: Sendable {
    /// Of two of these, the one that stands first is what prices are in.
    private static let quotes = [
        "JPY", "KRW", "TRY", "BRL", "ARS", "MXN", "CHF", "CAD", "USD", "AUD", "GBP", "EUR", "FDUSD", "TUSD", "BUSD",
        "USDT",
        "USDC", "USDG", "PYUSD", "DAI", "BTC", "ETH", "BNB", "SOL",
    ]

    let base: String
    let quote: String

    /// Nil where no convention tells which is which.
    init?(_ one: String, _ other: String) {
        let first = Self.quotes.firstIndex(of: one) ?? Self.quotes.count
        let second = Self.quotes.firstIndex(of: other) ?? Self.quotes.count
        guard first != second else { return nil }
        (base, quote) = first < second ? (other, one) : (one, other)
    }
}

extension Amount {
    /// `self` for each of `quantity`, to the 18th decimal. Nil where that is nothing, or more than can be held.
    func price(of quantity: Amount) -> Amount? {
        guard quantity > .zero, let price = try? self / quantity, price > .zero else { return nil }
        return price
    }
}
