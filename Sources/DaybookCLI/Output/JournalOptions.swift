import ArgumentParser
import Foundation
import Primitives
import Storage

/// What every command takes that works on a journal.
struct JournalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The directory of the journal.",
            discussion: "Default: $DAYBOOK_JOURNAL, else $XDG_DATA_HOME/daybook, else ~/.local/share/daybook.",
            valueName: "dir"), completion: .directory)
    var journal: String?

    @Flag(name: .long, help: "Print JSON: sorted keys, amounts as strings, times in UTC.")
    var json = false

    /// The journal's directory as an absolute path, so that a message about it makes sense anywhere.
    var directory: String { Self.directory(journal) }

    static func directory(_ journal: String?) -> String {
        let environment = ProcessInfo.processInfo.environment
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        let given = [journal, environment["DAYBOOK_JOURNAL"]].compactMap(\.self).first { !$0.isEmpty }
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/share"
        let path = given.map { ($0 as NSString).expandingTildeInPath } ?? data + "/daybook"
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Opens the journal that `daybook init` made.
    ///
    /// - Throws: `journal.not_found` and what else keeps a journal from opening.
    func open() async throws -> JournalFile { try await JournalFile.open(in: directory, world: .live) }

    /// The images beside the journal.
    func blobs() throws -> BlobStore { try BlobStore(directory: directory + "/blobs", world: .live) }
}
