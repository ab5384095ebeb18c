import Primitives

/// The account and symbol whose fills run one position, and the two coins of the symbol.
struct Market: Sendable {
    let account: ID<Account>
    let symbol: String
    private let base: String
    private let quote: String

    /// A symbol without `_` has a quote currency that nobody named: only an empty fee currency means it.
    init(_ fill: Fill) {
        account = fill.account
        symbol = fill.symbol
        if let cut = symbol.lastIndex(of: "_") {
            base = String(symbol[..<cut])
            quote = String(symbol[symbol.index(after: cut)...])
        } else {
            base = symbol
            quote = ""
        }
    }

    /// What a fee comes to, as far as the fill itself tells.
    enum Fee {
        /// In units of 10⁻³⁶ of the quote currency.
        case quote(WideInteger)
        case other(coin: String, Amount)
        case none
    }

    func fee(_ amount: Amount, of fill: Fill) -> Fee {
        if amount.isZero { return .none }
        let coin = fill.feeCurrency
        if coin.isEmpty || coin == quote { return .quote(WideInteger(amount.units, times: Self.one)) }
        if coin == base { return .quote(WideInteger(amount.units, times: fill.price.units)) }
        return .other(coin: coin, amount)
    }

    private static let one = Amount(whole: 1).units
}
