import Primitives
import Storage
import Synchronization
import TestSupport
import Testing

/// What the control database runs on.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }
}

/// Runs `body` with an empty control database, and with the time that counts in it.
func withControl(
    on engine: Engine, _ body: (ControlDatabase, Moment) async throws -> Void
) async throws {
    let moment = Moment()
    switch engine {
    case .sqlite:
        let control = try await ControlDatabase.inMemory(world: moment.world)
        defer { try? control.close() }
        try await body(control, moment)
    case .postgres:
        try await withServers(1) { try await body($0[0], $1) }
    }
}

/// Runs `body` with a control database in PostgreSQL, as so many servers see it.
func withServers(
    _ count: Int, _ body: ([ControlDatabase], Moment) async throws -> Void
) async throws {
    let moment = Moment()
    let address = try PostgresAddress(try await PostgresTemplate.shared.makeDatabase().address)
    var servers: [ControlDatabase] = []
    defer { for server in servers { try? server.close() } }
    for _ in 0..<count {
        servers.append(try await ControlDatabase.open(address, world: moment.world) { moment.now })
    }
    try await body(servers, moment)
}

/// A database with all tables, which others begin as copies of.
actor PostgresTemplate {
    static let shared = PostgresTemplate()

    private var template: Task<String, any Error>?

    func makeDatabase() async throws -> (name: String, address: String) {
        let cluster = try PostgresCluster.shared.get()
        let template = self.template ?? Task { try await Self.make(in: cluster) }
        self.template = template
        return try cluster.makeDatabase(from: try await template.value)
    }

    private static func make(in cluster: PostgresCluster) async throws -> String {
        let (name, address) = try cluster.makeDatabase()
        let control = try await ControlDatabase.open(try PostgresAddress(address))
        try control.close()
        // A connection that was closed is gone a moment later.
        try cluster.disconnectAll(from: name)
        return name
    }
}

/// A time that passes when it is told to.
final class Moment: Sendable {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) { time = Mutex(start) }

    var now: Timestamp { time.withLock(\.self) }
    var world: World { World(now: { self.now }, random: World.live.random) }

    func pass(_ seconds: Int) { time.withLock { $0 = $0.adding(milliseconds: Int64(seconds) * 1000) } }
}
