import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

struct TradeNoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write the notes of a trade.",
        discussion: """
              daybook trade note last "Entered late, out at the target."     replaces the notes
              daybook trade note last --append "Second thoughts: too big."   adds a paragraph
              daybook trade note 3f2a --editor                               in $EDITOR
              pbpaste | daybook trade note 3f2a -                            from a pipe

            Paragraphs that two devices add to one note are both kept.
            """)

    @OptionGroup var choice: TradeChoice

    @Argument(help: "The text, or - to read it from a pipe.")
    var text: String?

    @Option(name: .long, help: "A paragraph to add below what is there.")
    var append: String?

    @Flag(name: .long, help: "Open $EDITOR on the notes.")
    var editor = false

    @OptionGroup var options: JournalOptions

    func validate() throws {
        let given = [text != nil, append != nil, editor].count { $0 }
        guard given == 1 else {
            throw ValidationError("Give the text, --append TEXT or --editor: one of them.")
        }
    }

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        if let text, try await journal.read({ try Lookup($0).looksLikeTrade(text) }) {
            throw Failure.textLikeID(text, "trade note")
        }
        if let append {
            try await journal.edit("add to the notes of trade \(Lookup.short(id))") { draft, db in
                try TradeStore(db).appendNotes(id, append, in: &draft)
            }
        } else {
            let now = try await journal.read { try TradeStore($0).notes(of: id).map(\.text) }
            let before = now.joined(separator: "\n\n")
            let after = try editor ? Prose.edited(before) : text == "-" ? Prose.standardInput() : text ?? ""
            if editor, after == before {
                Terminal.note("Nothing was changed.")
            } else {
                try await journal.edit("write the notes of trade \(Lookup.short(id))") { draft, db in
                    try TradeStore(db).setNotes(id, after, in: &draft)
                }
            }
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { "Noted on \($0.title)." }
    }
}
