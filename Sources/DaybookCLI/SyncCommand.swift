import ArgumentParser
import Foundation
import Gateways
import Primitives
import Storage
import Sync

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring this journal and the server's together.",
        discussion: """
            Sends what was written here, takes what was written elsewhere, and moves images. It goes on where an earlier sync \
            stopped, and never asks which side to keep: edits of different fields merge, and where two devices changed the same \
            field both values stay, listed by `daybook conflicts`.

            When the server has no room for an image, everything else is synced all the same, the image stays here, and the \
            command ends with 3. Every sync tries again.

            The first time that a journal with something in it meets another one on the server, it says what will come together \
            and asks; --yes agrees beforehand, for scripts.

            With --watch it stays, and syncs after every change here and on other devices, until Ctrl-C.
            """)

    @OptionGroup var options: JournalOptions

    @Flag(help: "Stay, and sync after every change here and elsewhere.")
    var watch = false

    @Flag(help: "Agree that this journal and one on the server become one that have nothing in common yet.")
    var yes = false

    func run() async throws {
        let directory = options.directory
        let journal = try await options.open()
        guard let session = try SessionFile.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        let keeper = SessionFile(journalDirectory: directory, world: .live)
        let connection = ServerConnection(try ServerURL(session.server), keeper: keeper, world: .live)
        var isPartly = false
        do {
            if !yes {
                try await FirstMeeting(journal: journal, session: session, server: ServerJournal(connection)).confirm()
            }
            let bar = SharedBar("sync")
            let sync = JournalSync(
                journal: journal, blobs: try options.blobs(), server: RemoteSync(connection, keeper: keeper),
                progress: bar.show)
            if watch {
                try await SyncWatch(
                    journal: journal, live: LiveWatch(connection, world: .live), json: options.json,
                    sync: { () async throws in
                        defer { bar.clear() }
                        return try await sync.run()
                    }
                ).run(server: session.server)
            } else {
                let outcome = try await Result(catching: sync.run)
                bar.clear()
                let report = SyncReport(try outcome.get(), server: session.server)
                report.printed(json: options.json)
                isPartly = report.outcome.images.refused > 0
            }
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
        try await journal.close()
        if isPartly { throw DaybookExit.partlyDone.code }
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async throws {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// What a sync did, in a line.
struct SyncReport {
    let outcome: JournalSync.Outcome
    let server: String

    init(_ outcome: JournalSync.Outcome, server: String) {
        self.outcome = outcome
        self.server = server
    }

    /// Whether anything moved.
    var isQuiet: Bool {
        outcome.commits.sent + outcome.commits.received + outcome.images.sent + outcome.images.received == 0
            && !outcome.beganFromSnapshot && !outcome.commits.becameNewReplica && !outcome.commits.outlivedServer
            && !outcome.commits.healed && outcome.images.refused == 0
    }

    func printed(json: Bool) {
        if json { return self.json.printed() }
        print(line)
        for note in notes { Terminal.note(note) }
    }

    private var line: String {
        let (commits, images) = (outcome.commits, outcome.images)
        if isQuiet { return "Up to date with \(server)." }
        var parts: [String] = []
        if outcome.beganFromSnapshot { parts.append("took over the journal as it stands on the server") }
        if commits.sent > 0 { parts.append("sent \(counted(commits.sent, "change"))") }
        if commits.received > 0 { parts.append("received \(counted(commits.received, "change"))") }
        if images.sent > 0 { parts.append("sent \(counted(images.sent, "image")) (\(size(images.bytesSent)))") }
        if images.received > 0 {
            parts.append("received \(counted(images.received, "image")) (\(size(images.bytesReceived)))")
        }
        let text = parts.isEmpty ? "nothing new" : parts.joined(separator: ", ")
        return "Synced with \(server): \(text)."
    }

    private var notes: [String] {
        var notes: [String] = []
        let images = outcome.images
        if outcome.commits.outlivedServer {
            notes.append(
                "The server was restored from an older copy. What it had lost and this device had is there again.")
        }
        if outcome.commits.becameNewReplica {
            notes.append(
                "This journal was a copy of another device's. It goes on as a device of its own; its work was kept.")
        }
        if outcome.commits.healed {
            notes.append("The two sides had come to differ, which was found and mended. `daybook verify` looks closer.")
        }
        if outcome.images.awaited > 0 {
            notes.append(
                "\(counted(outcome.images.awaited, "image")) will come when the device that added them has synced.")
        }
        if images.refused > 0 {
            let more = images.refused - outcome.refusedImages.count
            let names = outcome.refusedImages.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            let what = "\(counted(images.refused, "image")) (\(size(images.bytesRefused)))"
            notes.append(
                ("\(what) could not be sent: the server has no room left for you. Everything else is synced. What was not "
                    + "sent stays in this journal, and every sync tries again: \(names)").onOneLine)
            if let refusal = images.refusal { notes.append("The server says: \(refusal)".onOneLine) }
        }
        if outcome.conflictCount > 0 {
            notes.append("\(counted(outcome.conflictCount, "conflict")) to settle: `daybook conflicts` lists them.")
        }
        return notes
    }

    private var json: JSON {
        .object([
            "server": .text(server), "sent": .count(outcome.commits.sent), "received": .count(outcome.commits.received),
            "exchanges": .count(outcome.commits.exchanges), "from_snapshot": .flag(outcome.beganFromSnapshot),
            "became_new_replica": .flag(outcome.commits.becameNewReplica || outcome.commits.outlivedServer),
            "healed": .flag(outcome.commits.healed),
            "images_sent": .count(outcome.images.sent), "images_received": .count(outcome.images.received),
            "images_awaited": .count(outcome.images.awaited), "images_refused": .count(outcome.images.refused),
            "image_bytes_sent": .integer(outcome.images.bytesSent),
            "image_bytes_received": .integer(outcome.images.bytesReceived), "conflicts": .count(outcome.conflictCount),
        ])
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private func size(_ bytes: Int64) -> String {
        bytes < 1_000_000 ? "\(max(1, bytes / 1000)) kB" : "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
    }
}
