import ArgumentParser
import Journal
import Primitives
import Storage
import Sync

struct ConflictsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Settle what was changed on two devices at once.",
        discussion: """
            When two devices change the same field without seeing each other, both values are kept: one is shown, all are \
            listed here, and nothing is lost until you choose. Something deleted on one device and edited on another is \
            alive again, and listed too.

              daybook conflicts                          list them all
              daybook conflicts show 4f2a81c0            one thing, with every version in full
              daybook conflicts keep 4f2a81c0 rating 2   keep version 2
              daybook conflicts keep 4f2a81c0 rating "Desk Mac"
              daybook conflicts keep 4f2a81c0 alive      or: deleted
              daybook conflicts merge 4f2a81c0 notes     keep notes as they are shown, merged
            """,
        subcommands: [ConflictsList.self, ConflictsShow.self, ConflictsKeep.self, ConflictsMerge.self],
        defaultSubcommand: ConflictsList.self)
}

struct ConflictsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what waits for you (default).")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let (conflicts, contests) = try await journal.read { db in
            let store = try ConflictStore(db)
            return (try store.fields(), try store.contests())
        }
        Listing.noteFull(max(conflicts.count, contests.count), of: ConflictStore.countMax, "conflicts")
        if options.json { return ConflictText.json(conflicts, contests).printed() }
        guard !conflicts.isEmpty || !contests.isEmpty else { return print("Nothing is in conflict.") }
        var table = Table([
            Table.Column("ID"), Table.Column("WHAT", isFlexible: true), Table.Column("FIELD"), Table.Column("", .right),
            Table.Column("VALUE", isFlexible: true), Table.Column("DEVICE", isFlexible: true),
            Table.Column("WHEN", rank: 1),
        ])
        for conflict in conflicts {
            for version in conflict.versions {
                let isFirst = version.number == 1
                table.add([
                    Table.Cell(isFirst ? Lookup.short(conflict.key.id) : ""),
                    Table.Cell(isFirst ? conflict.entity : ""), Table.Cell(isFirst ? conflict.field.name : ""),
                    "\(version.number)",
                    Table.Cell(
                        ShownValue(version.value, field: conflict.field.name).line, version.isShown ? .highlight : nil),
                    Table.Cell(version.device), Table.Cell(ShownValue.local(version.time)),
                ])
            }
        }
        for contest in contests {
            table.add([Table.Cell(Lookup.short(contest.key.id)), Table.Cell(contest.entity), "(deleted or edited)"])
            for act in contest.deletions {
                table.add([
                    "", "", "", "", "deleted", Table.Cell(act.device), Table.Cell(ShownValue.local(act.time)),
                ])
            }
            for act in contest.edits {
                table.add([
                    "", "", "", "", Table.Cell("edited: \(act.fields.joined(separator: ", "))"), Table.Cell(act.device),
                    Table.Cell(ShownValue.local(act.time)),
                ])
            }
        }
        table.printed()
        Terminal.note("Settle one with `daybook conflicts keep ID FIELD NUMBER`; `daybook help conflicts` says more.")
    }
}

struct ConflictsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show every version of one thing in full.",
        discussion: "Where there are very many, or they are very long, --version N shows those from version N on.")

    @OptionGroup var options: JournalOptions

    @Argument(help: "The id, or a piece of it.", completion: .trades) var id: String
    @Option(name: .customLong("version"), help: "The number of the first version to show.") var first: Int?

    func validate() throws {
        guard first.map({ $0 > 0 }) ?? true else { throw ValidationError("--version takes a number from 1.") }
    }

    func run() async throws {
        let journal = try await options.open()
        var reading = ConflictReading()
        reading.first = first ?? 1
        let (conflicts, contests) = try await journal.read { [id, reading] db in
            let keys = try EntityFinder(db).keys(id)
            let store = try ConflictStore(db)
            return (
                try keys.flatMap { try store.fields(of: $0, reading) }, try keys.flatMap { try store.contests(of: $0) }
            )
        }
        if options.json { return ConflictText.json(conflicts, contests).printed() }
        guard !conflicts.isEmpty || !contests.isEmpty else { return print("Nothing of it is in conflict.") }
        for conflict in conflicts { ConflictText.show(conflict) }
        for contest in contests { ConflictText.show(contest) }
    }
}

struct ConflictsKeep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Keep one version of a field, or decide between a deletion and an edit.",
        discussion: "The other versions stay in the history: `daybook log ID` shows them.")

    @OptionGroup var options: JournalOptions

    @Argument(help: "The id, or a piece of it.", completion: .trades) var id: String
    @Argument(help: "The field; or alive or deleted for what was deleted on one device and edited on another.")
    var field: String
    @Argument(help: "The version's number, or the name of the device that wrote it.") var choice: String?

    func run() async throws {
        let journal = try await options.open()
        let keys = try await journal.read { [id] in try EntityFinder($0).keys(id) }
        if choice == nil, field == "alive" || field == "deleted" {
            let key = try await journal.read { try Settlement($0).contested(among: keys) }
            try await journal.settle(key, alive: field == "alive")
            return tell("It is \(field == "alive" ? "alive" : "deleted").", .text(field))
        }
        guard let choice else { throw Failure.conflictChoiceMissing(field) }
        let key = try await ConflictText.key(among: keys, field: field, in: journal)
        let value = ShownValue(try await journal.settle(key, field: field, keeping: choice), field: field)
        tell("\(field) is now \(value.line)", value.json)
    }

    private func tell(_ text: String, _ value: JSON) {
        if options.json {
            JSON.object(["id": .text(id), "field": .text(field), "value": value]).printed()
        } else {
            print(text.forTerminal)
        }
    }
}

struct ConflictsMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Keep the merged text of notes or an entry, or a text of yours.",
        discussion: "Without TEXT the merged text is kept as it is shown. Give - to read the text from standard input.")

    @OptionGroup var options: JournalOptions

    @Argument(help: "The id, or a piece of it.", completion: .trades) var id: String
    @Argument(help: "notes, or body.") var field: String
    @Argument(help: "The text to keep.") var text: String?

    func run() async throws {
        let journal = try await options.open()
        let keys = try await journal.read { [id] in try EntityFinder($0).keys(id) }
        let key = try await ConflictText.key(among: keys, field: field, in: journal)
        let kept = try await journal.settle(key, field: field, merging: try text.map(typed))
        if options.json {
            JSON.object(["id": .text(id), "field": .text(field), "value": .text(kept)]).printed()
        } else {
            print(kept.forTerminal)
        }
    }

    private func typed(_ text: String) throws -> String {
        guard text == "-" else { return text }
        var lines: [String] = []
        var count = 0
        while let line = readLine(strippingNewline: false) {
            count += line.utf8.count
            guard count <= CommitLimits.textBytesMax else {
                throw Failure.bodyTooLarge(bytesMax: CommitLimits.textBytesMax)
            }
            lines.append(line)
        }
        return lines.joined()
    }
}

extension Failure {
    static func conflictChoiceMissing(_ field: String) -> Failure {
        Failure(
            .invalid, "conflict.choice_missing",
            "Say which version of \(field) to keep: its number, or the device that wrote it. `daybook conflicts show ID` "
                + "lists them.")
    }
}
