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
    @Option(help: "The wrk executable.") var wrk = "/usr/bin/wrk"
    @Option var connections = 32
    @Option(help: "Of each turn.") var seconds = 3
    @Option var turns = 3

    private struct Turn {
        let requests: Double
        let cores: Duration
    }

    func run() async throws {
        let server = try RunningServer(server, data: work + "/server")
        defer { server.stop() }
        let entrance = ServerConnection(server.url, keeper: nil, world: .live)
        let begun = try await SignIn(entrance, world: .live).begin(with: try .new(in: .live), device: "bench")
        await entrance.close()
        let header = "Authorization: Bearer \(begun.tokens.access)"
        var constant: [Turn] = []
        var known: [Turn] = []
        _ = try turn("/health", nil, on: server, seconds: 1)
        for _ in 0..<turns {
            constant.append(try turn("/health", nil, on: server, seconds: seconds))
            known.append(try turn("/api/v1/auth/me", header, on: server, seconds: seconds))
        }
        try report("requests_health", constant)
        try report("requests_me", known)
    }

    private func report(_ step: String, _ turns: [Turn]) throws {
        let requests = turns.map(\.requests).reduce(0, +)
        let cores = turns.map(\.cores).reduce(.zero, +)
        try Step.report(
            step,
            [
                "requests": .whole(Int(requests)),
                "requests_per_s": .ratio(requests / Double(seconds * turns.count)),
                "core_s_per_request": .ratio(cores.seconds / max(1, requests)),
            ])
    }

    private func turn(_ path: String, _ header: String?, on server: RunningServer, seconds: Int) throws -> Turn {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: wrk)
        process.arguments =
            ["--threads", "1", "--connections", String(connections), "--duration", "\(seconds)s"]
            + (header.map { ["--header", $0] } ?? []) + [server.url.description + path]
        let output = Pipe()
        process.standardOutput = output
        let before = server.facts.coreTimeUsed
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let cores = server.facts.coreTimeUsed - before
        try Step.check(process.terminationStatus == 0, "wrk failed: \(said)")
        try Step.check(!said.contains("Non-2xx") && !said.contains("Socket errors"), "requests failed: \(said)")
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw Failure(.unavailable, "bench.no_load", "wrk did not say how many requests it made.") }
        return Turn(requests: rate * Double(seconds), cores: cores)
    }
}
