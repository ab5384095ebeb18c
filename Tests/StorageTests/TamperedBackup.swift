import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport

/// A backup of a journal with a bit of everything, and what somebody has made of it.
final class TamperedBackup: Sendable {
    let desk: TestDevice
    private let whole: [UInt8]
    private let folder: String

    var path: String { folder + "/tampered.backup" }

    init() async throws {
        let (desk, server) = (try await TestDevice("Desk"), try await TestServer())
        try await desk.putRoundTrip()
        try await desk.put(
            Schema.trade, .numbered(3),
            ["symbol": .text("AAPL"), "direction": .text("long"), "quantity": .text("2"), "notes": .text("alpha")])
        // Another device, so that there are contexts, siblings, versions of a text, members and a deletion.
        let phone = try await TestDevice("Phone")
        try await server.sync(desk, phone)
        try await phone.put(Schema.trade, .numbered(3), ["notes": .text("alpha\nbeta"), "rating": .integer(4)])
        try await desk.put(Schema.trade, .numbered(3), ["notes": .text("gamma\nalpha"), "rating": .integer(5)])
        try await server.sync(desk, phone)
        try await desk.put(Schema.tag, .numbered(6), ["name": .text("patience")])
        try await desk.journal.edit("tag") { $0.add(Schema.tradeTags, to: EntityID.numbered(3), EntityID.numbered(6)) }
        try await desk.put(Schema.entry, .numbered(4), ["day": .text("2026-05-01"), "title": .text("Patience")])
        _ = try await desk.delete(Schema.entry, .numbered(4))
        try await desk.putPicture(.numbered(5))
        self.desk = desk
        folder = desk.directory + "/tampered"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try await Backup.write(desk.journal, desk.blobs(), to: folder + "/whole.backup", replacing: false)
        whole = Array(try Data(contentsOf: URL(filePath: folder + "/whole.backup")))
        try heal()
    }

    /// As it was written.
    func heal() throws { try Data(whole).write(to: URL(filePath: path)) }

    func tamper(_ body: (Database) throws -> Void) throws {
        try heal()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction(body)
        try database.close()
    }

    func tamper(_ sql: String) throws { try tamper { try $0.execute(sql: sql) } }

    /// Changes a value past what its column promises: the tables are told to be less strict for a moment.
    func tamper(_ table: String, _ column: String, _ value: DatabaseValue, row: Int) throws {
        try tamper { db in
            let sql =
                try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table]) ?? ""
            let loose = sql.replacing(" STRICT, WITHOUT ROWID", with: " WITHOUT ROWID").replacing(" STRICT", with: "")
                .replacing(" NOT NULL", with: "")
            func set(_ sql: String) throws {
                try db.execute(sql: "PRAGMA writable_schema = ON")
                try db.execute(
                    sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?", arguments: [sql, table])
                try db.execute(sql: "PRAGMA writable_schema = RESET")
                db.clearSchemaCache()
            }
            try set(loose)
            // A key that is there already cannot be written again; then nothing is changed, which is a backup as well.
            try? db.execute(
                sql: """
                    UPDATE \(table) SET \(column) = :value
                    WHERE \(column) IS (SELECT \(column) FROM \(table) LIMIT 1 OFFSET :row)
                    """, arguments: ["value": value, "row": row])
            try set(sql)
        }
    }

    func flip(_ dice: inout Dice) throws {
        var bytes = whole
        for _ in 0..<(1 + dice.roll(8)) {
            let index = dice.chance(20) ? dice.roll(200) : dice.roll(bytes.count)
            bytes[index] = dice.chance(50) ? UInt8(dice.roll(256)) : bytes[index] ^ UInt8(1 << dice.roll(8))
        }
        if dice.chance(5) { bytes.removeLast(dice.roll(bytes.count)) }
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Restores it where nothing is.
    ///
    /// - Returns: the code of the refusal, after which nothing is there; or nil, when the journal is sound.
    func restored() async throws -> String? {
        let directory = folder + "/restored-" + Hex.encode(World.live.random(6))
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let code = await failureCode {
            _ = try await Backup.restore(self.path, into: directory, world: self.desk.world, replacing: false)
        }
        if let code { return FileManager.default.fileExists(atPath: directory) ? "left something: \(code)" : code }
        let journal = try await JournalFile.open(in: directory, world: desk.world)
        let found = try await journal.verify(BlobStore(directory: directory + "/blobs", world: desk.world))
        try await journal.close()
        return found.isSound ? nil : "unsound: \(found.findings)"
    }
}
