import Foundation
import Testing

/// Somebody makes the server trap: what the next start makes of it. There is no request that does so, so a real signal
/// stands for the trap.
@Suite struct TrapTests {
    /// Starts a server on a directory that may have one's past in it. What it leaves behind is not its memory: that takes
    /// a while to write.
    private func start(_ data: String) throws -> RunningServer {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        none.rlim_cur = 0
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0)
        return try RunningServer(data: data, environment: ["SWIFT_BACKTRACE": "enable=no"])
    }

    /// A directory with a server on which the first wallet's person has texts that take a while to search.
    private func withPast(_ body: (String) async throws -> Void) async throws {
        try await withDirectory { data in
            let server = try start(data)
            defer { server.stop(SIGKILL) }
            let (attacker, other) = (try Trader(server, wallet: 1), try Trader(server, wallet: 2))
            let text = String(repeating: "a b ", count: (250 << 10) / 4)
            for number in 0..<4 { try attacker.ask("POST", "/entries", ["title": "a \(number)", "body": text]) }
            try other.trade()
            #expect(server.stop() == 0)
            try await body(data)
        }
    }

    /// Searches until the server is gone.
    private func work(_ trader: Trader) {
        Thread { while (try? trader.get("/search?q=a+b")) != nil {} }.start()
    }

    private func code(_ trader: Trader, _ path: String = "/tags") throws -> String {
        let answer = try trader.get(path)
        return answer.status == 200 ? "" : "\(answer.status) \(answer.tree["error"].text ?? "")"
    }

    private static let refused = "503 journal.quarantined"

    @Test func `a trap on the thread of a journal sets that journal aside, whoever else is there`() async throws {
        try await withPast { data in
            let server = try start(data)
            defer { server.stop(SIGKILL) }
            let (attacker, other) = (try Trader(server, wallet: 1), try Trader(server, wallet: 2))
            work(attacker)
            try server.trapBusiestThread(SIGILL)
            for _ in 0..<500 where server.isRunning { usleep(20_000) }
            #expect(server.stop(SIGKILL) == SIGILL)

            let next = try start(data)
            defer { next.stop(SIGKILL) }
            let (set, free) = (try Trader(next, wallet: 1), try Trader(next, wallet: 2))
            #expect(try code(set) == Self.refused)
            for path in ["/trades", "/search?q=a", "/export", "/storage", "/images", "/analytics/overview", "/history"]
            {
                #expect(try code(set, path) == Self.refused, "\(path)")
            }
            #expect(try set.send("POST", "/tags", ["name": "x"]).tree["error"].text == "journal.quarantined")
            var device = TestDevice(set.session)
            try device.write()
            #expect(try device.send(device.request(), next.client()).status == 503)
            #expect(try code(free) == "")
            #expect(try next.client().send("GET", "/health").tree["quarantined"].count == 1)
            #expect(try next.client().send("GET", "/metrics").text.contains("daybook_journals_quarantined 1\n"))
            #expect(next.log.contains("a journal is quarantined"))
            _ = other

            try lift(data)
            #expect(try code(set) == "")
        }
    }

    /// What an operator does, while the server runs.
    private func lift(_ data: String) throws {
        func run(_ arguments: String...) throws -> String {
            let (output, errors) = (data + ".out", data + ".log")
            let process = try RunningServer.launch(
                ["quarantine"] + arguments + ["--data", data], outputPath: output, errorPath: errors)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return try String(contentsOfFile: output, encoding: .utf8)
        }
        let listed = try run("list")
        #expect(listed.contains("signal \(SIGILL)"))
        #expect(listed.contains("certain"))
        _ = try run("lift", String(listed.prefix { $0 != " " }))
        #expect(try run("list") == "")
    }

    @Test func `a kill and an end in order set nobody aside`() async throws {
        try await withPast { data in
            for signal in [SIGKILL, SIGKILL, SIGTERM] {
                let server = try start(data)
                defer { server.stop(SIGKILL) }
                let attacker = try Trader(server, wallet: 1)
                #expect(try code(attacker) == "")
                work(attacker)
                usleep(100_000)
                server.stop(signal)
            }
            let last = try start(data)
            defer { last.stop(SIGKILL) }
            #expect(try code(try Trader(last, wallet: 1)) == "")
        }
    }

    @Test func `two traps that nobody can be told of set aside who worked both times`() async throws {
        try await withPast { data in
            for round in 0..<2 {
                let server = try start(data)
                defer { server.stop(SIGKILL) }
                let (attacker, other) = (try Trader(server, wallet: 1), try Trader(server, wallet: 2))
                #expect(try code(attacker) == "", "\(round)")
                #expect(try code(other) == "")
                work(attacker)
                // The main thread takes it, which works on no journal.
                try server.waitUntilBusy()
                #expect(server.stop(SIGTRAP) == SIGTRAP)
            }
            let last = try start(data)
            defer { last.stop(SIGKILL) }
            #expect(try code(try Trader(last, wallet: 1)) == Self.refused)
            #expect(try code(try Trader(last, wallet: 2)) == "")
        }
    }
}

extension RunningServer {
    /// The time of each thread on the processors so far, in ticks.
    private func threads() -> [Int32: Int] {
        let folder = "/proc/\(processIdentifier)/task"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Dictionary(
            names.compactMap { name in
                guard let thread = Int32(name) else { return nil }
                let text = (try? String(contentsOfFile: "\(folder)/\(name)/stat", encoding: .utf8)) ?? ""
                let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst(12).prefix(2)
                return (thread, fields.compactMap { Int($0) }.reduce(0, +))
            }, uniquingKeysWith: max)
    }

    /// The thread that has worked for most of a tenth of a second.
    private func busiestThread() throws -> Int32 {
        for _ in 0..<100 {
            let before = threads()
            usleep(100_000)
            let busy = threads().max { $0.value - (before[$0.key] ?? 0) < $1.value - (before[$1.key] ?? 0) }
            if let busy, busy.value - (before[busy.key] ?? 0) >= 6 { return busy.key }
        }
        throw NobodyWorks()
    }

    func waitUntilBusy() throws { _ = try busiestThread() }

    /// Sends a signal to the thread that works most.
    func trapBusiestThread(_ signal: Int32) throws {
        typealias Call = @convention(c) (Int32, Int32, Int32) -> Int32
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "tgkill"))
        #expect(unsafeBitCast(symbol, to: Call.self)(processIdentifier, try busiestThread(), signal) == 0)
    }
}

struct NobodyWorks: Error {}
