import ArgumentParser
import Gateways
import Primitives

struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "End the session with the server.",
        discussion: """
            The journal and the wallet key stay where they are. With --everywhere all your sessions end, in browsers and on every \
            device: what to do when one of them was lost.
            """)

    @OptionGroup var options: JournalOptions

    @Flag(help: "End all sessions: every browser, extension and device has to sign in again.")
    var everywhere = false

    func run() async throws {
        let directory = options.directory
        guard let session = try SessionFile.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        let isEnded = everywhere ? try await endEverywhere(session) : try await end(session)
        try await SessionFile(journalDirectory: directory, world: .live).delete()
        if options.json {
            JSON.object([
                "server": .text(session.server), "ended_on_server": .flag(isEnded), "everywhere": .flag(everywhere),
            ]).printed()
        } else {
            print("Signed out of \(session.server)\(everywhere ? ", on every device" : "").")
            if !isEnded {
                Terminal.note("The server could not be told; there the session ends by itself within seven days.")
            }
        }
    }

    /// - Returns: false when the server could not be told.
    private func end(_ session: SavedSession) async throws -> Bool {
        do {
            try await SessionFile.connected(session, journalDirectory: options.directory) {
                try await SignIn($0, world: .live).end()
            }
            return true
        } catch let failure as Failure where failure.kind == .unauthenticated {
            // It had ended by itself.
            return true
        } catch {
            return false
        }
    }

    /// Only the server can end the others: when it cannot be told, nothing has happened, and this session stays to try
    /// again with.
    private func endEverywhere(_ session: SavedSession) async throws -> Bool {
        try await SessionFile.connected(session, journalDirectory: options.directory) {
            try await SignIn($0, world: .live).endEverywhere()
        }
        return true
    }
}
