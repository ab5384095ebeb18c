/// The history of an account at Trading 212: invest and ISA.
///
/// Relied on: dickwolff/Export-To-Ghostfolio (samples) and tests of several public importers for the columns of fees and
/// taxes, which older exports name with their currency: `Stamp duty (GBP)`.
extension ColumnLayout {
    static let trading212 = [trading212History]

    private static let trading212History = ColumnLayout(
        format: .trading212, name: "trading212_history", title: "Trading 212 history",
        marks: ["action", "time", "isin", "ticker", "noofshares"],
        names: [
            .time: ["time"], .symbol: ["ticker"], .currency: ["currencypriceshare"], .side: ["action"],
            .price: ["priceshare"], .quantity: ["noofshares"], .tradeID: ["id"], .kind: ["action"],
        ],
        needed: [.time, .symbol, .currency, .side, .price, .quantity], market: .stock,
        kinds: [
            .init(" buy", .fill, at: .end), .init(" sell", .fill, at: .end),
            .init("deposit", .skipped("")), .init("withdrawal", .skipped("")),
            .init("dividend", .skipped(""), at: .beginning), .init("interest on cash", .skipped("")),
            .init("lending interest", .skipped("")), .init("currency conversion", .skipped("")),
            .init("card ", .skipped(""), at: .beginning), .init("spending cashback", .skipped("")),
            .init("new card cost", .skipped("")), .init("transfer", .skipped(""), at: .beginning),
            .init("result adjustment", .skipped("")), .init("chargeback", .skipped(""), at: .beginning),
            .init("stock split", .refused(split212), at: .beginning), .init("stock distribution", .refused(split212)),
        ],
        hasTradeIDs: true, reader: { Trading212Rows() })

    private static let split212: StaticString = "The row changes how many shares are held: Daybook does not read that."
}
