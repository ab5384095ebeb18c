import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Journals that an older version has adopted from a snapshot or a backup with numbers in it that cannot be.
@Suite struct HostileNumbersTests {
    @Test(arguments: [
        "UPDATE replica SET counter = -1", "UPDATE replica SET counter = 9223372036854775807",
        "UPDATE replica SET counter = -9223372036854775808", "UPDATE log SET counter = -1 WHERE counter = 2",
        "UPDATE log SET counter = 9223372036854775807 WHERE counter = 2", "UPDATE trade SET counter = -1",
        "UPDATE trade SET counter = 0", "UPDATE member SET kind = -1", "UPDATE tombstone SET kind = 4294967297",
        "UPDATE register SET counter = 0", "UPDATE log SET context = x'0100' WHERE counter > 3",
    ]) func `verifying says so, and nothing that reads the journal ends the process`(sql: String) async throws {
        let backup = try await TamperedBackup()
        let desk = backup.desk
        try await DatabaseQueue(path: JournalFile.path(in: desk.directory)).write { try $0.execute(sql: sql) }
        let result = try await desk.journal.verify(desk.blobs())
        #expect(!result.isSound, "\(sql)")
        // Whether these answer or say what is damaged is theirs to choose.
        let codes = [
            await failureCode { _ = try await desk.journal.read { try HistoryStore($0).newest(100) } },
            await failureCode { _ = try await desk.journal.read { try HistoryStore($0).devices() } },
            await failureCode { _ = try await desk.journal.read { try JournalSummary($0) } },
            await failureCode { _ = try await desk.journal.position() },
            await failureCode { _ = try await desk.journal.commits(missingFrom: VectorClock(), bytesMax: .max) },
            await failureCode { _ = try await desk.journal.elements() },
            await failureCode { try await desk.put(Schema.trade, .numbered(3), ["rating": .integer(1)]) },
            await failureCode { try await desk.journal.heal() },
        ]
        #expect(Set(codes.compactMap(\.self)).subtracting(["journal.damaged"]).isEmpty, "\(codes)")
    }
}
