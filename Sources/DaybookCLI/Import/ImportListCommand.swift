import ArgumentParser
import Journal
import Primitives
import Storage

enum ImportJSON {
    static func summary(_ summary: ImportStore.Summary) -> [String: JSON] {
        let known = summary.fileImport
        return [
            "id": .id(known.id), "file": .text(known.file),
            "account": summary.account.map { AccountJSON.account($0) } ?? .null, "layout": .text(known.layout),
            "created_at": .time(known.createdAt), "sha256": .text(known.sha256.map { Hex.encode($0) }),
            "resolution_ms": .integer(known.resolutionMilliseconds), "has_ids": .flag(known.hasIDs),
            "reading": .list(known.readingLines.map { .text($0) }), "brought": .count(known.fillCount),
            "fills": .count(summary.fillCount), "doubles": .count(summary.doubleCount), "first": .time(summary.first),
            "last": .time(summary.last),
        ]
    }

    static func group(_ group: DoubleStore.Group) -> JSON {
        .object([
            "symbol": .text(group.symbol), "count": .count(group.count), "file": .text(group.file),
            "original_file": .text(group.originalFile),
            "first": .time(Timestamp(milliseconds: group.firstMilliseconds)),
        ])
    }

    static func pair(_ pair: TypedTrades.Pair) -> JSON {
        .object([
            "typed": .id(pair.typed), "imported": .id(pair.imported), "symbol": .text(pair.symbol),
            "opened": .time(Timestamp(milliseconds: pair.openedMilliseconds)),
        ])
    }
}

extension FileImport {
    var readingLines: [String] { reading.split(separator: "\n").map(String.init) }
}

struct ImportListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List imports, the latest first.")

    @OptionGroup var options: JournalOptions

    @Option(name: .long, help: "At most so many. Default: 50; all with --json.")
    var limit: Int?

    private static let listing = Listing(noun: "imports", countMax: ImportStore.countMax)

    func run() async throws {
        let limit = try Self.listing.limit(limit, json: options.json)
        let journal = try await options.open()
        let (imports, count) = try await journal.read { db in
            (try ImportStore(db).list(limit: limit), try ImportStore(db).count())
        }
        if options.json {
            JSON.list(imports.map { .object(ImportJSON.summary($0)) }).printed()
        } else if imports.isEmpty {
            Self.listing.empty(count: 0, hint: "`daybook import FILE` makes the first.")
        } else {
            let clock = LocalClock(try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() }))
            var table = Table([
                .init("ID"), .init("IMPORTED"), .init("FILE", isFlexible: true), .init("ACCOUNT", isFlexible: true),
                .init("LAYOUT", rank: 2), .init("FILLS", .right), .init("DOUBLES", .right), .init("FROM", rank: 1),
                .init("TO", rank: 1),
            ])
            for summary in imports {
                let known = summary.fileImport
                table.add([
                    .init(Lookup.short(known.id), .cyan), .init(clock.minute(known.createdAt)), .init(known.file),
                    .init(summary.account.map { "\($0.exchange)/\($0.label)" }), .init(known.layout),
                    .init(String(summary.fillCount)),
                    .init(summary.doubleCount > 0 ? String(summary.doubleCount) : "", .yellow),
                    .init(summary.first.map { String(clock.minute($0).prefix(10)) }),
                    .init(summary.last.map { String(clock.minute($0).prefix(10)) }),
                ])
            }
            table.printed()
        }
        Self.listing.note(shown: imports.count, of: count)
    }
}
