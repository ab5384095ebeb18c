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
    private static let atOnceMax = 4

    private let services: JournalServices
    /// Writing a large journal down takes a core for a while.
    private let turnstile = Turnstile<ID<Caller>>(countMax: atOnceMax, perPersonMax: 1)

    package init(_ services: JournalServices) { self.services = services }

    func add(to table: inout RouteTable) {
        table.get(
            "/journal/export", "Get one table of the journal as a file", reads: [Self.format, Self.table],
            answers: [200: .bytes(ExportFormat.allCases.map(\.mediaType))], export)
    }

    func export(_ call: Call) async throws -> Answer {
        let (format, table) = (try call.value(of: Self.format), try call.value(of: Self.table))
        let file = try await turnstile.pass(try call.caller.id) {
            try await services.withJournal(of: call) { try await $0.file.exportApart(table.table, as: format) }
        }
        var answer = Answer(count: file.size, type: format.mediaType, pieceBytes: Self.pieceBytes) { offset, count in
            try file.read(offset: offset, count: Int(count))
        }
        let name = "daybook-\(table.rawValue).\(format.fileExtension)"
        answer["content-disposition"] = ContentDisposition(.attachment, name: name).text
        return answer
    }
}
