import ArgumentParser
import Gateways
import Primitives

struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "End the session with the server.",
        discussion: "The journal and the wallet key stay where they are.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let directory = options.directory
        guard let session = try SessionFile.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        let file = SessionFile(journalDirectory: directory, world: .live)
        let connection = ServerConnection(try ServerURL(session.server), keeper: file, world: .live)
        var isEnded = true
        do {
            try await SignIn(connection, world: .live).end()
        } catch let failure as Failure where failure.kind == .unauthenticated {
            // It had ended by itself.
        } catch {
            isEnded = false
        }
        await connection.close()
        try await file.delete()
        if options.json {
            JSON.object(["server": .text(session.server), "ended_on_server": .flag(isEnded)]).printed()
        } else {
            print("Signed out of \(session.server).")
            if !isEnded {
                Terminal.note("The server could not be told; there the session ends by itself within seven days.")
            }
        }
    }
}
