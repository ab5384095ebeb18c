import ArgumentParser
import Gateways
import Primitives
import Storage

struct DevicesRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Sign a browser, an extension or a device out.",
        discussion: """
            Its session ends on the server at once. What it has on its own disk stays there: on a device that was stolen, \
            the journal is as safe as that disk.
            """)

    @OptionGroup var options: JournalOptions

    @Argument(
        help: ArgumentHelp(
            "The session: 4 or more digits of the id that `daybook devices` shows.", valueName: "id"))
    var id: String

    func run() async throws {
        let directory = options.directory
        guard let saved = try SessionFile.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        let session = try await SessionFile.connected(saved, journalDirectory: directory) { connection in
            let sessions = ServerSessions(connection)
            let session = try Self.find(id, among: try await sessions.list())
            try await sessions.revoke(session.id)
            return session
        }
        if session.isCurrent { try await SessionFile(journalDirectory: directory, world: .live).delete() }
        if options.json {
            DevicesListCommand.json(session).printed()
        } else {
            let name = session.name.map { "“\($0)”" } ?? "\(session.kind) \(Lookup.short(session.id))"
            print("\(name) is signed out.\(session.isCurrent ? " That was this device." : "")".onOneLine)
        }
    }

    /// - Throws: `device.not_found`, `device.ambiguous_id`, `id.too_short`.
    static func find(_ text: String, among sessions: [ServerSession]) throws -> ServerSession {
        let digits = text.lowercased().filter { $0 != "-" }
        guard digits.utf8.count >= Lookup.digitsMin else { throw Failure.deviceIDTooShort }
        let found = sessions.filter { session in
            let id = session.id.description.filter { $0 != "-" }
            return id.hasPrefix(digits) || id.hasSuffix(digits) || id.suffix(Lookup.shownDigits).hasPrefix(digits)
        }
        guard let session = found.first else { throw Failure.deviceNotFound(text) }
        guard found.count == 1 else { throw Failure.deviceAmbiguous(text, found.count) }
        return session
    }
}

extension Failure {
    static let deviceIDTooShort = Failure(
        .invalid, "device.id_too_short", "Give at least four digits of the session's id; `daybook devices` shows them.")
    static func deviceNotFound(_ text: String) -> Failure {
        Failure(
            .notFound, "device.not_found",
            "No session of yours has the id \(text.onOneLine); `daybook devices` shows them.")
    }
    static func deviceAmbiguous(_ text: String, _ count: Int) -> Failure {
        Failure(
            .conflict, "device.ambiguous_id", "\(count) sessions have an id like \(text.onOneLine): give more digits.")
    }
}
