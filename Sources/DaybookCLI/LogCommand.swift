import ArgumentParser
import Journal
import Primitives
import Storage
import Sync

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the history: of everything, or of one thing field by field.",
        discussion: """
            The newest comes first. The name in the first column is what `daybook undo` takes.

              daybook log             what was done lately, on every device
              daybook log 4f2a81c0    every change of one trade, entry, tag or image
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The id of a thing, or a piece of it.", completion: .trades) var id: String?

    @Option(name: [.short, .customLong("count")], help: "How many to show. Default: 20; all with --json.")
    var number: Int?

    @Option(name: .customLong("after"), help: "Of one thing: begin after this commit.", completion: .commits)
    var last: String?

    /// What the fields held before and after, in bytes: no more is shown at once.
    private static let valueBytesMax = 64 << 20
    private static let listing = Listing(noun: "changes", option: "-n", countMax: HistoryStore.countMax)

    func validate() throws {
        guard last == nil || id != nil else { throw ValidationError("--after goes with the id of a thing.") }
        guard number.map({ (1...HistoryStore.countMax).contains($0) }) ?? true else {
            throw ValidationError("-n takes 1 to \(HistoryStore.countMax).")
        }
    }

    func run() async throws {
        let journal = try await options.open()
        let limit = try Self.listing.limit(number, json: options.json, page: 20)
        // A long text may leave no room for as many as that.
        let told = try await journal.read { [id, last] db in
            let history = try HistoryStore(db)
            guard let id else {
                let entries = try history.newest(limit)
                let count = try history.count()
                return HistoryStore.Changes(
                    entries: entries, count: count, isWhole: true, hasMore: entries.count < count)
            }
            return try history.changes(
                of: Set(try EntityFinder(db).keys(id)), after: try last.map { try CommitNames(db).dot($0) },
                countMax: limit, bytesMax: Self.valueBytesMax)
        }
        let entries = told.entries
        if options.json {
            JSON.list(entries.map(json)).printed()
        } else if id == nil {
            list(entries)
        } else {
            for entry in entries { show(entry) }
        }
        if told.hasMore, entries.count < limit, let name = entries.last?.name {
            Terminal.note("\(entries.count) of \(told.count) changes. --after \(name) shows what comes next.")
        } else if last == nil {
            Self.listing.note(shown: entries.count, of: told.count)
        }
        if !told.isWhole {
            Terminal.note(
                "This device began from a snapshot: what happened before is on the server and on older devices.")
        }
    }

    private func list(_ entries: [HistoryEntry]) {
        var table = Table([
            Table.Column("COMMIT"), Table.Column("WHEN"), Table.Column("DEVICE", isFlexible: true),
            Table.Column("CHANGES", .right, rank: 1), Table.Column("WHAT", isFlexible: true),
        ])
        for entry in entries {
            table.add([
                Table.Cell(entry.name, .yellow), Table.Cell(ShownValue.local(entry.time)), Table.Cell(entry.device),
                entry.summary == nil ? "" : "\(entry.changeCount)",
                Table.Cell(entry.summary ?? "(not on this device)", entry.summary == nil ? .dim : nil),
            ])
        }
        table.printed()
    }

    private func show(_ entry: HistoryEntry) {
        let name = Terminal.output.styled(entry.name, .yellow)
        let summary = (entry.summary ?? "").onOneLine
        print("\(name)  \(ShownValue.local(entry.time))  \(entry.device.onOneLine)  \(summary)")
        for change in entry.changes {
            switch change {
            // Which fill a trade hangs on is the journal's own business.
            case .wrote("anchor", _, _): break
            case .wrote(let field, .null, let after): print("    \(field): \(text(after, field))")
            case .wrote(let field, let before, let after):
                print("    \(field): \(text(before, field)) → \(text(after, field))")
            case .deleted: print("    deleted")
            case .revived: print("    alive again")
            case .added(let kind, let label): print("    + \(kind) \(label.onOneLine)")
            case .removed(let kind, let label): print("    - \(kind) \(label.onOneLine)")
            }
        }
    }

    private func text(_ value: Value, _ field: String) -> String { ShownValue(value, field: field).line.onOneLine }

    private func json(_ entry: HistoryEntry) -> JSON {
        var object: [String: JSON] = [
            "commit": .text(entry.name), "replica": .id(entry.dot.replica),
            "counter": .integer(Int64(entry.dot.counter)),
            "device": .text(entry.device), "time": .time(entry.time), "summary": .text(entry.summary),
            "change_count": .count(entry.changeCount),
        ]
        if id != nil { object["changes"] = .list(entry.changes.map(json)) }
        return .object(object)
    }

    private func json(_ change: EntityChange) -> JSON {
        switch change {
        case .wrote(let field, let before, let after):
            .object([
                "act": .text("write"), "field": .text(field), "before": ShownValue(before, field: field).json,
                "after": ShownValue(after, field: field).json,
            ])
        case .deleted: .object(["act": .text("delete")])
        case .revived: .object(["act": .text("revive")])
        case .added(let kind, let label): .object(["act": .text("add"), "kind": .text(kind), "label": .text(label)])
        case .removed(let kind, let label):
            .object(["act": .text("remove"), "kind": .text(kind), "label": .text(label)])
        }
    }
}
