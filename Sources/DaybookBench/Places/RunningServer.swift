import Foundation
import Gateways
import Primitives

/// A `daybook-server` in a process of its own.
final class RunningServer {
    let url: ServerURL
    var facts: ProcessFacts { ProcessFacts(id: process.processIdentifier) }

    private let process: Process

    /// Starts it, and waits until it listens.
    init(_ executable: String, data: String) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [
            "serve", "--data", data, "--http", "127.0.0.1:0", "--websocket", "127.0.0.1:0", "--log-level", "error",
            // Thousands sign in from one address here.
            "--stranger-per-minute", "1000000", "--strangers-per-minute", "1000000",
            "--newcomers-per-hour", "1000000",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = try LineReader(output.fileHandleForReading).next()
        guard let address = said?.split(separator: " ").first(where: { $0.hasPrefix("http=") })?.dropFirst(5) else {
            throw Failure(.unavailable, "bench.no_server", "The server did not say where it listens.")
        }
        url = try ServerURL("http://\(address)")
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    deinit { if process.isRunning { process.terminate() } }
}
