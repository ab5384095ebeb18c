import CPQ
import Foundation
import Synchronization

/// A PostgreSQL of the tests' own: on a Unix socket in a temporary directory, begun on its first use, and gone with the
/// process, however that ends.
package final class PostgresCluster: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    package static let shared = Result { try PostgresCluster() }

    private let directory: String
    private let count = Mutex(0)
    /// What the watchdog reads: it ends when this process does.
    private let lifeline: Pipe

    private init() throws {
        let programs = try Self.programs()
        directory = "/tmp/daybook-pg-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        lifeline = Pipe()
        // PostgreSQL refuses to run as root. Its package brings a user that may run it.
        let isRoot = getuid() == 0
        let asOwner = isRoot ? "setpriv --reuid=postgres --regid=postgres --clear-groups" : "env"
        let script = """
            cd /
            \(isRoot ? "chown postgres:postgres \(directory)" : "true") || exit 1
            \(asOwner) \(programs)/initdb -D \(directory)/data -U daybook -A trust -E UTF8 --locale=C --no-sync \
                >\(directory).log 2>&1 || exit 1
            \(asOwner) \(programs)/postgres -D \(directory)/data -k \(directory) -c listen_addresses= -c fsync=off \
                -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -c autovacuum=off \
                >>\(directory).log 2>&1 </dev/null &
            child=$!
            cat >/dev/null
            kill -QUIT $child
            wait $child
            rm -rf \(directory) \(directory).log
            """
        let watchdog = Process()
        watchdog.executableURL = URL(fileURLWithPath: "/bin/sh")
        watchdog.arguments = ["-c", script]
        // Whatever the tests pretend of the date is not for the database.
        watchdog.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"]
        watchdog.standardInput = lifeline.fileHandleForReading
        watchdog.standardOutput = FileHandle.nullDevice
        watchdog.standardError = FileHandle.nullDevice
        // Neither the watchdog nor a server that a test starts keeps it alive.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try watchdog.run()
        try lifeline.fileHandleForReading.close()
        for _ in 0..<1500 where PQping(Self.address("postgres", in: directory)) != PQPING_OK {
            guard watchdog.isRunning else { break }
            usleep(20_000)
        }
        guard watchdog.isRunning else {
            let log = (try? String(contentsOfFile: directory + ".log", encoding: .utf8)) ?? ""
            throw Failed(description: "PostgreSQL did not start: \(log)")
        }
    }

    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.max()
        guard let newest, FileManager.default.isExecutableFile(atPath: "\(root)/\(newest)/bin/initdb") else {
            throw Failed(description: "PostgreSQL is not installed: run `make setup`, or apt-get install postgresql.")
        }
        return "\(root)/\(newest)/bin"
    }

    private static func address(_ name: String, in directory: String) -> String {
        "postgresql://daybook@/\(name)?host=\(directory)"
    }

    /// Makes a database.
    ///
    /// - Parameter template: the name of one that nobody is connected to, which it begins as a copy of.
    /// - Returns: its name, and its address for `--database`.
    package func makeDatabase(from template: String = "template1") throws -> (name: String, address: String) {
        let name = count.withLock { count in
            count += 1
            return "d\(count)"
        }
        try run("CREATE DATABASE \(name) TEMPLATE \(template)", in: "postgres")
        return (name, Self.address(name, in: directory))
    }

    /// Ends all connections to a database, as a restart of PostgreSQL would.
    package func disconnectAll(from name: String) throws {
        try run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'", in: "postgres")
    }

    /// Runs a statement of the test's own.
    package func run(_ sql: String, in name: String) throws {
        let connection = PQconnectdb(Self.address(name, in: directory))
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw Failed(description: String(cString: PQerrorMessage(connection)))
        }
    }
}
