extension ColumnLayout {
    static let hyperliquid = [hyperliquidTrades]

    /// `dir` says what became of the position: perpetuals are opened and closed, coins bought and sold.
    private static let hyperliquidTrades = ColumnLayout(
        format: .hyperliquid, name: "hyperliquid_trades", title: "Hyperliquid trade history",
        marks: ["coin", "dir", "px", "sz"],
        names: [
            .time: ["time"], .symbol: ["coin"], .side: ["dir"], .price: ["px"], .quantity: ["sz"], .fee: ["fee"],
            .feeCoin: ["feetoken"], .tradeID: ["tid", "tradeid"], .orderID: ["oid", "orderid"], .kind: ["dir"],
            .effect: ["dir"], .marketKind: ["dir"],
        ],
        dialect: .hyperliquid, market: .perpetual,
        marketWords: [
            .init("buy", .spot), .init("sell", .spot), .init("spot", .spot, at: .beginning),
        ],
        kinds: [
            .init("open ", .fill, at: .beginning), .init("close ", .fill, at: .beginning), .init("buy", .fill),
            .init("sell", .fill), .init("spot dust conversion", .closes), .init("settlement", .closes),
            .init("auto-deleveraging", .closes), .init("liquidated", .closes, at: .beginning),
            .init(" long", .fill, at: .end),
            .init(" short", .fill, at: .end),
        ],
        feeCoinRule: .receivedOnSpot, isNewestFirst: true, reader: { SidelessClosings() })
}

extension SymbolName.Dialect {
    /// `ETH` is a perpetual in USDC; `HYPE/USDC` is spot, and so is `@107`.
    static let hyperliquid = SymbolName.Dialect(
        quotes: ["USDC", "USDH", "USDE", "USDT0"], soleQuote: "USDC", aliases: ["@107": "HYPE"])
}
