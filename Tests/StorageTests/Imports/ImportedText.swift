import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

/// Texts as files on their way into a journal.
extension JournalFile {
    @discardableResult
    func take(
        _ text: String, named name: String = "fills.csv", account: String? = nil, exchange: String? = nil,
        utcOffset: String? = nil, allowsDuplicates: Bool = false, as id: ID<FileImport>? = nil
    ) async throws -> ImportReport {
        let path = FileManager.default.temporaryDirectory.path + "/import-" + Hex.encode(World.live.random(6))
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let choice = try ImportChoice(
            exchange: exchange, account: account, allowsDuplicates: allowsDuplicates, .init(utcOffset: utcOffset))
        return try await ImportRun(journal: self, isDryRun: false, choice: choice).run(
            try ImportSource(name, at: path), as: id
        ) { _, _ in }
    }

    func trips() async throws -> [TradeSummary] { try await read { try TradeStore($0).list(TradeQuery()) } }

    func doubles() async throws -> [DoubleStore.Double] { try await read { try DoubleStore($0).list() } }

    func imports() async throws -> [ImportStore.Summary] { try await read { try ImportStore($0).list() } }

    func settle(_ fills: [ID<Fill>], as decision: DoubleStore.Decision) async throws {
        try await edit("review") { draft, db in try DoubleStore(db).settle(fills, as: decision, in: &draft) }
    }
}

/// Files as two layouts of one exchange write them.
enum ExportText {
    /// `2026-03-02 10:41:30`
    static func time(_ seconds: Int) -> String {
        let text = Timestamp(milliseconds: 1_772_409_600_000 + Int64(seconds) * 1000).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    struct Row {
        let seconds: Int
        let side: String
        let price: String
        var quantity = "1"
    }

    /// Without ids.
    static func spot(_ rows: [Row], pair: String = "ETHUSDT") -> String {
        "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"
            + rows.map { row in
                "\(time(row.seconds)),\(pair),\(row.side),\(row.price),\(row.quantity)\(pair.prefix(3)),1USDT,0.1USDT\n"
            }.joined()
    }

    /// As USD-M futures were exported once, without ids.
    static func formerFutures(_ rows: [Row], pair: String = "ETHUSDT", minutes: Bool = false) -> String {
        "Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset\n"
            + rows.map { row in
                let time = time(row.seconds)
                return
                    "\(minutes ? String(time.prefix(16)) : time),\(pair),\(row.side),\(row.price),\(row.quantity),1,0.1,"
                    + "USDT,0,USDT\n"
            }.joined()
    }

    /// With ids of trades, numbered from `first`.
    static func futures(_ rows: [Row], pair: String = "ETHUSDT", first: Int = 500) -> String {
        "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID\n"
            + rows.enumerated().map { index, row in
                "1,\(time(row.seconds)),\(pair),\(row.side),\(row.price),\(row.quantity),1,0.1USDT,0,true,false,\(first + index),7\n"
            }.joined()
    }

    static func generic(_ rows: [Row], id: (Int) -> String = { _ in "" }) -> String {
        ImportFormat.genericHeader + "\n"
            + rows.enumerated().map { index, row in
                "\(time(row.seconds)),ETH/USDT,\(row.side),\(row.price),\(row.quantity),0.1,USDT,\(id(index))\n"
            }.joined()
    }

    /// A trade of one unit: in at 10:00:12, out two hours later.
    static let trade = [
        Row(seconds: 36_012, side: "BUY", price: "2015.5"), Row(seconds: 43_229, side: "SELL", price: "2101.25"),
    ]
}
