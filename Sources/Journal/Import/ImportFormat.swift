/// Whose export a file is. Each name stands for all the layouts that Daybook knows of that exchange or broker.
package enum ImportFormat: String, Sendable, CaseIterable {
    /// Told by the header.
    case auto
    case binance, bybit, kraken, hyperliquid, okx, coinbase, kucoin, bitget, mexc, gate, bitmex, deribit, dydx, ftx
    case ibkr, metatrader, ninjatrader, tradovate, schwab, trading212, tradingview, ccxt
    /// Any CSV with the columns of `genericHeader`, under those or similar names, in any order.
    case generic

    /// The header of Daybook's own layout. The last three columns may be missing.
    package static let genericHeader = "time,symbol,side,price,quantity,fee,fee_currency,id"

    /// As its owner writes it.
    package var title: String {
        switch self {
        case .auto: "any"
        case .okx: "OKX"
        case .kucoin: "KuCoin"
        case .mexc: "MEXC"
        case .bitmex: "BitMEX"
        case .dydx: "dYdX"
        case .ftx: "FTX"
        case .ibkr: "Interactive Brokers"
        case .metatrader: "MetaTrader"
        case .ninjatrader: "NinjaTrader"
        case .trading212: "Trading 212"
        case .tradingview: "TradingView"
        case .ccxt: "ccxt"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }
}
