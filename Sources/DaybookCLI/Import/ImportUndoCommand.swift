import ArgumentParser
import Journal
import Primitives
import Storage

struct ImportUndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take an import back: its fills go, on every device.",
        discussion: """
            What you wrote of their trades waits for them: import the same file again, also in another zone or into
            another account, and it is there again where the trade is the same. Until then `daybook conflicts` lists it.
            """)

    @OptionGroup var choice: ImportIDArgument
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let outcome = try await journal.undo(try await choice.find(in: journal))
        if options.json {
            JSON.object([
                "id": .id(outcome.fileImport.id), "file": .text(outcome.fileImport.file),
                "fills_deleted": .count(outcome.fillCount), "annotations_waiting": .count(outcome.strayCount),
            ]).printed()
            return
        }
        print(
            "Undid the import of \(outcome.fileImport.file): \(Figures.count(outcome.fillCount, "fill")) gone."
                .onOneLine)
        if outcome.strayCount > 0 {
            print(
                "What was written of \(Figures.count(outcome.strayCount, "trade")) waits for the file to be imported again."
            )
        }
    }
}
