import Foundation
import GRDB
import Primitives
import TestSupport
import Testing

@testable import Storage

@Suite struct ControlMigrationTests {
    @Test func `an older control database is copied for its owner alone before it gets new tables`() async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/server.sqlite"
        let pool = try DatabasePool(path: path)
        let latest = ControlMigrations.latest
        try await pool.write { try ControlMigrations.released.run($0, after: 0, through: latest - 1) }
        try await ControlMigrations.migrate(pool, path: path)
        #expect(try await pool.read { try TableMigrations.version($0) } == latest)
        let copy = path + ".before-\(latest)"
        let permissions = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        let copied = try DatabaseQueue(path: copy)
        #expect(try await copied.read { try TableMigrations.version($0) } == latest - 1)
    }

    @Test func `a control database of a later version is left alone`() async throws {
        let folder = AdversarialFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/server.sqlite"
        let pool = try DatabasePool(path: path)
        let later = ControlMigrations.latest + 1
        try await pool.write { try $0.execute(sql: "PRAGMA user_version = \(later)") }
        let failure = await #expect(throws: Failure.self) { try await ControlMigrations.migrate(pool, path: path) }
        #expect(failure?.code == "server.newer_schema")
        #expect(failure?.message.contains("tables \(later)") == true)
        #expect(try await pool.read { try TableMigrations.version($0) } == later)
    }
}
