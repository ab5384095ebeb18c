extension ColumnLayout {
    static let kraken = [krakenTrades]

    private static let krakenTrades = ColumnLayout(
        format: .kraken, name: "kraken_trades", title: "Kraken trades", marks: ["ordertxid", "cost"],
        names: [
            .time: ["time"], .symbol: ["pair"], .side: ["type"], .price: ["price"], .quantity: ["vol"],
            .fee: ["fee"], .tradeID: ["txid"], .orderID: ["ordertxid"],
        ],
        dialect: .kraken, feeSign: .byFile, utcOffsetMinutes: 0, isNewestFirst: false)
}

extension SymbolName.Dialect {
    /// As Kraken's list of pairs (api.kraken.com/0/public/AssetPairs) has them.
    static let kraken = SymbolName.Dialect(
        quotes: [
            "USD", "EUR", "GBP", "CAD", "JPY", "AUD", "CHF", "AED", "USDT", "USDC", "DAI", "PYUSD", "USDQ", "EURQ",
            "EURR",
            "USDG", "RLUSD", "USDR", "XBT", "BTC", "ETH", "DOT", "SOL", "BRL", "MXN", "ARS", "COP",
        ], hasPrefixes: true)
}
