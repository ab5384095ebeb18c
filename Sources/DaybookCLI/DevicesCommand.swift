import ArgumentParser
import Primitives
import Storage

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the devices that write to this journal.",
        discussion: """
            Every copy of the journal that has written is listed, this one first and marked with *. A replica without a name is \
            a server's, or a copy that has never told its own.
            """)

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let devices = try await journal.read { try HistoryStore($0).devices() }
        if options.json {
            JSON.list(
                devices.map { device in
                    .object([
                        "replica": .id(device.replica), "name": .text(device.name), "platform": .text(device.platform),
                        "commits": .integer(Int64(device.commitCount)), "last_commit": .time(device.lastCommit),
                        "is_this": .flag(device.isThis),
                    ])
                }
            ).printed()
            return
        }
        var table = Table([
            Table.Column(""), Table.Column("NAME", isFlexible: true), Table.Column("PLATFORM"),
            Table.Column("CHANGES", .right), Table.Column("LAST"), Table.Column("REPLICA"),
        ])
        for device in devices {
            table.add([
                Table.Cell(device.isThis ? "*" : "", .green), Table.Cell(device.name ?? "-"),
                Table.Cell(device.platform ?? "-"), "\(device.commitCount)",
                Table.Cell(device.lastCommit.map { ShownValue.local($0) } ?? "-"),
                Table.Cell(device.replica.description, .dim),
            ])
        }
        table.printed()
    }
}
