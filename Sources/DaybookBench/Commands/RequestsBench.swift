import ArgumentParser
import Ethereum
import Foundation
import Gateways
import Primitives

/// What knowing the caller costs: requests with a token, beside a constant answer of the same server, in turn.
struct RequestsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "requests")

    @Option(help: "An empty directory on a real disk.") var work: String
    @Option(help: "The daybook-server executable.") var server: String
    @OptionGroup var load: LoadOptions

    func run() async throws {
        let server = try RunningServer(server, data: work + "/server")
        let load = Load(load, on: server)
        defer { server.stop() }
        let entrance = ServerConnection(server.url, keeper: nil, world: .live)
        let begun = try await SignIn(entrance, world: .live).begin(with: try .new(in: .live), device: "bench")
        await entrance.close()
        let header = "Authorization: Bearer \(begun.tokens.access)"
        let turns = try load.turns([("/health", nil), ("/api/v1/auth/me", header)])
        try load.report("requests_health", turns[0])
        try load.report("requests_me", turns[1])
    }
}
