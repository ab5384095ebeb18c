import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

/// What it costs, in time and on the disk, that a journal can be merged.
struct InsertBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "insert")

    @OptionGroup var options: TradesOptions

    func run() async throws {
        let sheet = try TradeSheet(options.trades)
        let directory = options.work + "/journal"
        let journal = try await JournalFile.create(in: directory, world: .live, deviceName: "a")
        let (wall, cores) = try await timedWithCores {
            try await journal.edit("import trades") { draft in sheet.write(into: &draft) }
        }
        try await journal.checkpoint()
        try await Self.check(journal, sheet)
        let path = JournalFile.path(in: directory)
        let history = try await journal.count("SELECT sum(length(bytes)) FROM log")
        let tracked = try JournalFolder.compactedBytes(path, withoutHistory: true)
        try Step.report(
            "insert",
            [
                "wall_s": .seconds(wall), "core_s": .seconds(cores),
                "file_bytes": .whole(JournalFolder.bytes(directory)),
                "file_bytes_without_history": .whole(tracked), "history_bytes": .whole(history),
            ])

        let bare = try await bare(sheet, like: journal)
        let edited = try await editedFieldBytes(journal, sheet, before: tracked)
        try Step.report(
            "tracking",
            [
                "bytes_per_unedited_trade": .ratio(Double(tracked - bare) / Double(sheet.lines.count)),
                "bytes_per_edited_field": .ratio(edited),
                "log_to_state": .ratio(Double(history) / Double(tracked)),
            ])
        try await journal.close()
    }

    private static func check(_ journal: JournalFile, _ sheet: TradeSheet) async throws {
        for (table, count) in [
            ("trade", sheet.lines.count), ("round_trip", sheet.lines.count),
            ("member", sheet.lines.reduce(0) { $0 + $1.tags.count }),
        ] {
            let found = try await journal.count("SELECT count(*) FROM \(table)")
            try Step.check(found == count, "\(table) has \(found) rows instead of \(count)")
        }
    }

    /// - Returns: the size of the compacted file.
    private func bare(_ sheet: TradeSheet, like journal: JournalFile) async throws -> Int {
        let path = options.work + "/bare.sqlite"
        let tables = try await BareTables(path, like: journal)
        let (wall, cores) = try await timedWithCores { try await tables.insert(sheet) }
        let bytes = try await tables.finish(sheet)
        let compacted = try JournalFolder.compactedBytes(path)
        try Step.report(
            "insert_bare",
            [
                "wall_s": .seconds(wall), "core_s": .seconds(cores), "file_bytes": .whole(bytes),
                "file_bytes_without_history": .whole(compacted),
            ])
        return compacted
    }

    /// Edits one field of every trade that has one already, so that the values themselves take no more than before.
    private func editedFieldBytes(_ journal: JournalFile, _ sheet: TradeSheet, before: Int) async throws -> Double {
        let rated = sheet.lines.filter { $0.rating > 0 }
        try await journal.edit("edit") { draft in
            for line in rated { draft.put(Schema.trade, line.id, ["rating": .integer(line.rating % 5 + 1)]) }
        }
        try await journal.checkpoint()
        let after = try JournalFolder.compactedBytes(JournalFile.path(in: journal.directory), withoutHistory: true)
        return Double(after - before) / Double(max(1, rated.count))
    }
}
