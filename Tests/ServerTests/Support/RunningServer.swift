import Foundation
import TestSupport
import Testing

/// A real server process on free ports, with a data directory of its own.
final class RunningServer: Sendable {
    let data: String
    let port: UInt16
    let webSocketPort: UInt16
    private let process: Process
    private let errorPath: String

    /// - Parameter options: besides the directory and the two addresses.
    init(data: String, options: [String] = [], environment: [String: String] = [:]) throws {
        self.data = data
        errorPath = data + ".log"
        let outputPath = data + ".out"
        process = try Self.launch(
            ["serve", "--data", data, "--http", "127.0.0.1:0", "--websocket", "127.0.0.1:0"] + options,
            environment: environment, outputPath: outputPath, errorPath: errorPath)
        let line = try Self.line(of: outputPath, while: process)
        let ports = line.split(separator: ":").compactMap { UInt16($0.prefix { $0.isNumber }) }
        try #require(ports.count == 2, "no ports in \"\(line)\"")
        (port, webSocketPort) = (ports[0], ports[1])
    }

    /// Everything it has logged so far.
    var log: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    var isRunning: Bool { process.isRunning }

    /// The memory that it has now, in bytes.
    var residentBytes: Int { Self.number(of: "VmRSS:", in: process.processIdentifier) << 10 }

    /// The most memory that it ever had, in bytes.
    var peakBytes: Int { Self.number(of: "VmHWM:", in: process.processIdentifier) << 10 }

    /// Makes `peakBytes` begin anew from what it has now.
    func forgetPeak() {
        guard let file = fopen("/proc/\(process.processIdentifier)/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// How many files and connections it has open.
    var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count) ?? 0
    }

    /// What it says in its metrics under a name without labels.
    func metric(_ name: String) throws -> Int? {
        let line = try client().get("/metrics").text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// Its threads' time on the processors so far, in seconds.
    var processorSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst(12).prefix(2)
        return fields.compactMap { Double($0) }.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func number(of field: String, in process: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    func client() throws -> HTTPConnection { try HTTPConnection(port: port) }

    /// - Returns: the exit code.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    static func launch(
        _ arguments: [String], environment: [String: String] = [:], outputPath: String, errorPath: String
    ) throws -> Process {
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let process = Process()
        process.executableURL = try #require(
            try? URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                .deletingLastPathComponent().appendingPathComponent("daybook-server"))
        process.arguments = arguments
        process.environment = environment.merging(PretendedDate.environment) { given, _ in given }
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        try process.run()
        return process
    }

    private static func line(of path: String, while process: Process) throws -> String {
        for _ in 0..<500 {
            if let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasSuffix("\n") { return text }
            guard process.isRunning else { break }
            usleep(20_000)
        }
        throw ServerDidNotStart()
    }
}

struct ServerDidNotStart: Error {}

/// Runs `body` with a directory that is gone afterwards.
func withDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
    let path = NSTemporaryDirectory() + "daybook-\(UUID().uuidString)"
    defer {
        for suffix in ["", ".log", ".out"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
    return try await body(path)
}

/// Runs `body` with a server that is stopped afterwards.
///
/// Bodies wait by blocking their thread: with all tests running at once on a few threads, a task that sleeps can wake
/// long after its time.
func withServer<T>(
    _ options: [String] = [], environment: [String: String] = [:], _ body: (RunningServer) async throws -> T
) async throws -> T {
    try await withDirectory { path in
        let server = try RunningServer(data: path, options: options, environment: environment)
        defer { server.stop(SIGKILL) }
        return try await body(server)
    }
}
