import Foundation
import Testing

/// A directory with a server and devices whose processes are killed.
final class CrashPlace {
    /// `DAYBOOK_CRASH_SEED` runs another seed.
    static let seed = ProcessInfo.processInfo.environment["DAYBOOK_CRASH_SEED"].flatMap(UInt64.init) ?? 1

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let path: String
    private var server: CrashProcess?
    private var port = 0

    init() throws {
        path = NSTemporaryDirectory() + "daybook-crash-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        server?.kill()
        _ = server?.end()
        try? FileManager.default.removeItem(atPath: path)
    }

    func device(_ name: String) throws -> CrashDevice {
        let device = CrashDevice(name: name, place: path)
        _ = try device.run("init", "--device", name)
        return device
    }

    // MARK: The server

    var address: String { "http://127.0.0.1:\(port)" }

    /// Starts the server; again at the port that it had. Somebody else's connection may have that port for a moment.
    func startServer() throws {
        var said = ""
        for _ in 0..<6 {
            let server = try CrashProcess(
                "daybook-server",
                ["serve", "--data", path + "/server", "--http", "127.0.0.1:\(port)", "--websocket", "127.0.0.1:0"],
                environment: ["DAYBOOK_LOG_LEVEL": "error"], in: path)
            self.server = server
            for _ in 0..<1000 where !server.output.hasSuffix("\n") && !server.error.contains("server.port_in_use") {
                usleep(20_000)
            }
            if server.output.hasSuffix("\n") {
                let numbers = server.output.split(separator: ":").compactMap { Int($0.prefix { $0.isNumber }) }
                port = try #require(numbers.first)
                return
            }
            said = server.error
            killServer()
            usleep(1_000_000)
        }
        throw Failed(description: "the server did not start: \(said)")
    }

    func killServer() {
        server?.kill()
        _ = server?.end()
        server = nil
    }

    /// What `daybook verify` says of the journals that the server keeps.
    func serverDamage() throws -> [String] {
        let root = path + "/server"
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let journals = paths.filter { $0.hasSuffix("/journal.sqlite") }.map {
            "\(root)/\($0.dropLast("/journal.sqlite".count))"
        }
        return try journals.flatMap { try CrashDevice(journal: $0, place: path).damage() }
    }

    /// The directory of the one journal that the server keeps.
    func serverJournal() throws -> CrashDevice {
        let root = path + "/server"
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let journal = try #require(paths.first { $0.hasSuffix("/journal.sqlite") })
        return CrashDevice(journal: "\(root)/\(journal.dropLast("/journal.sqlite".count))", place: path)
    }
}

/// A journal, used through the program.
struct CrashDevice {
    let journal: String
    private let place: String

    init(name: String, place: String) { self.init(journal: "\(place)/\(name)", place: place) }

    init(journal: String, place: String) {
        self.journal = journal
        self.place = place
    }

    func start(_ arguments: [String]) throws -> CrashProcess {
        try CrashProcess(
            "daybook", arguments,
            environment: [
                "HOME": place, "XDG_CONFIG_HOME": place + "/config", "DAYBOOK_PASSPHRASE": "a passphrase",
                "DAYBOOK_JOURNAL": journal, "TZ": "UTC",
            ], in: place)
    }

    /// Runs a command that must end well.
    @discardableResult
    func run(_ arguments: String...) throws -> CrashProcess.End {
        let end = try start(arguments).end()
        guard end.code == 0, !end.wasKilled else {
            throw CrashPlace.Failed(description: "\(arguments.joined(separator: " ")): \(end.code) \(end.error)")
        }
        return end
    }

    /// How long a command takes here and now, in microseconds.
    func microseconds(_ arguments: String...) throws -> Int {
        let start = ContinuousClock.now
        _ = try self.start(arguments).end()
        return Int((ContinuousClock.now - start) / .microseconds(1))
    }

    /// What `daybook verify` finds; empty for a sound journal.
    func damage() throws -> [String] {
        let end = try start(["verify", "--json"]).end()
        guard let json = end.json, let isSound = json["is_sound"] as? Bool else { return ["verify: \(end.error)"] }
        return isSound ? [] : (json["findings"] as? [[String: Any]] ?? []).map { "\($0)" }
    }

    /// The trades entered by hand, with their ratings.
    func trades() throws -> [String: Int] {
        let end = try run("trade", "list", "--limit", "10000", "--json")
        let trades = try #require(end.list)
        return Dictionary(
            trades.compactMap { trade in
                (trade["id"] as? String).map { ($0, (trade["rating"] as? Int) ?? 0) }
            }, uniquingKeysWith: { $1 })
    }
}
