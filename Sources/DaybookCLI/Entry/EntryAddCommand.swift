import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

/// What an entry says, as options, and where its text comes from.
struct EntryOptions: ParsableArguments {
    @Argument(help: "The text in Markdown, or - to read it from a pipe.")
    var body: String?

    @Option(name: .long, help: "The title.")
    var title: String?

    @Option(name: .long, help: "Read the text from this file.", completion: .file())
    var file: String?

    @Flag(name: .long, help: "Write the text in $EDITOR.")
    var editor = false

    @Option(name: .long, help: "The day: 2026-11-21, `today`, `yesterday`, `monday` or `7d`.")
    var day: String?

    @Option(name: .long, help: "pre_trade, post_trade, daily, weekly or idea.")
    var type: Entry.Form?

    @Option(name: .long, help: "The trade it is about: 4 or more digits of its id, or `last`.", completion: .trades)
    var trade: String?

    /// How the journal tells days.
    static func calendar(of journal: JournalFile) async throws -> TradingCalendar {
        try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() })
    }

    func validate() throws {
        let sources = [body != nil, file != nil, editor].count { $0 }
        guard sources <= 1 else { throw ValidationError("Give the text, --file FILE or --editor: one of them.") }
    }

    /// The text that was given; nil for none. `before` is what an editor begins with.
    func text(before: String) throws -> String? {
        if let file { return try Prose.file(file) }
        if editor { return try Prose.edited(before) }
        return body == "-" ? try Prose.standardInput() : body
    }

    func fields(text: String?, _ calendar: TradingCalendar, now: Timestamp) throws -> EntryFields {
        var fields = EntryFields()
        fields.title = title
        fields.body = text
        fields.type = type
        fields.day = try day.map { try Given.day($0, calendar, now: now) }
        return fields
    }
}

struct EntryAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Write an entry.",
        discussion: """
              daybook entry add --title "Plan" --type pre_trade "Only A setups today."
              daybook entry add --title "Week 47" --type weekly --file week.md
              daybook entry add --editor
            """)

    @OptionGroup var entry: EntryOptions
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let now = World.live.now()
        let text = try entry.text(before: "")
        let journal = try await options.open()
        let calendar = try await EntryOptions.calendar(of: journal)
        var fields = try entry.fields(text: text, calendar, now: now)
        fields.day = fields.day ?? LocalClock(calendar).day(of: now)
        fields.type = fields.type ?? .daily
        let (given, trade) = (fields, entry.trade)
        let id = ID<Entry>.new(in: .live)
        try await journal.edit("add an entry for \(given.day?.description ?? "")") { draft, db in
            var fields = given
            fields.trade = try trade.map { .set(try Lookup(db).trade($0)) } ?? .keep
            try EntryStore(db).add(id, fields, at: now, in: &draft)
        }
        let made = try await journal.read { try EntryStore($0).require(id) }
        if options.json {
            EntryJSON.entry(made).printed()
        } else {
            print("Added entry \(Lookup.short(id)) “\(made.heading)” for \(made.day?.description ?? "").".onOneLine)
        }
    }
}

struct EntryEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change an entry; without options, its text in $EDITOR.")

    @OptionGroup var choice: EntryChoice
    @OptionGroup var entry: EntryOptions
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let now = World.live.now()
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let former = try await journal.read { try EntryStore($0).require(id) }
        if let body = entry.body, Lookup.looksLikeID(body) { throw Failure.textLikeID(body, "entry edit") }
        let fields = try entry.fields(text: text(former), try await EntryOptions.calendar(of: journal), now: now)
        let trade = entry.trade
        guard former.differs(from: fields) || trade != nil else {
            if options.json { EntryJSON.entry(former).printed() } else { print("Nothing was changed.") }
            return
        }
        try await journal.edit("edit entry \(Lookup.short(id))") { draft, db in
            var fields = fields
            fields.trade = try trade.map { .set(try Lookup(db).trade($0)) } ?? .keep
            try EntryStore(db).edit(id, fields, in: &draft)
        }
        let made = try await journal.read { try EntryStore($0).require(id) }
        if options.json {
            EntryJSON.entry(made).printed()
        } else {
            print("Changed entry \(Lookup.short(id)) “\(made.heading)”.".onOneLine)
        }
    }

    private func text(_ former: Entry) throws -> String? {
        let isSomething = entry.title != nil || entry.day != nil || entry.type != nil || entry.trade != nil
        if let text = try entry.text(before: former.body) { return text }
        return isSomething ? nil : try Prose.edited(former.body)
    }
}

extension Entry {
    fileprivate func differs(from fields: EntryFields) -> Bool {
        fields.title.map { $0 != title } ?? false || fields.body.map { $0 != body } ?? false
            || fields.day.map { $0 != day } ?? false || fields.type.map { $0.rawValue != type } ?? false
    }
}

struct EntryDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an entry. `daybook undo` brings it back.")

    @OptionGroup var choice: EntryChoice
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let entry = try await journal.edit("delete entry \(Lookup.short(id))") { draft, db in
            try EntryStore(db).delete(id, in: &draft)
        }
        if options.json {
            JSON.object(["id": .id(id), "deleted": .flag(true)]).printed()
        } else {
            print("Deleted entry \(Lookup.short(id)) “\(entry.heading)”. `daybook undo` brings it back.".onOneLine)
        }
    }
}
