/// Whose export a file is. Each name stands for all the layouts that Daybook knows of that exchange.
package enum ImportFormat: String, Sendable, CaseIterable {
    /// Told by the header.
    case auto
    /// Spot trades (both layouts) and USD-M futures trades.
    case binance
    /// Trade history of spot and of derivatives.
    case bybit
    /// `trades.csv`.
    case kraken
    /// Trade history.
    case hyperliquid
    /// Any CSV with the columns of `genericHeader`, under those or similar names, in any order.
    case generic

    /// The header of Daybook's own layout. The last three columns may be missing.
    package static let genericHeader = "time,symbol,side,price,quantity,fee,fee_currency,id"
}
