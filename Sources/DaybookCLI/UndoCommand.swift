import ArgumentParser
import Primitives
import Storage

struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back what one commit changed.",
        discussion: """
            Undoing writes a new commit that restores what was there before; the history stays. What has been changed since, \
            here or on another device, is left alone and listed.

              daybook log            find the commit
              daybook undo a3f2/17
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The commit, as `daybook log` names it.", completion: .commits) var commit: String

    private static let shownMax = 20

    func run() async throws {
        let journal = try await options.open()
        let outcome = try await journal.undo(commit)
        if options.json {
            JSON.object([
                "commit": .text(outcome.name), "summary": .text(outcome.summary),
                "restored": .list(outcome.restored.map(json)), "left_alone": .list(outcome.leftAlone.map(json)),
            ]).printed()
            return
        }
        print("Undid \(outcome.name): \(outcome.summary.onOneLine)")
        list(outcome.restored)
        guard !outcome.leftAlone.isEmpty else { return }
        print("Left alone:")
        list(outcome.leftAlone)
    }

    private func list(_ items: [UndoOutcome.Item]) {
        for item in items.prefix(Self.shownMax) {
            let field = item.field.map { " · \($0)" } ?? ""
            print("  \(item.entity.onOneLine)\(field): \(item.note)")
        }
        if items.count > Self.shownMax { print("  … and \(items.count - Self.shownMax) more") }
    }

    private func json(_ item: UndoOutcome.Item) -> JSON {
        .object(["what": .text(item.entity), "field": .text(item.field), "note": .text(item.note)])
    }
}
