import Foundation
import Gateways
import Primitives

/// The proxy that counts for both sides, in front of a server.
final class CountingProxy {
    struct Counts: Decodable {
        let bytes_up: Int
        let bytes_down: Int
        let requests: Int
        let connections: Int
    }

    private struct Ready: Decodable {
        let port: Int
    }

    let url: ServerURL
    private let process: Process
    private let input = Pipe()
    private let output: LineReader

    init(_ executable: String, before server: ServerURL) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [String(server.port)]
        let said = Pipe()
        process.standardInput = input
        process.standardOutput = said
        output = LineReader(said.fileHandleForReading)
        try process.run()
        let ready: Ready = try Self.read(output)
        url = try ServerURL("http://127.0.0.1:\(ready.port)")
    }

    /// What has passed since the last call.
    func counts() throws -> Counts {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        return try Self.read(output)
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static func read<T: Decodable>(_ output: LineReader) throws -> T {
        guard let line = try output.next() else {
            throw Failure(.unavailable, "bench.no_proxy", "The counting proxy ended.")
        }
        return try JSONDecoder().decode(T.self, from: Data(line.utf8))
    }
}
