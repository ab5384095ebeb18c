import Foundation
import Primitives
import Testing
import Web

@Suite struct DoorTests {
    @Test func `strangers are heard so often in a minute, each address for itself`() async throws {
        try await withServer(Visitor.trust + ["--stranger-per-minute", "5"]) { server in
            let one = Visitor(server: server, address: "203.0.113.1")
            for _ in 0..<5 { #expect(try one.get("/auth/nonce").status == 200) }
            let refused = try one.get("/auth/nonce")
            #expect(refused.status == 429)
            #expect(refused.code == "request.too_many")
            #expect(try #require(refused["retry-after"].flatMap { Int($0) }) > 0)
            #expect(try Visitor(server: server, address: "203.0.113.2").get("/auth/nonce").status == 200)
            #expect(try one.get("/health").status == 200)
        }
    }

    @Test func `all strangers together are heard so often in a minute`() async throws {
        try await withServer(Visitor.trust + ["--strangers-per-minute", "8"]) { server in
            let statuses = try (1...10).map {
                try Visitor(server: server, address: "203.0.\($0).1").get("/auth/nonce").status
            }
            #expect(statuses.filter { $0 == 429 }.count >= 1)
            #expect(statuses.filter { $0 == 200 }.count >= 8)
        }
    }

    @Test func `wrong tokens are counted like any stranger's request, good ones are not`() async throws {
        try await withServer(["--stranger-per-minute", "8"]) { server in
            let session = try Wallet().session(at: server)
            let client = try server.client()
            for _ in 0..<20 { #expect(try client.get("/api/v1/auth/me", session.bearer).status == 200) }
            let wrong = ["Authorization": "Bearer " + String(repeating: "A", count: 43)]
            let statuses = try (0..<10).map { _ in try client.get("/api/v1/auth/me", wrong).status }
            #expect(statuses.contains(401) && statuses.last == 429)
            #expect(try client.get("/api/v1/auth/me", session.bearer).status == 200)
        }
    }

    @Test func `nobody is believed who is no trusted proxy`() async throws {
        try await withServer(["--stranger-per-minute", "3"]) { server in
            let statuses = try (0..<5).map {
                try Visitor(server: server, address: "203.0.113.\($0)").get("/auth/nonce").status
            }
            #expect(statuses.filter { $0 == 429 }.count == 2)
        }
        try await withServer(Visitor.trust + ["--stranger-per-minute", "3"]) { server in
            // What stands before the proxy's own word, the caller wrote.
            let statuses = try (0..<5).map {
                try Visitor(server: server, address: "10.9.8.\($0), 203.0.113.1").get("/auth/nonce").status
            }
            #expect(statuses.filter { $0 == 429 }.count == 2)
        }
    }

    @Test func `one machine cannot take every connection`() async throws {
        try await withServer(["--address-connections-max", "4"]) { server in
            let held = try (0..<4).map { _ in try server.client() }
            for client in held { #expect(try client.get("/health").status == 200) }
            #expect(throws: (any Error).self) { _ = try server.client().get("/health") }
            #expect(try held[0].get("/health").status == 200)
        }
    }

    @Test func `pages of other sites may call when they are named, without cookies`() async throws {
        let id = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
        try await withServer(["--allow-origin", id]) { server in
            let client = try server.client()
            let asked = try client.send(
                "OPTIONS", "/api/v1/auth/me",
                [
                    "Origin": id, "Access-Control-Request-Method": "GET",
                    "Access-Control-Request-Headers": "authorization",
                ])
            #expect(asked.status == 204)
            #expect(asked["access-control-allow-origin"] == id)
            #expect(asked["access-control-allow-credentials"] == nil)
            #expect(asked["vary"] == "Origin")
            let answer = try client.get("/api/v1/auth/me", ["Origin": id])
            #expect(answer.status == 401)
            #expect(answer["access-control-allow-origin"] == id)
            for other in [id + "x", "https://evil.example", "null", "chrome-extension://"] {
                #expect(try client.get("/api/v1/auth/me", ["Origin": other])["access-control-allow-origin"] == nil)
            }
        }
        for bad in ["*", "null", "http://app.example", "chrome-extension://", "https://app.example/path"] {
            _ = try await withDirectory { path in
                #expect(throws: ServerDidNotStart.self) {
                    _ = try RunningServer(data: path, options: ["--allow-origin", bad])
                }
            }
        }
    }

    @Test func `a site behind TLS tells browsers to stay there, and its cookies can have the prefixes`() async throws {
        let options = ["--domain", "https://daybook.example", "--prefix-cookies"]
        try await withServer(options) { server in
            let wallet = try Wallet()
            let changes = Wallet.Changes(domain: "daybook.example", uri: "https://daybook.example", device: nil)
            let answer = try wallet.signIn(at: server, changes)
            #expect(answer.status == 200)
            #expect(answer["strict-transport-security"] == "max-age=31536000; includeSubDomains")
            let access = try #require(answer.cookie("__Host-access_token"))
            #expect(answer.cookie("__Secure-refresh_token") != nil)
            #expect(answer.cookie("access_token") == nil)
            let client = try server.client()
            #expect(try client.get("/api/v1/auth/me", ["Cookie": "__Host-access_token=\(access)"]).status == 200)
            #expect(try client.get("/api/v1/auth/me", ["Cookie": "access_token=\(access)"]).status == 401)
        }
    }

    @Test func `the server speaks TLS itself, with a certificate and its key`() async throws {
        try await withDirectory { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let (certificate, key) = (path + "/certificate.pem", path + "/key.pem")
            let server = try RunningServer(data: path + "/data", options: try Self.certificate(in: path))
            defer { server.stop(SIGKILL) }
            let answer = try Self.run(
                "curl", "-sSi", "--cacert", certificate, "https://localhost:\(server.port)/health")
            #expect(answer.contains("200 OK"))
            #expect(answer.lowercased().contains("strict-transport-security"))
            #expect(throws: (any Error).self) { _ = try server.client().get("/health") }
            #expect(throws: ServerDidNotStart.self) {
                _ = try RunningServer(data: path + "/other", options: ["--tls-certificate", certificate])
            }
            #expect(throws: ServerDidNotStart.self) {
                _ = try RunningServer(
                    data: path + "/other", options: ["--tls-certificate", key, "--tls-key", certificate])
            }
        }
    }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.0/24"), ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::1", "0:0:0:0::/64"),
    ]) func `an address is told as its network`(text: String, network: String) throws {
        #expect(try #require(ClientAddress(text)).network == network)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4:80", "[::1]", "1.2.3.4.5", " 1.2.3.4", "::g"])
    func `what is no address is none`(text: String) { #expect(ClientAddress(text) == nil) }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "proxy.example", "10.0.0.0/"])
    func `what is no network is none`(text: String) { #expect(TrustedProxies([text]) == nil) }

    /// Makes a certificate for localhost.
    ///
    /// - Returns: the options of a server that uses it.
    static func certificate(in path: String) throws -> [String] {
        let (certificate, key) = (path + "/certificate.pem", path + "/key.pem")
        try run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate)
        return ["--tls-certificate", certificate, "--tls-key", key, "--domain", "https://localhost"]
    }

    @discardableResult
    private static func run(_ command: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command)")
        return String(decoding: data, as: UTF8.self)
    }
}
