import ArgumentParser
import Gateways
import Primitives
import Storage

struct DevicesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the devices that write to this journal, and the sessions on the server.",
        discussion: """
            Every copy of the journal that has written is listed, this one first and marked with *. A replica without a name is \
            a server's, or a copy that has never told its own.

            When you are signed in, the sessions follow that you have on the server: browsers, extensions and devices.
            """)

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let devices = try await journal.read { try HistoryStore($0).devices() }
        let sessions = try await sessions()
        if options.json {
            JSON.object([
                "replicas": .list(devices.map { Self.json($0) }),
                "sessions": sessions.map { .list($0.map { Self.json($0) }) } ?? .null,
            ]).printed()
            return
        }
        Self.table(devices).printed()
        guard let sessions else { return }
        print("")
        Self.table(sessions).printed()
    }

    /// Nil when nobody is signed in, or the server cannot be asked: the replicas are worth showing all the same.
    private func sessions() async throws -> [ServerSession]? {
        guard let saved = try SessionFile.find(journalDirectory: options.directory) else { return nil }
        do {
            return try await SessionFile.connected(saved, journalDirectory: options.directory) {
                try await ServerSessions($0).list()
            }
        } catch let failure as Failure {
            Terminal.note("The sessions at \(saved.server) are not shown. \(failure.message)".forTerminal)
            return nil
        }
    }

    // MARK: What is shown

    private static func json(_ device: DeviceView) -> JSON {
        .object([
            "replica": .id(device.replica), "name": .text(device.name), "platform": .text(device.platform),
            "commits": .integer(Int64(device.commitCount)), "last_commit": .time(device.lastCommit),
            "is_this": .flag(device.isThis),
        ])
    }

    static func json(_ session: ServerSession) -> JSON {
        .object([
            "id": .id(session.id), "kind": .text(session.kind), "name": .text(session.name),
            "network": .text(session.network), "created": .time(session.created), "last_seen": .time(session.lastSeen),
            "expires": .time(session.expires), "is_this": .flag(session.isCurrent),
        ])
    }

    private static func table(_ devices: [DeviceView]) -> Table {
        var table = Table([
            Table.Column(""), Table.Column("NAME", isFlexible: true), Table.Column("PLATFORM", rank: 1),
            Table.Column("CHANGES", .right), Table.Column("LAST"), Table.Column("REPLICA", isFlexible: true),
        ])
        for device in devices {
            table.add([
                Table.Cell(device.isThis ? "*" : "", .green), Table.Cell(device.name ?? "-"),
                Table.Cell(device.platform ?? "-"), "\(device.commitCount)",
                Table.Cell(device.lastCommit.map { ShownValue.local($0) } ?? "-"),
                Table.Cell(device.replica.description, .dim),
            ])
        }
        return table
    }

    private static func table(_ sessions: [ServerSession]) -> Table {
        var table = Table([
            Table.Column(""), Table.Column("SESSION"), Table.Column("NAME", isFlexible: true), Table.Column("KIND"),
            Table.Column("NETWORK", rank: 2), Table.Column("LAST SEEN"), Table.Column("ENDS", rank: 1),
        ])
        for session in sessions {
            table.add([
                Table.Cell(session.isCurrent ? "*" : "", .green), Table.Cell(Lookup.short(session.id), .cyan),
                Table.Cell(session.name ?? "-"), Table.Cell(session.kind), Table.Cell(session.network ?? "-"),
                Table.Cell(session.lastSeen.map { ShownValue.local($0) } ?? "-"),
                Table.Cell(session.expires.map { ShownValue.local($0) } ?? "-"),
            ])
        }
        return table
    }
}
