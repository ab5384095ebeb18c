// Columns and types as in BittyTax (conv/parsers/deribit.py).
extension ColumnLayout {
    static let deribit = [deribitLog]

    private static let deribitLog = ColumnLayout(
        format: .deribit, name: "deribit_log", title: "Deribit transaction log",
        marks: ["userseq", "date", "instrument", "type", "side", "position", "cashflow"],
        names: [
            .time: ["date"], .symbol: ["instrument"], .side: ["side"], .price: ["price"],
            .quantity: ["amount", "baseamount", "size"], .fee: ["feecharged", "feepaid"], .tradeID: ["tradeid"],
            .orderID: ["orderid"], .kind: ["type"], .effect: ["side"],
        ],
        kinds: [
            .init("trade", .fill), .init("delivery", .closes), .init("liquidation", .closes),
            .init("settlement", .skipped("Settlement of the day's profit is no trade.")),
            .init("deposit", .skipped("It is a deposit.")), .init("withdrawal", .skipped("It is a withdrawal.")),
            .init("transfer", .skipped("It is a transfer."), at: .beginning),
            .init("options_settlement_summary", .skipped("It is a sum of other rows.")),
            .init("socialized", .skipped("It is no trade."), at: .beginning),
            .init(
                "position move",
                .refused("It moves a position between accounts at a price that nobody traded: add it by hand.")),
        ],
        inverseQuantities: .money, utcOffsetMinutes: 0, isNewestFirst: true, reader: { DeribitRows() })
}
