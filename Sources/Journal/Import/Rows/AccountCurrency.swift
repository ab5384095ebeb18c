import Primitives

/// The currency of an account, in which a platform writes commissions, swaps and profits without naming it.
///
/// Where a profit is the difference of the prices times the size to the cent, it is in what prices are in. Another
/// currency would have to be worth the same within a fifth of a percent.
struct AccountCurrency {
    /// Nil until it is known.
    var name: String?

    private struct Holding {
        /// Above zero for a long.
        var size = Amount.zero
        /// The average price of what is held.
        var price = Amount.zero
    }

    /// What deals opened, by market.
    private var holdings: [String: Holding] = [:]
    private static let holdingsMax = 10_000
    private static let profitMin = Amount(whole: 5)
    private static let cent = Amount(units: 10_000_000_000_000_000)

    mutating func position(
        _ symbol: SymbolName, _ side: Side, _ open: Amount, _ close: Amount, _ size: Amount?, _ profit: Amount
    ) {
        guard name == nil, !symbol.quote.isEmpty, profit.magnitude >= Self.profitMin, let size,
            let gain = try? (side == .buy ? close - open : open - close) * size,
            let rest = try? gain - profit, rest.magnitude <= Self.cent
        else { return }
        name = symbol.quote
    }

    mutating func deal(
        _ symbol: SymbolName, _ side: Side, _ price: Amount, _ size: Amount?, _ effect: Fill.Effect, _ profit: Amount
    ) {
        guard name == nil, let size, holdings[symbol.name] != nil || holdings.count < Self.holdingsMax else { return }
        var holding = holdings[symbol.name] ?? Holding()
        switch effect {
        case .opens:
            let signed = side == .buy ? size : -size
            guard let before = try? holding.price * holding.size, let added = try? price * signed,
                let sum = try? before + added, let total = try? holding.size + signed, !total.isZero,
                let average = try? sum / total
            else { break }
            holding = Holding(size: total, price: average)
        case .closes:
            position(symbol, side == .buy ? .sell : .buy, holding.price, price, size, profit)
            holding.size = (try? side == .buy ? holding.size + size : holding.size - size) ?? .zero
        case .reduces: holding = Holding()
        }
        holdings[symbol.name] = holding
    }
}
