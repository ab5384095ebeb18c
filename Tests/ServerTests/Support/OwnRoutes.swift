import Foundation
import Logging
import Primitives
import ServiceLifecycle
import Synchronization
import Web

/// A server in this process with routes of a test's own: to see from inside what becomes of work.
struct OwnRoutes {
    let port: UInt16
    let metrics: Metrics
    private let running: Task<Void, any Error>

    /// Runs `body` with the server, and stops it afterwards.
    static func serve(
        _ limits: WebLimits = WebLimits(), _ add: (inout RouteTable) -> Void,
        _ body: (OwnRoutes) async throws -> Void
    ) async throws {
        var table = RouteTable("", admits: .anyone)
        add(&table)
        let metrics = Metrics()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let web = WebServer(
            tables: [table], sessions: sessions(limits), door: try DoorSettings(), feed: LiveFeed(metrics: metrics),
            metrics: metrics, limits: limits, world: .live, logger: logger)
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let service = web.http(on: ListenAddress(host: "127.0.0.1", port: 0)) { told.yield($0) }
        let running = Task { try await service.run() }
        var port: Int?
        for await told in ports {
            port = told
            break
        }
        let server = OwnRoutes(port: UInt16(port ?? 0), metrics: metrics, running: running)
        do { try await body(server) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// Who has a session, for routes that admit no one else.
    static var person: Admission { sessions(WebLimits()).person }

    private static func sessions(_ limits: WebLimits) -> SessionAdmission {
        SessionAdmission(
            authenticator: ByName(), origins: Origins([]), cookies: .plain,
            anonymousLimit: RateLimit(limits, world: .live))
    }

    /// Ends what is under way, as when the time after SIGTERM is over.
    func stop() async {
        running.cancel()
        _ = await running.result
    }

    func client(windowBytes: Int32? = nil) throws -> HTTPConnection {
        try HTTPConnection(port: port, windowBytes: windowBytes)
    }

    func count(_ counter: Metrics.Counter) -> Int {
        let line = metrics.text(gauges: []).split(separator: "\n").first { $0.hasPrefix(counter.rawValue + " ") }
        return line.flatMap { Int($0.dropFirst(counter.rawValue.count + 1)) } ?? 0
    }
}

/// Knows everybody by the name that they give as their token.
private struct ByName: Authenticator {
    func caller(holding token: String, from address: ClientAddress?) async throws -> Caller? {
        guard let number = UInt8(token) else { return nil }
        let id = ID<Person>(rawValue: UInt128(number))
        return Caller(id: id, session: .new(in: .live), expires: Timestamp(milliseconds: .max), isOwner: true)
    }
}

/// Work that goes on until it is called off, and tells when it begins and when it has ended.
final class EndlessWork: Sendable {
    let began = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    private let threads = Mutex(0)

    /// In tasks, or on a thread that knows no tasks.
    func run(onThread: Bool) async throws {
        began.signal()
        defer { ended.signal() }
        guard onThread else {
            while true {
                try WorkBudget.spend(steps: 0)
                await Task.yield()
            }
        }
        let budget = WorkBudget.current
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread {
                do {
                    while true {
                        try budget?.spend(steps: 0)
                        usleep(1000)
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }.start()
        }
    }
}

/// Runs what blocks on a thread of its own, so that a server in this process gets on meanwhile.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}
