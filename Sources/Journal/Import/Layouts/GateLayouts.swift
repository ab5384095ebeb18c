// Columns and values as in tests of a public importer of Gate's `Spot_TradeHistory_….csv`, and in BittyTax
// (conv/parsers/gateio.py).
extension ColumnLayout {
    static let gate = [gateSpot, gateBalance]

    /// `No,Time,Trade type,Role,Market,Deal price,Deal amount,Total,Fee`: amounts with their coin behind them, ids and prices
    /// with a tab.
    private static let gateSpot = ColumnLayout(
        format: .gate, name: "gate_spot", title: "Gate spot trade history",
        marks: ["tradetype", "market", "dealprice", "dealamount", "fee"],
        names: [
            .time: ["time"], .symbol: ["market"], .side: ["tradetype"], .price: ["dealprice"],
            .quantity: ["dealamount"],
            .total: ["total"], .fee: ["fee"], .orderID: ["no"],
        ],
        dialect: .gate, market: .spot, carriesCoins: true, hasTradeIDs: false)

    private static let gateBalance = ColumnLayout(
        format: .gate, name: "gate_balance", title: "Gate account book",
        marks: ["time", "actiondesc", "actiondata", "changeamount"],
        refusal:
            "It lists changes of balances. On Gate choose Orders → Spot orders → Trade history → Export, and import that."
    )
}

extension SymbolName.Dialect {
    /// `GT/USDT`: a sign always parts the two.
    static let gate = SymbolName.Dialect(quotes: ["USDT", "USDC", "BTC", "ETH", "USD", "TRY", "GT"])
}
