import Journal
import Primitives
import Storage
import Web

/// What a person has, as files that other programs read.
package struct ExportRoutes: Sendable {
    enum Table: String, Sendable, CaseIterable {
        case trades, fills, entries, tags, images

        var table: ExportTable {
            switch self {
            case .trades: .trades
            case .fills: .fills
            case .entries: .entries
            case .tags: .tags
            case .images: .images
            }
        }
    }

    private static let format = QueryField.choice("format", of: ExportFormat.self, or: .csv, "In which form.")
    private static let table = QueryField.choice("table", of: Table.self, or: .trades, "What to write.")
    private static let pieceBytes = 256 << 10

    private let services: JournalServices

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        table.get(
            "/journal/export", "Get one table of the journal as a file", reads: [Self.format, Self.table],
            answers: [200: .bytes(ExportFormat.allCases.map(\.mediaType))], export)
    }

    func export(_ call: Call) async throws -> Answer {
        let (format, table) = (try call.value(of: Self.format), try call.value(of: Self.table))
        let (person, workshop) = (try call.caller.id, services.workshop)
        let file = try await services.withJournal(of: call) { journal in
            try await workshop.run(for: person) { try await journal.file.exportApart(table.table, as: format) }
        }
        // The file is there until whoever fetches it, however slowly, has it.
        let share = services.scratch.share(of: person)
        try share.take(file.size)
        var answer = Answer(count: file.size, type: format.mediaType, pieceBytes: Self.pieceBytes) { offset, count in
            try withExtendedLifetime(share) { try file.read(offset: offset, count: Int(count)) }
        }
        let name = "daybook-\(table.rawValue).\(format.fileExtension)"
        answer["content-disposition"] = ContentDisposition(.attachment, name: name).text
        return answer
    }
}
