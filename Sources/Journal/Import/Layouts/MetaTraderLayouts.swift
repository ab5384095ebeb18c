/// Tables of MetaTrader's reports; `MetaTraderReport` adds the account's currency to them. No table has a zone: times are
/// those of the broker's server.
///
/// Relied on: GeneBO98/tradetally (backend/src/utils/csv, MetaTrader) for both tables of version 5 and for blanks in
/// numbers (`4 182.78`, `- 0.04`); the statement headers of version 4 as fixtures of several importers on GitHub have them.
extension ColumnLayout {
    static let metaTrader = [metaTraderDeals, metaTraderPositions, metaTraderHistory, metaTraderOrders]

    /// Version 5: `Time,Position,Symbol,Type,Volume,Price,S / L,T / P,Time,Price,Commission,Swap,Profit`.
    private static let metaTraderPositions = ColumnLayout(
        format: .metatrader, name: "metatrader5_positions", title: "MetaTrader 5 positions",
        marks: ["position", "symbol", "type", "volume", "profit"], absent: ["direction", "deal"],
        names: [
            .time: ["time", "opentime"], .symbol: ["symbol"], .side: ["type"], .price: ["price", "openprice"],
            .quantity: ["volume"], .fee: ["commission"], .secondFee: ["swap"], .thirdFee: ["fee"],
            .feeCoin: ["accountcurrency"],
            .tradeID: ["position"], .kind: ["type"], .profit: ["profit"], .closeTime: ["closetime", "time"],
            .closePrice: ["closeprice", "price"],
        ],
        needed: positionRoles, kinds: metaTraderTypes, feeSign: .minus, dateOrder: .yearFirst,
        reader: { MetaTraderRows(.positions) })

    /// Version 4: `Ticket,Open Time,Type,Size,Item,Price,S / L,T / P,Close Time,Price,Commission,Taxes,Swap,Profit`.
    private static let metaTraderHistory = ColumnLayout(
        format: .metatrader, name: "metatrader4_history", title: "MetaTrader 4 account history",
        marks: ["ticket", "opentime", "type", "closetime", "profit"],
        names: [
            .time: ["opentime"], .symbol: ["item", "symbol"], .side: ["type"], .price: ["price", "openprice"],
            .quantity: ["size", "lots", "volume"], .fee: ["commission"], .secondFee: ["swap"], .thirdFee: ["taxes"],
            .feeCoin: ["accountcurrency"], .tradeID: ["ticket"], .kind: ["type"], .profit: ["profit"],
            .closeTime: ["closetime"],
            .closePrice: ["closeprice", "price"],
        ],
        needed: positionRoles, kinds: metaTraderTypes, feeSign: .minus, dateOrder: .yearFirst,
        reader: { MetaTraderRows(.positions) })

    /// Version 5: `Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment`.
    private static let metaTraderDeals = ColumnLayout(
        format: .metatrader, name: "metatrader5_deals", title: "MetaTrader 5 deals",
        marks: ["deal", "symbol", "type", "direction", "volume"],
        names: [
            .time: ["time"], .symbol: ["symbol"], .side: ["type"], .price: ["price"], .quantity: ["volume"],
            .fee: ["commission"], .secondFee: ["swap"], .thirdFee: ["fee"], .feeCoin: ["accountcurrency"],
            .tradeID: ["deal"], .orderID: ["order"],
            .kind: ["type"], .effect: ["direction"], .profit: ["profit"],
        ],
        kinds: metaTraderTypes, feeSign: .minus, dateOrder: .yearFirst, reader: { MetaTraderRows(.deals) })

    private static let metaTraderOrders = ColumnLayout(
        format: .metatrader, name: "metatrader5_orders", title: "MetaTrader 5 orders",
        marks: ["opentime", "order", "volume", "state"],
        refusal: "It lists orders. In the tab History choose Positions or Deals, and export the report instead.")

    private static let positionRoles: [Role] = [
        .time, .symbol, .side, .price, .quantity, .closeTime, .closePrice, .profit,
    ]

    private static let metaTraderTypes: [RowWord<RowKind>] = [
        .init("buy", .fill), .init("sell", .fill), .init("balance", .skipped("")), .init("credit", .skipped("")),
        .init("charge", .skipped("")), .init("correction", .skipped("")), .init("bonus", .skipped("")),
        .init("interest", .skipped("")), .init("dividend", .skipped("")), .init("tax", .skipped("")),
        .init("buy limit", .skipped(pending)), .init("sell limit", .skipped(pending)),
        .init("buy stop", .skipped(pending), at: .beginning), .init("sell stop", .skipped(pending), at: .beginning),
    ]

    private static let pending: StaticString = "An order that waited is no trade."
}
