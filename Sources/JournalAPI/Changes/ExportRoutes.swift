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
        let person = try call.caller.id
        let order = Order(table.table, format, for: person, in: services.workshop)
        let file = try await services.withJournal(of: call) { try await order.write($0.file) }
        let export = KeptExport(file, services.scratch.share(of: person))
        try export.takeRoom()
        var answer = Answer(count: file.size, type: format.mediaType, pieceBytes: Self.pieceBytes) { offset, count in
            try export.read(offset, count)
        }
        let name = "daybook-\(table.rawValue).\(format.fileExtension)"
        answer["content-disposition"] = ContentDisposition(.attachment, name: name).text
        return answer
    }

    /// What is to be written. It is passed by reference: closures that carry it whole into a task go astray in
    /// Swift 6.3.1.
    private final class Order: Sendable {
        private let table: ExportTable
        private let format: ExportFormat
        private let person: ID<Person>
        private let workshop: Workshop

        init(_ table: ExportTable, _ format: ExportFormat, for person: ID<Person>, in workshop: Workshop) {
            self.table = table
            self.format = format
            self.person = person
            self.workshop = workshop
        }

        func write(_ journal: JournalFile) async throws -> NamelessFile {
            try await workshop.run(for: person) { try await self.writeNow(journal) }
        }

        private func writeNow(_ journal: JournalFile) async throws -> NamelessFile {
            try await journal.exportApart(table, as: format)
        }
    }

    /// A file that is there, with the room it takes, until whoever fetches it, however slowly, has it.
    private final class KeptExport: Sendable {
        private let file: NamelessFile
        private let share: FairSpace<ID<Person>>.Share

        init(_ file: NamelessFile, _ share: FairSpace<ID<Person>>.Share) {
            self.file = file
            self.share = share
        }

        /// - Throws: `server.busy`.
        func takeRoom() throws(Failure) { try share.take(file.size) }

        func read(_ offset: Int64, _ count: Int) throws -> [UInt8] { try file.read(offset: offset, count: count) }
    }
}
