import ArgumentParser
import Foundation
import Gateways
import Primitives

/// How much is asked of a server.
struct LoadOptions: ParsableArguments {
    @Option(help: "The wrk executable.") var wrk = "/usr/bin/wrk"
    @Option var connections = 32
    @Option(help: "Of each turn.") var seconds = 3
    @Option var turns = 3
}

/// Requests to a server, as many as it answers.
struct Load {
    /// What came of a few seconds of it.
    struct Turn {
        let requests: Double
        let cores: Duration
    }

    private let options: LoadOptions
    private let server: RunningServer

    init(_ options: LoadOptions, on server: RunningServer) {
        self.options = options
        self.server = server
    }

    /// Asks for each path in turn, with a header or without, several times around; all of it once before, unmeasured.
    func turns(_ asked: [(path: String, header: String?)]) throws -> [[Turn]] {
        for (path, header) in asked { _ = try turn(path, header, seconds: 1) }
        var turns = asked.map { _ in [Turn]() }
        for _ in 0..<options.turns {
            for (index, (path, header)) in asked.enumerated() {
                turns[index].append(try turn(path, header, seconds: options.seconds))
            }
        }
        return turns
    }

    func report(_ step: String, _ turns: [Turn]) throws {
        let requests = turns.map(\.requests).reduce(0, +)
        let cores = turns.map(\.cores).reduce(.zero, +)
        try Step.report(
            step,
            [
                "requests": .whole(Int(requests)),
                "requests_per_s": .ratio(requests / Double(options.seconds * turns.count)),
                "core_s_per_request": .ratio(cores.seconds / max(1, requests)),
            ])
    }

    private func turn(_ path: String, _ header: String?, seconds: Int) throws -> Turn {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: options.wrk)
        process.arguments =
            ["--threads", "1", "--connections", String(options.connections), "--duration", "\(seconds)s"]
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
