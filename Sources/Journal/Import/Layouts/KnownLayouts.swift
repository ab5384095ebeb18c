extension ColumnLayout {
    /// In the order in which they are tried: the generic one fits much, so it comes last.
    static let all: [ColumnLayout] =
        binance + bybit + kraken + hyperliquid + okx + coinbase + kucoin + bitget + mexc + gate + bitmex + deribit
        + dydx + ftx + interactiveBrokers + metaTrader + ninjaTrader + tradovate + schwab + trading212 + tradingView
        + ccxt + [generic]
}
