import ArgumentParser
import Journal
import Primitives
import Storage

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read the fills that an exchange exports; list and undo imports.",
        discussion: """
            Reads the exports of many exchanges and brokers as they come (docs/imports.md lists them), and any CSV with the
            header
              \(ImportFormat.genericHeader)
            (the last three columns may be missing). The file says by its header whose it is. It may be a CSV, a workbook
            (.xlsx), or packed: each table of a ZIP and each sheet with fills is an import of its own.

            Importing twice is importing once: what is known already is left as it is, on this device and on every other.
            A bad row is reported with its line and reason, and the good ones are kept; the exit code is 3 then. So it is
            where rows look like fills that another file brought: they wait, and count in no figure, until you decide.

            What the file leaves open is guessed where it is likely, and said; an option says otherwise. A file whose
            meaning is unsure is refused. Of any other table, --map says which column is which, and `daybook mapping save`
            keeps that for all files of the same header.

              daybook import binance.csv --dry-run
              daybook import fills/*.csv --account futures
              daybook import exports.zip             every CSV and workbook in it
              cat fills.csv.gz | daybook import -
              daybook import fills.csv --map time=Date,symbol=Ticker,side=Action,price=Px,quantity=Qty,fee=Comm
              daybook import list                    every import, the latest first
              daybook import undo 4b1c               take one back, and import the file again in another way
              daybook import review                  what looks like something that is here already
            """,
        subcommands: [
            ImportFileCommand.self, ImportListCommand.self, ImportShowCommand.self, ImportUndoCommand.self,
            ImportReviewCommand.self,
        ], defaultSubcommand: ImportFileCommand.self)
}

/// One import, chosen by a piece of its id.
struct ImportIDArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The import: a few digits of its id, or `last`.", valueName: "id"), completion: .imports)
    var id: String

    func find(in journal: JournalFile) async throws -> ID<FileImport> {
        let text = id
        return try await journal.read { try Lookup($0).fileImport(text) }
    }
}
