import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct MappingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping", abstract: "How files of unknown exchanges are read: list, save and delete mappings.",
        discussion: """
            A mapping says which column is which. It is saved for the header of a file, and `daybook import` reads every file
            of that header by it, on each of your devices.

              daybook mapping save degiro degiro.csv --map time=Datum,symbol=Product,side=Art,price=Kurs,quantity=Anzahl
              daybook import degiro.csv
            """,
        subcommands: [MappingListCommand.self, MappingSaveCommand.self, MappingDeleteCommand.self],
        defaultSubcommand: MappingListCommand.self)
}

enum MappingJSON {
    static func mapping(_ mapping: Mapping) -> JSON { .object(fields(mapping)) }

    static func mapping(_ mapping: Mapping, _ trial: MappingTrial) -> JSON {
        .object(
            fields(mapping).merging([
                "reading": .list(trial.reading.map { .text($0) }), "fills": .count(trial.fillCount),
                "skipped": .count(trial.skippedCount),
                "refused_rows": .list(
                    trial.refused.map { .object(["line": .count($0.line), "reason": .text($0.reason)]) }),
            ]) { $1 })
    }

    private static func fields(_ mapping: Mapping) -> [String: JSON] {
        [
            "id": .id(mapping.id), "name": .text(mapping.name), "header": .text(mapping.header),
            "map": .text(mapping.map), "options": .text(mapping.options),
        ]
    }
}

struct MappingListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List saved mappings (default).")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let mappings = try await options.open().read { try MappingStore($0).list() }
        if options.json {
            JSON.list(mappings.map { MappingJSON.mapping($0) }).printed()
        } else if mappings.isEmpty {
            print("No mappings. `daybook mapping save NAME FILE --map …` makes one.")
        } else {
            var table = Table([
                .init("MAPPING"), .init("MAP", isFlexible: true), .init("OPTIONS", rank: 1),
                .init("HEADER", isFlexible: true, rank: 2),
            ])
            for mapping in mappings {
                table.add([
                    .init(mapping.name), .init(mapping.map), .init(mapping.options), .init(mapping.header),
                ])
            }
            table.printed()
        }
        Listing.noteFull(mappings.count, of: MappingStore.countMax, "mappings")
    }
}

struct MappingSaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Save how files of a header are read.",
        discussion: """
            The map is tried on the first rows of the file, and nothing is imported. The options are saved beside the map. A
            name that is there already gets the new map.
            """)

    @Argument(help: "The name, as the exchange's.", completion: .mappings)
    var name: String

    @Argument(help: "A file of the exchange, or - for a pipe.", completion: .file(extensions: ["csv"]))
    var file: String

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let name = try Mapping.name(from: name)
        let choice = try ImportChoice(exchange: reading.exchange, reading.words)
        let journal = try await options.open()
        let trial = try await MappingTrial(of: try ImportSource(file), choice, in: journal)
        let header = trial.header
        let mapping = try await journal.edit("save mapping \(name)") { draft, db in
            try MappingStore(db).save(name, header: header, choice, in: &draft)
        }
        guard !options.json else { return MappingJSON.mapping(mapping, trial).printed() }
        print("Mapping “\(mapping.name)” is saved: files of this header are read by it.".onOneLine)
        for line in trial.reading { print("  \(line)".onOneLine) }
        let skipped = trial.skippedCount > 0 ? ", \(trial.skippedCount) skipped" : ""
        print(
            "  Of the first rows: \(Figures.count(trial.fillCount, "fill")), \(trial.refused.count) refused\(skipped)")
        for row in trial.refused.prefix(5) {
            print(Terminal.output.styled("  line \(row.line): \(row.reason)".onOneLine, .yellow))
        }
    }
}

struct MappingDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a mapping; what was imported by it stays.")

    @Argument(help: "The name.", completion: .mappings)
    var name: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let name = name
        let deleted = try await options.open().edit("delete mapping \(name)") { draft, db in
            let mapping = try MappingStore(db).require(name)
            MappingStore(db).delete(mapping, in: &draft)
            return mapping
        }
        if options.json {
            MappingJSON.mapping(deleted).printed()
        } else {
            print("Mapping “\(deleted.name)” is deleted.".onOneLine)
        }
    }
}
