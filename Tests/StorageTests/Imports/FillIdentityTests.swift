import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Which rows are which fills, in the journal.
@Suite struct FillIdentityTests {
    private typealias Row = ExportText.Row

    private func memory() async throws -> JournalFile { try await JournalFile.inMemory(world: .live) }

    @Test func `different fills under one id are all kept`() async throws {
        let journal = try await memory()
        let rows = [
            Row(seconds: 10, side: "buy", price: "2000", quantity: "0.1"),
            Row(seconds: 11, side: "buy", price: "2001", quantity: "0.2"),
            Row(seconds: 12, side: "sell", price: "2001", quantity: "0.2"),
            Row(seconds: 90, side: "sell", price: "2050", quantity: "0.1"),
        ]
        for text in [ExportText.generic(rows) { _ in "9001" }, ExportText.generic(rows) { _ in "9001" }] {
            try await journal.take(text)
        }
        #expect(try await journal.count("SELECT count(*) FROM fill") == 4)
    }

    @Test func `equal rows of a generic file are as many fills, also under one id`() async throws {
        let journal = try await memory()
        let rows = [Row](repeating: Row(seconds: 10, side: "buy", price: "2000"), count: 3)
        #expect(try await journal.take(ExportText.generic(rows) { _ in "77" }).newCount == 3)
        #expect(try await journal.take(ExportText.generic(rows) { _ in "77" }).newCount == 0)
    }

    @Test func `a repeated row under an exchange's own id is the same fill, and in another zone too`() async throws {
        let journal = try await memory()
        let text = ExportText.futures(ExportText.trade)
        let rows = text.split(separator: "\n").dropFirst().joined(separator: "\n")
        let report = try await journal.take(text + rows + "\n")
        #expect(report.newCount == 2 && report.knownCount == 2)
        #expect(try await journal.take(text.replacing("Time,", with: "Time(UTC+3),")).newCount == 0)
    }

    @Test func `a renamed account knows its fills`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.spot(ExportText.trade), account: "main")
        let id = try await journal.read { try AccountStore($0).list() }[0].id
        try await journal.edit("rename") { $0.put(Schema.account, id, ["label": .text("Binance 2026")]) }
        #expect(try await journal.take(ExportText.spot(ExportText.trade)).newCount == 0)
    }

    @Test func `what another account of the exchange has is left out, and comes in when it is asked for`() async throws
    {
        let journal = try await memory()
        try await journal.take(ExportText.spot(ExportText.trade))
        let more = ExportText.trade + [Row(seconds: 50_000, side: "BUY", price: "1990")]
        let report = try await journal.take(ExportText.spot(more), account: "Binance 2026")
        #expect(report.newCount == 1 && report.elsewhereCount == 2 && report.isDoubtful)
        #expect(report.elsewhere.map(\.account.label) == ["main"])
        let whole = try await journal.take(ExportText.spot(more), account: "third", allowsDuplicates: true)
        #expect(whole.newCount == 3 && whole.elsewhere.isEmpty)
        // An account that has fills of its own is another one.
        let apart = try await journal.take(ExportText.spot(ExportText.trade), account: "Binance 2026")
        #expect(apart.newCount == 2 && apart.elsewhere.isEmpty)
    }

    @Test func `nothing is written where all of a file is elsewhere`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.spot(ExportText.trade))
        let report = try await journal.take(ExportText.spot(ExportText.trade), account: "other")
        #expect(report.newCount == 0 && report.elsewhereCount == 2)
        #expect(try await journal.read { try AccountStore($0).list() }.count == 1)
        #expect(try await journal.imports().count == 1)
    }

    @Test(arguments: [true, false]) func `what an earlier version imported is known`(hasIDs: Bool) async throws {
        let journal = try await memory()
        let account = Account.named(exchange: "binance", environment: .live, label: "main")
        let rows = ExportText.trade + [ExportText.trade[1]]
        try await journal.edit("import") { draft, db in
            try AccountStore(db).ensure(account, in: &draft)
            for (index, row) in rows.enumerated() {
                let id = "\(500 + index)"
                let name = ["binance", "live", "main", "ETH_USDT", id]
                draft.put(
                    Fill(
                        id: hasIDs ? .derived("fill", name) : .numbered(UInt64(index + 1)), account: account.id,
                        symbol: "ETH_USDT", side: row.side == "BUY" ? .buy : .sell,
                        price: try #require(Amount(row.price)),
                        quantity: Amount(whole: 1), fee: try #require(Amount("0.1")), feeCurrency: "",
                        time: Timestamp(milliseconds: 1_772_409_600_000 + Int64(row.seconds) * 1000), sequence: 0,
                        externalID: hasIDs ? id : ""))
            }
        }
        let text = hasIDs ? ExportText.futures(rows) : ExportText.spot(rows)
        #expect(try await journal.take(text).newCount == 0)
        // One more equal row is one more fill.
        let more = rows + [ExportText.trade[1]]
        #expect(try await journal.take(hasIDs ? ExportText.futures(more) : ExportText.spot(more)).newCount == 1)
    }

    @Test func `a joined account knows the fills of both`() async throws {
        let journal = try await memory()
        let later = ExportText.trade.map { Row(seconds: $0.seconds + 500_000, side: $0.side, price: $0.price) }
        try await journal.take(ExportText.spot(ExportText.trade), account: "old")
        try await journal.take(ExportText.spot(later), account: "new")
        let accounts = try await journal.read { try AccountStore($0).list() }
        let (new, old) = (accounts[0], accounts[1])
        try await journal.edit("join") { draft, db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO account_alias (account, canonical) VALUES (?, ?)",
                arguments: [Data(old.id.bytes), Data(new.id.bytes)])
            draft.put(Schema.account, old.id, ["alias_of": .id(new.id)])
        }
        #expect(try await journal.take(ExportText.spot(ExportText.trade + later), account: "new").newCount == 0)
    }
}
