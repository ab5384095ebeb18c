import Journal
import Primitives

/// What the first rows of a file give by a map, before it is saved; nothing is written.
package struct MappingTrial: Sendable {
    /// As many rows are read.
    private static let rowsMax = 1000

    /// What the mapping is for.
    package let header: String
    package let reading: [String]
    package private(set) var fillCount = 0
    package private(set) var skippedCount = 0
    package private(set) var refused: [ImportReport.Row] = []

    /// - Parameter source: a file as it is, packed or not, with one table in it.
    /// - Throws: `mapping.no_header`, `mapping.reads_nothing`, `import.several_tables`, and what `ImportReader` throws of the file and the map.
    package init(of source: ImportSource, _ choice: ImportChoice, in journal: JournalFile) async throws {
        let exchange = choice.exchange ?? ImportFormat.generic.rawValue
        let (account, said) = try await journal.read { db in
            (
                try AccountStore(db).forImport(
                    exchange: exchange, environment: choice.environment, label: choice.account),
                try InstrumentStore(db).list()
            )
        }
        let table = try ImportContents(source, format: choice.format, choice.options).only()
        var reader = try table.reader(
            account, choice.format, choice.options.with(InstrumentSizes(exchange: exchange, said: said), account),
            hashing: FileHash())
        guard let header = reader.headerText else { throw Failure.mappingWithoutHeader }
        self.header = header
        for row in try reader.nextBatch(Self.rowsMax) ?? [] {
            switch row {
            case .fill: fillCount += 1
            case .skipped: skippedCount += 1
            case .refused(let line, let reason): refused.append(.init(line: line, reason: reason))
            }
        }
        reading = reader.reading
        guard fillCount > 0 || refused.isEmpty else {
            throw Failure(
                .invalid, "mapping.reads_nothing",
                "None of the first rows gives a fill by this map. Line \(refused[0].line): \(refused[0].reason)")
        }
    }
}

extension Failure {
    package static let mappingWithoutHeader = Failure(
        .invalid, "mapping.no_header",
        "The file has no header by which other files could be told: give --map at each import.")
}
