import Foundation
import Primitives
import Storage
import TestSupport
import Testing

/// Two real server processes on one PostgreSQL, each with a data directory of its own.
@Suite struct TwoServersTests {
    private struct Pair {
        let holder: RunningServer
        let other: RunningServer
        let database: String
    }

    private func withTwo(_ options: [String] = [], _ body: (Pair) async throws -> Void) async throws {
        let (_, database) = try await PostgresTemplate.shared.makeDatabase()
        // They share the server keys, too.
        let environment = [
            "DAYBOOK_DATABASE": database,
            "DAYBOOK_VAULT_KEY": Data((0..<32).map { UInt8(truncatingIfNeeded: $0 * $0) &* 31 &+ 5 })
                .base64EncodedString(),
        ]
        try await withServer(options, environment: environment) { holder in
            try await withServer(options, environment: environment) { other in
                try await body(Pair(holder: holder, other: other, database: database))
            }
        }
    }

    private func status(_ session: SignedIn, at server: RunningServer, _ path: String = "/auth/me") throws -> HTTPAnswer
    {
        try server.client().get("/api/v1" + path, session.bearer)
    }

    @Test func `a session counts at both, and is over at both at once`() async throws {
        try await withTwo { pair in
            let session = try Wallet().session(at: pair.other)
            for _ in 0..<3 { #expect(try status(session, at: pair.holder).status == 200) }
            let gone = try pair.other.client().send("POST", "/api/v1/auth/logout", session.bearer, body: [])
            #expect(gone.status == 204, "\(gone.text)")
            #expect(try status(session, at: pair.holder).status == 401)
        }
    }

    @Test func `a connection that is open at one ends when the other has ended its session`() async throws {
        try await withTwo(["--ping-seconds", "5"]) { pair in
            let session = try Wallet().session(at: pair.other)
            let socket = try WebSocketClient(port: pair.holder.webSocketPort, session.bearer)
            #expect(socket.status == 101)
            _ = try pair.other.client().send("POST", "/api/v1/auth/logout", session.bearer, body: [])
            var frames: [WebSocketClient.Frame] = []
            // Looked for every quarter of a minute; pings come meanwhile.
            while frames.count < 10, frames.allSatisfy({ $0 == .ping }) {
                frames.append(try socket.receive())
                if frames.last == .ping { try socket.send(opcode: 10, []) }
            }
            #expect(frames.last == .close(code: 4401))
        }
    }

    @Test func `only the server that was first has the journals, also after a restart`() async throws {
        try await withTwo { pair in
            let session = try Wallet().session(at: pair.other)
            #expect(try status(session, at: pair.holder, "/journal/trades").status == 200)
            let refused = try status(session, at: pair.other, "/journal/trades")
            #expect(refused.status == 503)
            #expect(refused.code == "journals.elsewhere")
            #expect(refused["retry-after"] != nil)
            #expect(try status(session, at: pair.other).status == 200)
            pair.holder.stop()
            // It does not take over, whoever is gone.
            #expect(try status(session, at: pair.other, "/journal/trades").code == "journals.elsewhere")
            let again = try RunningServer(
                data: pair.holder.data, environment: ["DAYBOOK_DATABASE": pair.database])
            defer { again.stop(SIGKILL) }
            #expect(try status(session, at: again, "/journal/trades").status == 200)
        }
    }

    @Test func `a wallet that signs in at both at once is one person`() async throws {
        try await withTwo { pair in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<8 {
                    let server = number % 2 == 0 ? pair.holder : pair.other
                    group.addTask { try Wallet(7).session(at: server).userID }
                }
                let people = try await group.reduce(into: Set<String>()) { $0.insert($1) }
                #expect(people.count == 1)
            }
        }
    }

    @Test func `wrong codes and newcomers are counted over both`() async throws {
        try await withTwo(Visitor.trust + ["--pairing-misses", "4", "--newcomers-per-hour", "3"]) { pair in
            let servers = [pair.holder, pair.other]
            let answers = try (0..<8).map { number in
                try Visitor(server: servers[number % 2], address: "203.0.113.7")
                    .post("/auth/extension-pair", ["code": "00000\(number)", "name": "Chrome"]).code
            }
            #expect(answers.count { $0 == "pairing.refused" } == 4)
            #expect(
                answers.suffix(4) == ["pairing.too_many", "pairing.too_many", "pairing.too_many", "pairing.too_many"])
            let joined = try (1...6 as ClosedRange<UInt8>).map { number in
                try Wallet(number).signIn(at: servers[Int(number) % 2]).status
            }
            #expect(joined == [200, 200, 200, 429, 429, 429])
        }
    }

    @Test func `a file that is imported is one job, which the server with the journals does once`() async throws {
        try await withTwo { pair in
            let session = try Wallet().session(at: pair.other)
            let refused = try Trader(pair.other, session).send(file: "a,b\n1,2\n")
            #expect(refused.code == "journals.elsewhere")
            let trader = Trader(pair.holder, session)
            let file = """
                time,symbol,side,price,quantity,fee,fee_currency,id
                2026-11-01T00:00:00Z,BTC_USDT,buy,100,1,0.1,USDT,1
                2026-11-01T00:01:00Z,BTC_USDT,sell,110,1,0.1,USDT,2

                """
            #expect(try await trader.importFile(file)["status"].text == "done")
            #expect(try trader.ask("/import")["imports"].list.count == 1)
        }
    }

    @Test func `a password of the database is never logged`() async throws {
        try await withDirectory { path in
            let process = try RunningServer.launch(
                [
                    "serve", "--data", path, "--http", "127.0.0.1:0", "--websocket", "127.0.0.1:0", "--log-level",
                    "trace",
                ],
                environment: ["DAYBOOK_DATABASE": "postgresql://me:hunter2@127.0.0.1:1/name"],
                outputPath: path + ".out", errorPath: path + ".log")
            process.waitUntilExit()
            #expect(process.terminationStatus == 1)
            let log = try String(contentsOfFile: path + ".log", encoding: .utf8)
            #expect(log.contains("server.database_unreachable"))
            #expect(!log.contains("hunter2"))
        }
    }
}
