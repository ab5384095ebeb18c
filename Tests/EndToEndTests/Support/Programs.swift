import Foundation
import Testing

/// The two programs, as they were built beside the tests.
enum Programs {
    struct NotBuilt: Error {}

    static func path(_ name: String) throws -> URL {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name)
        guard FileManager.default.isExecutableFile(atPath: path.path) else { throw NotBuilt() }
        return path
    }

    static var fixtures: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../fixtures")
            .standardizedFileURL.path
    }
}

/// What a program that came to its end has said.
struct Ended: Sendable {
    let code: Int32
    let output: String
    let error: String

    /// The output as JSON.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }

    func number(_ key: String) -> Int? { json[key] as? Int }
}

/// A process with its output in files: a pipe that nobody reads would stop it.
final class RunningProgram: Sendable {
    private let process: Process
    private let place: String

    init(_ name: String, _ arguments: [String], environment: [String: String], in place: String) throws {
        self.place = place + "/" + name + "-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        for ending in [".out", ".err"] {
            _ = FileManager.default.createFile(atPath: self.place + ending, contents: nil)
        }
        process = Process()
        process.executableURL = try Programs.path(name)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: self.place + ".out")
        process.standardError = FileHandle(forWritingAtPath: self.place + ".err")
        try process.run()
    }

    var output: String { (try? String(contentsOfFile: place + ".out", encoding: .utf8)) ?? "" }
    var error: String { (try? String(contentsOfFile: place + ".err", encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func ended() -> Ended {
        process.waitUntilExit()
        return Ended(code: process.terminationStatus, output: output, error: error)
    }

    /// Waits until the output satisfies a condition.
    func waits(seconds: Int = 30, for condition: (RunningProgram) -> Bool) -> Bool {
        for _ in 0..<(seconds * 20) {
            if condition(self) { return true }
            guard process.isRunning else { return condition(self) }
            usleep(50_000)
        }
        return false
    }
}

/// A directory of its own for a server and its devices, and everything that runs in it.
final class Household: Sendable {
    let place: String
    private let server: RunningProgram
    let port: Int

    /// - Parameters:
    ///   - reachedAt: the port by which devices reach the server, when it is not the server's own.
    ///   - options: besides the directory and the addresses.
    init(reachedAt proxyPort: Int? = nil, _ options: [String] = []) throws {
        place = NSTemporaryDirectory() + "daybook-e2e-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let domain = proxyPort.map { ["--domain", "127.0.0.1:\($0)"] } ?? []
        server = try RunningProgram(
            "daybook-server",
            ["serve", "--data", place + "/server", "--http", "127.0.0.1:0", "--websocket", "127.0.0.1:0"] + domain
                + options,
            environment: [:], in: place)
        let isUp = server.waits { $0.output.hasSuffix("\n") }
        try #require(isUp, "the server did not start: \(server.error)")
        let ports = server.output.split(separator: ":").compactMap { Int($0.prefix { $0.isNumber }) }
        port = try #require(ports.first)
    }

    deinit {
        server.signal(SIGKILL)
        _ = server.ended()
        try? FileManager.default.removeItem(atPath: place)
    }

    func stopServer() {
        server.signal(SIGTERM)
        _ = server.ended()
    }

    /// A device that has begun a journal, and has not signed in yet.
    func device(_ name: String) throws -> Device {
        let device = Device(journal: "\(place)/\(name)", household: self)
        _ = try device.run("init", "--device", name)
        return device
    }

    /// A device that has signed in.
    func signedIn(_ name: String, through port: Int? = nil) throws -> Device {
        let device = try device(name)
        try device.signIn(through: port)
        return device
    }

    /// Syncs each device, and the first ones again, so that all have everything, also what they wrote before they met.
    func sync(_ devices: Device...) throws {
        for device in devices + devices { _ = try device.run("sync", "--yes") }
    }
}

/// One journal, used by the program as a person would.
struct Device: Sendable {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let journal: String
    let household: Household

    var environment: [String: String] {
        [
            "HOME": household.place, "XDG_CONFIG_HOME": household.place + "/config",
            "DAYBOOK_PASSPHRASE": "a passphrase",
            "DAYBOOK_JOURNAL": journal, "TZ": "UTC",
        ]
    }

    func start(_ arguments: String...) throws -> RunningProgram { try start(arguments) }

    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram("daybook", arguments, environment: environment, in: household.place)
    }

    /// Runs a command, however it ends.
    func attempt(_ arguments: String...) throws -> Ended { try start(arguments).ended() }

    /// Runs a command that must end well.
    @discardableResult
    func run(_ arguments: String...) throws -> Ended {
        let ended = try start(arguments).ended()
        guard ended.code == 0 else {
            throw Failed(description: "\(arguments.joined(separator: " ")): \(ended.code) \(ended.error)")
        }
        return ended
    }

    func signIn(through port: Int? = nil) throws {
        _ = try run("login", "--server", "http://127.0.0.1:\(port ?? household.port)")
    }

    /// Everything that two devices must show alike.
    func shown() throws -> [String] {
        try [
            ["trade", "list", "--limit", "10000", "--json"], ["entry", "list", "--json"], ["tag", "list", "--json"],
            ["image", "list", "--json"], ["conflicts", "--json"], ["stats", "--json"], ["log", "-n", "1000", "--json"],
        ].map { arguments in
            let ended = try start(arguments).ended()
            guard ended.code == 0 else { throw Failed(description: "\(arguments): \(ended.error)") }
            return ended.output
        }
    }

    /// The ids of the trades, the newest first.
    func trades() throws -> [String] {
        let ended = try run("trade", "list", "--limit", "10000", "--json")
        let list = (try? JSONSerialization.jsonObject(with: Data(ended.output.utf8))) as? [[String: Any]]
        return (list ?? []).compactMap { $0["id"] as? String }
    }
}
