/// Flex queries and activity statements.
///
/// Relied on: csingley/ibflex (names and meanings of Flex fields), the documented Flex fields of Interactive Brokers, and
/// fixtures of several public importers for the CSV forms (`BOF`/`BOS,TRNT`, `HEADER,TRNT`, `Trades,Header,…`).
extension ColumnLayout {
    static let interactiveBrokers = [flexTrades, flexTradesApart, flexXML, activityTrades]

    private static let flexNames: [Role: [String]] = [
        .time: ["datetime"], .symbol: ["symbol"], .currency: ["currencyprimary", "currency"], .side: ["buysell"],
        .price: ["tradeprice", "price"], .quantity: ["quantity"], .fee: ["ibcommission", "commission"],
        .secondFee: ["taxes", "tax"], .feeCoin: ["ibcommissioncurrency", "commissioncurrency"],
        .tradeID: ["tradeid", "ibexecid", "execid", "transactionid"], .orderID: ["iborderid", "orderid"],
        .kind: ["transactiontype"], .status: ["levelofdetail"], .effect: ["opencloseindicator"],
        .multiplier: ["multiplier"], .marketKind: ["assetclass", "assetcategory"],
    ]

    private static let flexRoles: [Role] = [.time, .symbol, .currency, .price, .quantity, .marketKind]

    private static let flexTrades = ColumnLayout(
        format: .ibkr, name: "ibkr_flex", title: "Interactive Brokers Flex query of trades",
        marks: ["datetime", "currencyprimary", "assetclass"], names: flexNames, needed: flexRoles, kinds: flexKinds,
        statuses: flexLevels, feeSign: .minus, hasCompactDates: true, reader: { InteractiveBrokersRows() })

    /// Day and time in two columns.
    private static let flexTradesApart = ColumnLayout(
        format: .ibkr, name: "ibkr_flex", title: "Interactive Brokers Flex query of trades",
        marks: ["tradedate", "tradetime", "currencyprimary", "assetclass"], absent: ["datetime"],
        names: flexNames.merging([.time: ["tradedate"], .clock: ["tradetime"]]) { $1 }, needed: flexRoles,
        kinds: flexKinds, statuses: flexLevels, feeSign: .minus, hasCompactDates: true,
        reader: { InteractiveBrokersRows() })

    /// As `FlexXML` hands it on: attributes have other names than columns.
    private static let flexXML = ColumnLayout(
        format: .ibkr, name: "ibkr_flex", title: "Interactive Brokers Flex query of trades",
        marks: ["datetime", "currency", "assetcategory", "levelofdetail"], names: flexNames, needed: flexRoles,
        kinds: flexKinds, statuses: flexLevels, feeSign: .minus, hasCompactDates: true,
        reader: { InteractiveBrokersRows() })

    /// As `StatementSections` hands it on.
    private static let activityTrades = ColumnLayout(
        format: .ibkr, name: "ibkr_activity", title: "Interactive Brokers activity statement",
        marks: ["datadiscriminator", "assetcategory", "tprice"],
        names: [
            .time: ["datetime"], .symbol: ["symbol"], .currency: ["currency"], .price: ["tprice"],
            .quantity: ["quantity"], .total: ["proceeds"], .fee: ["commfee"], .feeCoin: ["commcurrency"],
            .status: ["datadiscriminator"], .effect: ["code"], .marketKind: ["assetcategory"],
        ],
        needed: flexRoles, statuses: activityLevels, feeSign: .minus, dateOrder: .yearFirst,
        reader: { InteractiveBrokersRows() })

    private static let flexKinds: [RowWord<RowKind>] = [
        .init("exchtrade", .fill), .init("fracshare", .fill), .init("dvptrade", .fill), .init("adjustment", .fill),
        .init("booktrade", .closes),
        .init("tradecancel", .refused("It cancels a trade: take out both of them.")),
        .init(
            "tradecorrect", .refused("It corrects a trade: take out what it corrects, and say what is right by hand.")),
    ]

    private static let flexLevels: [RowWord<RowKind>] = [
        .init("execution", .fill), .init("", .fill), .init("order", .skipped(summary)),
        .init("closed_lot", .skipped(summary)), .init("closed lot", .skipped(summary)),
        .init("wash_sale", .skipped(summary)), .init("symbol_summary", .skipped(summary)),
        .init("asset_summary", .skipped(summary)), .init("lot", .skipped(summary)),
    ]

    /// Orders are read as far as their executions do not follow them.
    private static let activityLevels: [RowWord<RowKind>] = [
        .init("order", .fill), .init("trade", .fill), .init("execution", .fill), .init("closedlot", .skipped(summary)),
        .init("washsale", .skipped(summary)), .init("subtotal", .skipped(summary)), .init("total", .skipped(summary)),
    ]

    private static let summary: StaticString = "The row sums up executions: Daybook reads those themselves."
}
