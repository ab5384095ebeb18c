import ArgumentParser
import Ethereum
import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync

/// A server with many people's journals, of whom some sync at once.
struct UsersBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "users")

    @Option var users = 10_000
    @Option var devices = 200
    @Option(help: "The daybook-server executable.") var server: String
    @Option(help: "An empty directory on a real disk.") var work: String

    private static let roundCount = 5
    private static let tradesPerUser = 20

    func run() async throws {
        ProcessFacts.raiseOpenFilesLimit()
        let data = work + "/server"
        let keys = try await makePeople(in: data)
        let server = try RunningServer(server, data: data)
        defer { server.stop() }
        let idle = server.facts.memory
        var all: [Device] = []
        for (index, key) in keys.enumerated() {
            let journal = try await JournalFile.create(
                in: "\(work)/devices/\(index)", world: .live, deviceName: "device \(index)")
            all.append(try await Device(journal, key, server: server.url, by: server.url))
        }
        let first = try await atOnce(all) { try await $0.sync() }
        var walls: [Duration] = []
        for round in 0..<Self.roundCount {
            for device in all { try await Self.edit(device.journal, round) }
            walls += try await atOnce(all) { try await $0.sync() }
        }
        let (memory, openFiles) = (server.facts.memory, server.facts.openFiles)
        for device in all { try await check(device) }
        try Step.report(
            "users",
            [
                "users": .whole(users), "devices": .whole(all.count), "memory_bytes": .whole(memory),
                "idle_bytes": .whole(idle), "open_files": .whole(openFiles), "p50_s": .seconds(walls.percentile(0.5)),
                "p99_s": .seconds(walls.percentile(0.99)), "max_s": .seconds(walls.percentile(1)),
                "first_p99_s": .seconds(first.percentile(0.99)),
            ])
        for device in all { try await device.close() }
    }

    /// - Returns: how long each took.
    private func atOnce(
        _ devices: [Device], _ body: @escaping @Sendable (Device) async throws -> Void
    ) async throws -> [Duration] {
        try await withThrowingTaskGroup(of: Duration.self) { group in
            for device in devices { group.addTask { try await timed { try await body(device) }.1 } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func edit(_ journal: JournalFile, _ round: Int) async throws {
        try await journal.edit("rate a trade") { draft, db in
            guard let id = try Data.fetchOne(db, sql: "SELECT id FROM trade ORDER BY id LIMIT 1"),
                let trade = ID<Trade>(bytes: id)
            else { throw Failure(.internal, "bench.lost", "The journal has no trades.") }
            draft.put(Schema.trade, trade, ["rating": .integer(Int64(round % 5) + 1)])
        }
    }

    private func check(_ device: Device) async throws {
        let count = try await device.journal.count("SELECT count(*) FROM trade")
        try Step.check(count == Self.tradesPerUser, "a device has \(count) trades")
        // Nothing is left to send: the server has all of it.
        let outcome = try await device.sync()
        try Step.check(outcome.sent == 0 && outcome.received == 0, "a device was not in step")
    }

    // MARK: People

    /// Gives everybody a wallet and a journal on the server.
    ///
    /// - Returns: the keys of those whose devices sync, spread over all.
    private func makePeople(in data: String) async throws -> [PrivateKey] {
        let template = try await makeTemplate()
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let control = try await ControlDatabase.open(in: data)
        let pool = JournalPool(directory: data, world: .live)
        let keys = try (0..<users).map { _ in try PrivateKey.new(in: .live) }
        let people = try await control.write { transaction in
            try keys.map { try transaction.persons.findOrJoin(address: $0.address.bytes, in: .live).id }
        }
        try control.close()
        for person in people { try Self.copy(template, to: pool.path(of: person)) }
        let every = max(1, users / devices)
        return stride(from: 0, to: users, by: every).prefix(devices).map { keys[$0] }
    }

    /// - Returns: the server's copy of a small journal.
    private func makeTemplate() async throws -> String {
        let writer = try await JournalFile.create(in: work + "/writer", world: .live, deviceName: "writer")
        try await writer.edit("enter trades") { draft in
            for index in 0..<Self.tradesPerUser {
                draft.put(
                    Schema.trade, ID<Trade>.new(in: .live),
                    [
                        "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("0.5"),
                        "entry_price": .text("64000"), "exit_price": .text("64100"),
                        "opened_ms": .integer(Int64(index) * 1000), "closed_ms": .integer(Int64(index) * 1000 + 500),
                        "notes": .text("waited for the retest, then took half off"),
                    ])
            }
        }
        let copy = try await JournalFile.open(in: work + "/template", world: .live, role: .server)
        let commits = try await writer.commits(missingFrom: VectorClock(), bytesMax: .max).commits
        try await copy.receive(commits)
        try await copy.close()
        try await writer.close()
        return JournalFile.path(in: work + "/template")
    }

    private static func copy(_ template: String, to directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = JournalFile.path(in: directory)
        try FileManager.default.copyItem(atPath: template, toPath: path)
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            // The whole of it is thrown away should the machine lose power.
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(
                sql: "UPDATE local SET value = ? WHERE key = 'replica'", arguments: [Data(World.live.random(16))])
        }
        try queue.close()
    }
}
