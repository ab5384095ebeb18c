import ArgumentParser
import Ethereum
import Foundation
import Gateways
import Journal
import Primitives
import Storage

/// The overview and a page of trades over REST, beside a constant answer of the same server, in turn.
struct JournalRequestsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "journal-requests")

    @Option(help: "Trades as make_journal.py writes them.") var trades: String
    @Option(help: "How many of them.") var count: Int
    @Option(help: "Whose days.") var zone = "UTC"
    @Option(help: "Before the first trade.") var startBalance: String?
    @Option(help: "An empty directory on a real disk.") var work: String
    @Option(help: "The daybook-server executable.") var server: String
    @Option(help: "Where to leave one answer of each.") var answers: String?
    @OptionGroup var load: LoadOptions

    func run() async throws {
        let server = try RunningServer(server, data: work + "/server")
        defer { server.stop() }
        let load = Load(load, on: server)
        let key = try PrivateKey.new(in: .live)
        let journal = try await JournalFile.create(in: work + "/device", world: .live, deviceName: "a")
        let sheet = try JournalSheet.lines(trades, countMax: count)
        try await journal.edit("enter trades") { draft in try JournalSheet.write(sheet, into: &draft) }
        let device = try await Device(journal, key, server: server.url, by: server.url)
        try await device.sync()
        try await device.close()

        let entrance = ServerConnection(server.url, keeper: nil, world: .live)
        let begun = try await SignIn(entrance, world: .live).begin(with: key, device: "bench")
        await entrance.close()
        let token = begun.tokens.access
        let balance = startBalance.map { "&start_balance=\($0)" } ?? ""
        let zone = zone.replacing("/", with: "%2F")
        let paths = [
            "journal_overview": "/api/v1/journal/analytics/overview?zone=\(zone)\(balance)",
            "journal_trades": "/api/v1/journal/trades?limit=50",
        ]
        if let answers {
            for (step, path) in paths { try await leave(path, token, from: server, in: "\(answers)/\(step).json") }
        }
        let steps = ["journal_overview", "journal_trades"]
        let header = "Authorization: Bearer \(token)"
        let turns = try load.turns([("/health", nil)] + steps.map { (paths[$0] ?? "", header) })
        for (step, turns) in zip(["journal_health"] + steps, turns) { try load.report(step, turns) }
    }

    private func leave(_ path: String, _ token: String, from server: RunningServer, in file: String) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = [
            "--silent", "--show-error", "--fail", "--output", file, "--header", "Authorization: Bearer \(token)",
            server.url.description + path,
        ]
        try process.run()
        process.waitUntilExit()
        try Step.check(process.terminationStatus == 0, "\(path) was not answered")
    }
}
