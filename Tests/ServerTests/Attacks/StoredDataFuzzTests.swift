import Crypto
import Ethereum
import Foundation
import Journal
import Primitives
import Sync
import TestSupport
import Testing

/// Whatever a device has sent, everybody who reads it later gets an answer: the server in every route, `daybook` in every
/// command, the one who adopts a snapshot, and the one who restores a backup.
///
/// `DAYBOOK_FUZZ_SEED=7` runs one seed, `DAYBOOK_FUZZ_RUNS=200` that many new ones.
@Suite struct StoredDataFuzzTests {
    private static let commitsPerSeed = 6
    private static let mutationsPerCommit = 40

    @Test(arguments: FuzzSeeds.some(1)) func `whatever a device sends can be read everywhere`(seed: UInt64) async throws
    {
        try await Attack.onServer(["--stranger-per-minute", "1000000", "--strangers-per-minute", "1000000"]) { attack in
            let house = try HostileHouse(attack.server, seed: seed)
            defer { house.leave() }
            try await attack.run { try Self.write(in: house) }
            try await attack.run { try Self.work(in: house) }
            #expect(attack.server.stop() == 0, "\(house.note): \(attack.server.log.suffix(2000))")
        }
    }

    private static func write(in house: HostileHouse) throws {
        try house.send(commits: commitsPerSeed, mutations: mutationsPerCommit)
        try house.walkREST()
        try house.begin("first")
        try house.walkCommands("first")
        // What came by a snapshot reads the same, and so does what comes out of a backup.
        try house.begin("second")
        try house.daybook("first", ["backup", house.place + "/backup", "--force"])
        try house.daybook("third", ["restore", house.place + "/backup"])
        for view in [["trade", "list"], ["entry", "list"], ["tag", "list"], ["image", "list"], ["stats"]] {
            let shown = try ["first", "second", "third"].map { try house.daybook($0, view + ["--json"]).output }
            #expect(Set(shown).count == 1, "\(house.note) \(view)")
        }
        for name in ["second", "third"] { try house.daybook(name, ["verify"]) }
    }

    /// Whoever goes on with it gets somewhere, or is told why not.
    private static func work(in house: HostileHouse) throws {
        try house.workOverREST()
        try house.workByCommands("first")
        try house.daybook("first", ["sync"])
        try house.daybook("first", ["verify"])
    }
}

/// A person with a few devices, two of which write what no program of ours would.
private final class HostileHouse {
    let place: String
    let note: String
    private let server: RunningServer
    private let trader: Trader
    private let document: PublishedDocument
    private var values: HostileValues
    private var devices: [TestDevice]

    private static let passphrase = "a long passphrase"

    init(_ server: RunningServer, seed: UInt64) throws {
        self.server = server
        note = "DAYBOOK_FUZZ_SEED=\(seed)"
        document = try PublishedDocument()
        values = HostileValues(seed: seed)
        place = server.data + ".house"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let wallet = try Wallet(1)
        trader = Trader(server, try wallet.session(at: server))
        devices = try (0..<2).map { number in
            TestDevice(
                try wallet.session(at: server), replica: ReplicaID(rawValue: UInt128(seed) << 8 + UInt128(number)))
        }
        try KeystoreFile.save(
            try Keystore.seal(wallet.key, passphrase: Self.passphrase, in: .live), to: place + "/wallet.json", in: .live
        )
    }

    func leave() { try? FileManager.default.removeItem(atPath: place) }

    // MARK: Writing

    func send(commits: Int, mutations: Int) throws {
        for _ in 0..<3 {
            let bytes = values.picture()
            let name = try #require(BlobName(bytes: Array(SHA256.hash(data: bytes))))
            let range = ["Content-Range": "bytes 0-\(bytes.count - 1)/\(bytes.count)"]
            let answer = try server.client().send(
                "PUT", "/api/v1/sync/blobs/\(name)", trader.session.bearer.merging(range) { $1 }, body: bytes)
            #expect(answer.status == 204, "\(note) \(answer.text)")
            values.pictures.append(name.bytes)
        }
        try devices[0].write(values.beginning())
        for number in 0..<commits {
            let index = number % devices.count
            try devices[index].write(
                values.mutations(mutations), time: values.time(UInt64(number)), summary: values.summary())
        }
        for index in devices.indices { try devices[index].exchange(try server.client()) }
    }

    // MARK: Reading over REST

    /// Asks every route of the document that answers a GET, of everything there is, and with values at the ends of what its
    /// parameters take. What it answers is what the document promises.
    func walkREST() throws {
        let ids = try known()
        #expect(ids.values.joined().count > 20, "\(note): there is next to nothing to read")
        let routes = document.gets.filter { !Self.isElsewhere($0.path) }
        #expect(routes.count > 35)
        for (path, operation) in routes {
            let collection = path.split(separator: "/").dropFirst(3).first.map(String.init) ?? ""
            let places =
                path.contains("{id}") ? (ids[collection] ?? []).map { path.replacing("{id}", with: $0) } : [path]
            for place in places {
                try ask(place, operation)
                for parameter in operation["parameters"].list where parameter["in"].text == "query" {
                    guard places.count < 4 || values.dice.chance(10) else { continue }
                    let value = value(of: parameter)
                    try ask(place + "?\(parameter["name"].text ?? "")=\(value.escaped)", operation)
                }
            }
        }
    }

    /// Of other listeners, with other papers, or without end.
    private static func isElsewhere(_ path: String) -> Bool {
        path.contains("metrics") || path.contains("{sha256}") || path.contains("{file}")
            || path.contains("/pair-extension")
    }

    /// What there is, and what there may be, by the word of its route.
    private func known() throws -> [String: [String]] {
        var ids: [String: [String]] = [:]
        for (collection, list) in [
            ("trades", "trades"), ("entries", "entries"), ("images", "images"), ("tags", "tags"),
        ] {
            let answer = try ask("/api/v1/journal/\(collection)" + (collection == "tags" ? "" : "?limit=100"))
            let found = answer.tree[list].list.compactMap { $0["id"].text }
            ids[collection] = found.shuffled(using: &values.dice).prefix(6) + ["00000000-0000-0000-0000-000000000000"]
        }
        ids["history"] =
            Array(ids.values.flatMap { $0.prefix(2) })
            + Schema.current.kinds.map { values.id(of: $0.kind, 1).description }
        ids["import"] = ["00000000-0000-0000-0000-000000000000"]
        return ids
    }

    private func value(of parameter: Tree) -> String {
        let schema =
            parameter["schema"].isNull ? parameter["content"]["application/json"]["schema"] : parameter["schema"]
        let choices = schema["enum"].list.compactMap(\.text) + schema["items"]["enum"].list.compactMap(\.text)
        if !choices.isEmpty { return values.dice.pick(choices) }
        let limits = ["minimum", "maximum"].compactMap { schema[$0].count.map(String.init) }
        if !limits.isEmpty, values.dice.chance(80) { return values.dice.pick(limits) }
        return switch parameter["name"].text {
        case "date_from", "date_to": values.dice.pick(["0001-01-01", "9999-12-31", "2026-11-02"])
        case "zone": values.dice.pick(["Pacific/Kiritimati", "America/St_Johns", "Nowhere/Nothing"])
        case "month": values.dice.pick(["0001-01", "9999-12", "2026-11"])
        case "start_balance": values.dice.pick(["0.000000000000000001", "1000000000000000", "100"])
        case "q": values.dice.pick(["alpha", "\"alpha beta\"", "al*", "😀", "NEAR(", "\u{202e}"])
        default: values.dice.pick(["alpha", "BTC_USDT", "-1", "9223372036854775807", "\u{0}", ""])
        }
    }

    @discardableResult
    private func ask(_ path: String, _ operation: Tree? = nil) throws -> HTTPAnswer {
        let answer = try server.client().send("GET", path, trader.session.bearer)
        let words = "\(note) \(path): \(answer.status) \(answer.text.prefix(300))"
        #expect(answer.status < 500, "\(words)")
        if answer["content-type"]?.contains("json") == true, !answer.body.isEmpty {
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(answer.body), options: .fragmentsAllowed)) != nil,
                "\(words)")
        }
        if let operation {
            let problems = document.problems(answer, to: operation)
            #expect(problems.isEmpty, "\(note) \(path): \(problems.prefix(3))")
        }
        return answer
    }

    // MARK: Working

    func workOverREST() throws {
        let ids = try known()
        func send(_ method: String, _ path: String, _ json: [String: Any]? = nil) throws -> Tree {
            let answer = try trader.send(method, path, json)
            #expect(
                answer.status < 500, "\(note) \(method) \(path): \(answer.status) \(answer.text.prefix(300))")
            return answer.tree
        }
        for commit in try send("GET", "/history?limit=20")["commits"].list.shuffled(using: &values.dice).prefix(3) {
            _ = try send("POST", "/undo", ["commit": commit["commit"].text ?? ""])
        }
        let conflicts = try send("GET", "/conflicts")
        for field in conflicts["fields"].list.prefix(3) {
            let keep = field["versions"].list.last?["commit"].text ?? ""
            _ = try send("POST", "/conflicts/\(field["id"].text ?? "")/\(field["field"].text ?? "")", ["keep": keep])
        }
        for id in (ids["trades"] ?? []).prefix(3) {
            _ = try send("PATCH", "/trades/\(id)", ["rating": 3, "stop_price": "0.000000000000000001"])
            _ = try send("PATCH", "/trades/\(id)/notes", ["notes": "seen"])
            _ = try send("POST", "/trades/\(id)/tags", ["names": ["seen"]])
            _ = try send("POST", "/analytics/compare", ["tag": "seen"])
        }
        if let id = ids["trades"]?.first { _ = try send("DELETE", "/trades/\(id)") }
        for id in (ids["entries"] ?? []).prefix(2) { _ = try send("PUT", "/entries/\(id)", ["title": "seen"]) }
        for id in (ids["tags"] ?? []).prefix(2) { _ = try send("PUT", "/tags/\(id)", ["name": "seen \(id)"]) }
        for id in (ids["images"] ?? []).prefix(1) { _ = try send("DELETE", "/images/\(id)") }
        _ = try send("PUT", "/settings", ["zone": "UTC", "start_of_day_minutes": 60])
    }

    func workByCommands(_ name: String) throws {
        let trades = try daybook(name, ["trade", "list", "--json"]).json.list.compactMap { $0["id"].text }
        for commit in try daybook(name, ["log", "--json"]).json.list.shuffled(using: &values.dice).prefix(3) {
            try daybook(name, ["undo", commit["commit"].text ?? ""])
        }
        for trade in trades.shuffled(using: &values.dice).prefix(2) {
            for command in [["rate"], ["note"], ["tag"], ["stop"], ["delete"]] {
                let more = ["rate": "4", "note": "late", "tag": "late", "stop": "1"][command[0]].map { [$0] } ?? []
                try daybook(name, ["trade"] + command + [trade] + more)
            }
        }
    }

    // MARK: Reading by commands

    /// Begins a journal and brings everything into it.
    func begin(_ name: String) throws {
        try daybook(name, ["init", "--device", name])
        try daybook(name, ["login", "--server", "http://127.0.0.1:\(server.port)", "--key", place + "/wallet.json"])
        try daybook(name, ["sync", "--yes"])
    }

    func walkCommands(_ name: String) throws {
        let trades = try daybook(name, ["trade", "list", "--json"]).json.list.compactMap { $0["id"].text }
        let entries = try daybook(name, ["entry", "list", "--json"]).json.list.compactMap { $0["id"].text }
        let images = try daybook(name, ["image", "list", "--json"]).json.list.compactMap { $0["id"].text }
        var commands: [[String]] = [
            ["whoami"], ["trade", "list"], ["entry", "list"], ["tag", "list"], ["image", "list"], ["account", "list"],
            ["conflicts"], ["log"], ["settings"], ["search", "alpha"], ["verify"], ["stats"],
            ["stats", "--by", values.dice.pick(["symbol", "day", "tag", "setup", "account", "week", "month"])],
            ["stats", "--by", values.dice.pick(["weekday", "hour", "duration", "direction"])],
        ]
        for trade in trades.shuffled(using: &values.dice).prefix(3) {
            commands += [["trade", "show", trade], ["log", trade], ["conflicts", "show", trade]]
        }
        for entry in entries.shuffled(using: &values.dice).prefix(2) { commands.append(["entry", "show", entry]) }
        for image in images.shuffled(using: &values.dice).prefix(2) {
            commands.append(["image", "get", image, "-o", place + "/picture", "--force"])
        }
        for format in ["csv", "json", "md"] {
            commands.append(["export", "--format", format, "\(place)/export-\(format)", "--force"])
        }
        for command in commands {
            try daybook(name, command)
            try daybook(name, command + ["--json"])
        }
    }

    struct Said {
        let output: String
        var json: Tree {
            Tree(try? JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed))
        }
    }

    /// Runs a command, which may fail in its own words; it must not end by a signal, nor be at a loss.
    @discardableResult
    func daybook(_ name: String, _ arguments: [String]) throws -> Said {
        let process = Process()
        process.executableURL = try #require(
            try? URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                .deletingLastPathComponent().appendingPathComponent("daybook"))
        process.arguments = arguments
        process.environment = [
            "HOME": place, "XDG_CONFIG_HOME": place + "/config", "DAYBOOK_PASSPHRASE": Self.passphrase,
            "DAYBOOK_JOURNAL": place + "/" + name, "TZ": "UTC",
        ].merging(PretendedDate.environment) { $1 }
        for ending in ["/out", "/err"] { _ = FileManager.default.createFile(atPath: place + ending, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: place + "/out")
        process.standardError = FileHandle(forWritingAtPath: place + "/err")
        try process.run()
        process.waitUntilExit()
        let output = String(decoding: FileManager.default.contents(atPath: place + "/out") ?? Data(), as: UTF8.self)
        let error = String(decoding: FileManager.default.contents(atPath: place + "/err") ?? Data(), as: UTF8.self)
        let words = "\(note) \(name) \(arguments): \(process.terminationStatus) \(error.suffix(1500))"
        #expect(process.terminationReason == .exit, "\(words)")
        // 1 is for what nobody foresaw, 7 for what is damaged.
        #expect(![1, 7].contains(process.terminationStatus), "\(words) \(output.prefix(1500))")
        if !["trade", "conflicts", "stats", "entry", "log", "image", "undo"].contains(arguments[0]) {
            #expect(process.terminationStatus == 0, "\(words)")
        }
        let said = Said(output: output)
        if arguments.last == "--json", process.terminationStatus == 0 {
            #expect(!said.json.isNull, "\(words): \(output.prefix(500))")
        }
        return said
    }
}
