import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport
import Testing

/// Parts of one history, in any order, on several devices, with syncs in between.
@Suite struct OverlappingImportTests {
    private typealias Row = ExportText.Row

    /// Rows in order of time; some moments have several, some of them equal.
    private func history(_ dice: inout Dice, _ count: Int) -> [Row] {
        var seconds = 0
        return (0..<count).map { _ in
            if Int.random(in: 0..<3, using: &dice) > 0 { seconds += Int.random(in: 1..<5000, using: &dice) }
            return Row(
                seconds: seconds, side: Bool.random(using: &dice) ? "BUY" : "SELL",
                price: "\(Int.random(in: 1990..<2003, using: &dice))",
                quantity: "\(Int.random(in: 1..<4, using: &dice))")
        }
    }

    /// Parts that cover it all and overlap, cut between moments.
    private func parts(_ rows: [Row], _ dice: inout Dice) -> [Range<Int>] {
        let cuts = [0] + rows.indices.dropFirst().filter { rows[$0].seconds != rows[$0 - 1].seconds } + [rows.count]
        var parts: [Range<Int>] = []
        var end = 0
        while end < cuts.count - 1 {
            let start = max(0, end - Int.random(in: 0..<4, using: &dice))
            end = min(cuts.count - 1, end + Int.random(in: 1..<9, using: &dice))
            parts.append(cuts[start]..<cuts[end])
        }
        return parts
    }

    /// Fills but for what brought them, and what they make.
    private func content(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { db in
            let columns = Schema.fill.fields.map(\.name).filter { $0 != "import" }.joined(separator: ", ")
            var lines: [String] = []
            for sql in [
                "SELECT hex(id), hex(account), presence, \(columns) FROM fill ORDER BY id",
                "SELECT hex(id), symbol, direction, opened_ms, closed_ms, quantity, entry_price, net, fill_count FROM round_trip ORDER BY id",
                "SELECT hex(fill) FROM likely_double ORDER BY fill",
            ] {
                lines += try Row2.fetchAll(db, sql: sql).map { "\($0.databaseValues)" }
            }
            return lines
        }
    }

    private typealias Row2 = GRDB.Row

    @Test(arguments: FuzzSeeds.some(3, 8, 21), [true, false])
    func `overlapping parts in any order on several devices give the same journal`(
        seed: UInt64, hasIDs: Bool
    ) async throws {
        var dice = Dice(seed: seed)
        let rows = history(&dice, 80)
        func text(_ part: Range<Int>) -> String {
            hasIDs
                ? ExportText.futures(Array(rows[part]), first: 500 + part.lowerBound)
                // Newest first, as Binance lists: that is what a file of one moment is taken for.
                : ExportText.formerFutures(rows[part].reversed())
        }
        let whole = try await JournalFile.inMemory(world: .live)
        try await whole.take(text(0..<rows.count))

        let server = try await AdversarialServer()
        var devices: [AdversarialDevice] = []
        for name in ["Desk", "Phone", "Laptop"] { devices.append(try await AdversarialDevice(name)) }
        for part in parts(rows, &dice).shuffled(using: &dice) {
            let device = devices[Int.random(in: 0..<3, using: &dice)]
            let report = try await device.journal.take(text(part))
            #expect(!report.isDoubtful)
            device.clock.advance(60_000)
            if Int.random(in: 0..<3, using: &dice) == 0 {
                try await server.settle(devices[0], devices[Int.random(in: 1..<3, using: &dice)])
            }
        }
        try await server.settle(devices[0], devices[1], devices[2])
        let wanted = try await content(whole)
        let first = try await JournalDump.shared(devices[0].journal)
        for device in devices {
            #expect(JournalDump.difference(wanted, try await content(device.journal)) == "", "seed \(seed)")
            #expect(JournalDump.difference(first, try await JournalDump.shared(device.journal)) == "", "seed \(seed)")
            #expect(try await device.journal.read { try ConflictStore($0).count() } == 0)
            #expect(try await device.journal.damage().isEmpty)
        }
    }
}
