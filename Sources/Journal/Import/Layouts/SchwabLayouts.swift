/// Transactions of Charles Schwab: a day without a time, the newest first, dollars.
///
/// Relied on: GeneBO98/tradetally (backend/src/utils/csv/parsers/schwab.js) and fixtures of several public importers
/// (`"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"`, `… as of …`, `Transactions Total`).
extension ColumnLayout {
    static let schwab = [schwabTransactions, thinkorswimStatement, thinkorswimTrades]

    private static let schwabTransactions = ColumnLayout(
        format: .schwab, name: "schwab_transactions", title: "Schwab transactions",
        marks: ["date", "action", "symbol", "description", "feescomm", "amount"],
        names: [
            .time: ["date"], .symbol: ["symbol"], .side: ["action"], .price: ["price"], .quantity: ["quantity"],
            .total: ["amount"], .fee: ["feescomm"], .kind: ["action"], .effect: ["action"],
        ],
        market: .stock,
        kinds: [
            .init("buy", .fill), .init("sell", .fill), .init("sell short", .fill), .init("buy to cover", .fill),
            .init("buy to open", .fill), .init("buy to close", .fill), .init("sell to open", .fill),
            .init("sell to close", .fill), .init("reinvest shares", .fill),
            .init("expired", .closes), .init("assigned", .refused(assigned)),
            .init("exchange or exercise", .refused(assigned)), .init("exercised", .refused(assigned)),
            .init("stock split", .refused(split)), .init("reverse split", .refused(split)),
            .init("stock merger", .refused(split)), .init("spin-off", .refused(split)),
            .init("security transfer", .skipped("Shares were transferred: that is no trade.")),
            .init("stock plan activity", .skipped("Shares came in without a trade.")),
            .init("journaled shares", .skipped("Shares were transferred: that is no trade.")),
            .init("dividend", .skipped(""), at: .end), .init("div", .skipped(""), at: .end),
            .init("interest", .skipped(""), at: .end), .init("reinvest", .skipped(""), at: .end),
            .init("moneylink", .skipped(""), at: .beginning), .init("journal", .skipped("")),
            .init("wire ", .skipped(""), at: .beginning), .init("nra ", .skipped(""), at: .beginning),
            .init("foreign tax", .skipped(""), at: .beginning), .init("adr mgmt fee", .skipped("")),
            .init("cash in lieu", .skipped("")), .init("service fee", .skipped("")),
            .init("misc", .skipped(""), at: .beginning),
            .init("funds received", .skipped("")), .init("funds paid", .skipped("")),
            .init("credit interest", .skipped("")),
            .init("margin interest", .skipped("")), .init("cap gain", .skipped(""), at: .end),
            .init("bank transfer", .skipped("")), .init("atm", .skipped(""), at: .beginning),
            .init("visa", .skipped(""), at: .beginning), .init("promotional award", .skipped("")),
            .init("auto s1 credit", .skipped("")), .init("futures mm sweep", .skipped("")),
        ],
        dateOrder: .monthFirst, isNewestFirst: true, reader: { SchwabRows() })

    private static let assigned: StaticString = """
        An option was assigned or exercised: close it by hand at a price of zero. The shares that changed hands have a row of \
        their own.
        """
    private static let split: StaticString = "The row changes how many shares are held: Daybook does not read that."

    /// As `ThinkorswimStatement` hands it on. Times are those of the zone that the platform was set to.
    ///
    /// Relied on: beancount/johnny (ameritrade/thinkorswim_csv.py) for the tables and their join by moment, and headers and
    /// rows in tests of several public importers (`,Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price,…`).
    private static let thinkorswimStatement = ColumnLayout(
        format: .schwab, name: "thinkorswim_statement", title: "thinkorswim account statement",
        marks: ["exectime", "spread", "poseffect", "description"],
        names: [
            .time: ["exectime"], .symbol: ["symbol"], .side: ["side"], .price: ["price"], .quantity: ["qty"],
            .total: ["amount"], .fee: ["commissionsfees"], .secondFee: ["miscfees"], .effect: ["poseffect"],
            .marketKind: ["type"],
        ],
        feeSign: .minus, dateOrder: .monthFirst, isNewestFirst: true, reader: { ThinkorswimRows() })

    /// The table Account Trade History alone.
    private static let thinkorswimTrades = ColumnLayout(
        format: .schwab, name: "thinkorswim_trades", title: "thinkorswim trade history",
        marks: ["exectime", "spread", "poseffect", "netprice"],
        refusal:
            "Its trades have no fees. Export the whole account statement instead: Monitor → Account Statement → menu → Export "
            + "to file.")
}
