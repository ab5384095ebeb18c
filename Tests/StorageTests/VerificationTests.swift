import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct VerificationTests {
    /// A journal with a bit of everything that is derived.
    private func desk() async throws -> TestDevice {
        let desk = try await TestDevice("Desk")
        try await desk.putRoundTrip()
        try await desk.put(
            Schema.trade, .numbered(3),
            [
                "symbol": .text("AAPL"), "direction": .text("long"), "quantity": .text("2"), "entry_price": .text("10"),
                "opened_ms": .integer(1), "notes": .text("alpha beta"),
            ])
        try await desk.put(
            Schema.entry, .numbered(4),
            ["day": .text("2026-05-01"), "title": .text("Patience"), "body": .text("gamma")])
        try await desk.putPicture(.numbered(5))
        return desk
    }

    private func damage(_ desk: TestDevice, _ sql: String) throws {
        try DatabaseQueue(path: JournalFile.path(in: desk.directory)).write { try $0.execute(sql: sql) }
    }

    private func findings(_ desk: TestDevice) async throws -> [Verification.Finding] {
        try await desk.journal.verify(desk.blobs()).findings
    }

    @Test func `a journal that nobody tampered with is sound, and stays as it was`() async throws {
        let desk = try await desk()
        let before = try await desk.journal.read {
            try String.fetchAll($0, sql: "SELECT hex(id) || coalesce(net, 0) || row FROM round_trip ORDER BY row")
        }
        let result = try await desk.journal.verify(desk.blobs())
        #expect(result.findings.isEmpty, "\(result.findings)")
        #expect(result.commitCount == 7)
        #expect(result.tripCount == 2)
        #expect(result.blobCount == 1)
        let after = try await desk.journal.read {
            try String.fetchAll($0, sql: "SELECT hex(id) || coalesce(net, 0) || row FROM round_trip ORDER BY row")
        }
        #expect(before == after)
        #expect(try await findings(desk).isEmpty)
    }

    @Test(arguments: [
        ("UPDATE trade SET rating = 5", "content"),
        ("UPDATE log SET bytes = x'00' WHERE counter = 3", "history"),
        ("DELETE FROM log WHERE counter = 4", "history"),
        ("UPDATE replica SET hash = x'00112233445566778899aabbccddeeff'", "history"),
        ("UPDATE log SET time = time + 1 WHERE counter = 2", "history"),
        ("UPDATE round_trip SET net = '12345'", "trades"),
        ("DELETE FROM round_trip", "trades"),
        ("INSERT INTO trade_text (rowid, notes) VALUES (99, 'delta')", "search"),
        ("INSERT INTO entry_text (entry_text, rowid, title, body) VALUES ('delete', 1, 'Patience', 'gamma')", "search"),
    ]) func `what someone changed in the file is found`(sql: String, part: String) async throws {
        let desk = try await desk()
        try damage(desk, sql)
        let found = try await findings(desk)
        #expect(found.contains { $0.part.rawValue == part && $0.isDamage }, "\(found)")
    }

    @Test func `an image that was changed, and one that is gone, are found`() async throws {
        let desk = try await desk()
        let name = try #require(try await desk.blobs().list().first)
        let path = try desk.blobs().path(of: name)
        try Data("another picture".utf8).write(to: URL(filePath: path))
        #expect(try await findings(desk).map(\.part) == [.images])
        try FileManager.default.removeItem(atPath: path)
        let gone = try await findings(desk)
        #expect(gone.contains { $0.text.contains("gone") && $0.isDamage })
    }

    @Test func `an image that has not come yet is no damage`() async throws {
        let desk = try await desk()
        try await desk.put(
            Schema.image, .numbered(6),
            ["sha256": .bytes([UInt8](repeating: 7, count: 32)), "name": .text("far.png"), "size": .integer(1)])
        let result = try await desk.journal.verify(desk.blobs())
        #expect(result.isSound)
        #expect(result.findings.count == 1)
    }

    @Test func `a fill that makes no trade is told`() async throws {
        let desk = try await desk()
        try await desk.put(
            Schema.fill, .numbered(8),
            [
                "account": .id(TestDevice.mainAccount), "symbol": .text("BTC_USDT"), "side": .text("buy"),
                "price": .text("0"),
                "quantity": .text("1"), "time_ms": .integer(5), "sequence": .integer(0), "external_id": .text("8"),
            ])
        let result = try await desk.journal.verify(desk.blobs())
        #expect(result.isSound, "\(result.findings)")
        #expect(result.findings.map(\.part) == [.fills])
    }
}
