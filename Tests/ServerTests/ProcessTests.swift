import Foundation
import Sync
import Testing

@Suite struct ProcessTests {
    @Test(arguments: [15, 2] as [Int32]) func `a signal ends the server with 0, also with idle connections`(
        signal: Int32
    ) async throws {
        try await withDirectory { path in
            let server = try RunningServer(data: path)
            let idle = try server.client()
            #expect(try idle.get("/health").status == 200)
            let silent = try server.client()
            let live = try WebSocketClient(port: server.port, path: "/ws")
            let began = ContinuousClock.now
            #expect(server.stop(signal) == 0)
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(idle.socket.isEnded())
            #expect(silent.socket.isEnded())
            #expect(live.socket.isEnded())
        }
    }

    @Test func `a request that is under way is answered before the server stops`() async throws {
        try await withDirectory { path in
            let server = try RunningServer(data: path)
            let session = try Wallet().session(at: server)
            let device = TestDevice(session)
            let body = try device.request().encoded(own: device.replica)
            let client = try server.client()
            try client.begin(
                "POST", "/api/v1/sync/exchange",
                session.bearer.merging([
                    "Content-Length": "\(body.count)", "Daybook-Replica": String(repeating: "7", count: 32),
                ]) { a, _ in a })
            usleep(200_000)
            async let code = Task.detached { server.stop() }.value
            usleep(500_000)
            try client.socket.send(body)
            #expect(try client.answer(to: "POST").status == 200)
            #expect(await code == 0)
        }
    }

    @Test func `a request that never ends does not keep the server from stopping`() async throws {
        try await withDirectory { path in
            let server = try RunningServer(data: path, options: ["--shutdown-seconds", "1"])
            let session = try Wallet().session(at: server)
            let client = try server.client()
            try client.begin(
                "POST", "/api/v1/sync/exchange", session.bearer.merging(["Content-Length": "1000"]) { a, _ in a })
            usleep(200_000)
            let began = ContinuousClock.now
            #expect(server.stop() == 0)
            #expect(ContinuousClock.now - began < .seconds(5))
        }
    }

    @Test func `files are for their owner only`() async throws {
        try await withServer { server in
            var device = TestDevice(try Wallet().session(at: server))
            try device.write()
            try device.exchange(try server.client())
            let bytes = Array("a chart".utf8)
            _ = try server.client().send(
                "PUT", "/api/v1/sync/blobs/\(String(repeating: "a", count: 64))",
                device.session.bearer.merging(["Content-Range": "bytes 0-6/9"]) { a, _ in a }, body: bytes)
            #expect(Self.mode(server.data) == 0o700)
            let files = try #require(FileManager.default.enumerator(atPath: server.data))
            for case let file as String in files {
                let path = "\(server.data)/\(file)"
                var isDirectory: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
                #expect(Self.mode(path) == (isDirectory.boolValue ? 0o700 : 0o600), "\(file)")
            }
        }
    }

    @Test func `two servers do not share a data directory`() async throws {
        try await withServer { server in
            let result = try Self.run(["serve", "--data", server.data, "--http", "127.0.0.1:0"])
            #expect(result.code == 1)
            #expect(result.error.contains("[data.in_use]"))
        }
    }

    @Test func `a busy port is said to be busy`() async throws {
        try await withServer { server in
            try await withDirectory { path in
                let result = try Self.run([
                    "serve", "--data", path, "--http", "127.0.0.1:\(server.port)", "--websocket", "127.0.0.1:0",
                ])
                #expect(result.code == 1)
                #expect(result.error.contains("[server.port_in_use]"))
            }
        }
    }

    @Test func `a directory that cannot be used is said to be so`() async throws {
        try await withDirectory { path in
            _ = FileManager.default.createFile(atPath: path, contents: Data())
            for directory in [path, path + "/below", "/proc/daybook"] {
                let result = try Self.run(["serve", "--data", directory])
                #expect(result.code == 1)
                #expect(result.error.contains("[data.unusable]"), "\(result.error)")
            }
        }
    }

    @Test func `a newer database is refused and left as it is, a damaged one too`() async throws {
        try await withDirectory { path in
            try RunningServer(data: path).stop()
            _ = try Shell.sqlite(path + "/server.sqlite", "PRAGMA user_version = 99")
            let newer = try Self.run(["serve", "--data", path])
            #expect(newer.code == 1)
            #expect(newer.error.contains("[server.newer_schema]"))
            #expect(try Shell.sqlite(path + "/server.sqlite", "PRAGMA user_version") == "99")

            let garbage = Data(repeating: 7, count: 8192)
            try garbage.write(to: URL(fileURLWithPath: path + "/server.sqlite"))
            let damaged = try Self.run(["serve", "--data", path])
            #expect(damaged.error.contains("[server.damaged]"), "\(damaged.error)")
            #expect(FileManager.default.contents(atPath: path + "/server.sqlite") == garbage)
        }
    }

    @Test func `values that are unsafe or make no sense are refused`() async throws {
        try await withDirectory { path in
            let cases: [[String]] = [
                ["--http", "0.0.0.0:8080"], ["--http", "nonsense"], ["--http", "127.0.0.1:99999"],
                ["--domain", "http://daybook.example"], ["--domain", "https://daybook.example/path"],
                ["--access-seconds", "86400"], ["--access-seconds", "0"], ["--refresh-seconds", "10"],
                ["--grace-seconds", "3600"], ["--shutdown-seconds", "60"], ["--log-level", "loud"],
                ["--ping-seconds", "0"],
            ]
            for options in cases {
                let result = try Self.run(["serve", "--data", path] + options)
                #expect(result.code == 1, "\(options)")
                #expect(result.error.contains("[config."), "\(options): \(result.error)")
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try Self.run(["serve"]).error.contains("--data"))
        }
    }

    @Test func `the environment sets what the command line does not`() async throws {
        try await withServer(["--grace-seconds", "5"], environment: ["DAYBOOK_ACCESS_SECONDS": "77"]) { server in
            let answer = try Wallet().signIn(at: server)
            #expect(answer.json["expires_in"] as? Int == 77)
        }
        try await withDirectory { path in
            let result = try Self.run(["serve", "--data", path], environment: ["DAYBOOK_ACCESS_SECONDS": "soon"])
            #expect(result.error.contains("[config.bad_value]"))
        }
    }

    @Test func `people sign in at the site that was configured`() async throws {
        try await withServer(["--domain", "daybook.example", "--chain", "10"]) { server in
            let own = Wallet.Changes(domain: "daybook.example", uri: "https://daybook.example/desk", chainID: 10)
            let wallet = try Wallet()
            #expect(try wallet.signIn(at: server, own).status == 200)
            #expect(try wallet.signIn(at: server, .init(chainID: 10)).code == "siwe.wrong_domain")
            let mainnet = Wallet.Changes(domain: "daybook.example", uri: "https://daybook.example")
            #expect(try wallet.signIn(at: server, mainnet).code == "siwe.wrong_chain")
        }
    }

    @Test func `a server whose disk refuses to be written says it is not ready`() async throws {
        try await withServer { server in
            // The account of the tests may write to any directory that is there.
            try FileManager.default.moveItem(atPath: server.data, toPath: server.data + ".away")
            defer { try? FileManager.default.removeItem(atPath: server.data + ".away") }
            let answer = try server.client().get("/health/ready")
            #expect(answer.status == 503)
            #expect((answer.json["checks"] as? [String: String])?["data"] == "failed")
            #expect(try server.client().get("/health").status == 200)
        }
    }

    private static func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    private static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (code: Int32, error: String) {
        let path = NSTemporaryDirectory() + "daybook-\(UUID().uuidString)"
        defer { for suffix in [".log", ".out"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let process = try RunningServer.launch(
            arguments, environment: environment, outputPath: path + ".out", errorPath: path + ".log")
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: path + ".log", encoding: .utf8))
    }
}
