// Columns and values as in tests of a public importer of Gate's `Spot_TradeHistory_….csv`, and in BittyTax
// (conv/parsers/gateio.py).
extension ColumnLayout {
    static let gate = [gateSpot, gateFutures, gateBalance]

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

    /// Fills of perpetuals as the API has them (gate.com/docs/developers/apiv4, MyFuturesTrade). Sizes are in contracts, and
    /// below zero for a sale.
    private static let gateFutures = ColumnLayout(
        format: .gate, name: "gate_futures", title: "Gate futures fills",
        marks: ["createtime", "contract", "size", "price", "fee", "pointfee"],
        names: [
            .time: ["createtime"], .symbol: ["contract"], .side: ["size"], .price: ["price"], .quantity: ["size"],
            .fee: ["fee"], .tradeID: ["id", "tradeid"], .orderID: ["orderid"],
        ],
        dialect: .gateFutures, market: .perpetual, sides: .signOfQuantity, quantities: .contracts, utcOffsetMinutes: 0,
        isNewestFirst: true, reader: { ContractFillRows() })

    private static let gateBalance = ColumnLayout(
        format: .gate, name: "gate_balance", title: "Gate account book",
        marks: ["time", "actiondesc", "actiondata", "changeamount"],
        refusal:
            "It lists changes of balances. On Gate export the Trade history of spot orders instead."
    )
}

extension SymbolName.Dialect {
    /// `BTC_USD` is inverse.
    static let gateFutures = SymbolName.Dialect(quotes: ["USDT", "USD"], hasInverse: true)
    /// `GT/USDT`: a sign always parts the two.
    static let gate = SymbolName.Dialect(quotes: ["USDT", "USDC", "BTC", "ETH", "USD", "TRY", "GT"])
}
