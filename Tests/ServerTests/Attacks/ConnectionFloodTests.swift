import Foundation
import Testing

@Suite struct ConnectionFloodTests {
    private static let addressMax = 50

    @Test func `connections beyond an address's limit are closed at once, and others get in`() async throws {
        let options = ["--address-connections-max", "\(Self.addressMax)", "--connections-max", "400"]
        try await Attack.onServer(options) { attack in
            let server = attack.server
            let before = server.openFiles
            try await attack.run {
                // They come faster than they are closed, and all of them are held at this end.
                var held: [Socket] = []
                for _ in 0..<1000 {
                    if let socket = try? Socket(port: server.port, from: "127.0.0.2") { held.append(socket) }
                }
                #expect(held.count > 500)
                try expectEventually { server.openFiles <= before + Self.addressMax + 20 }
                #expect(try server.client().get("/health").status == 200)
                #expect(try (server.metric("daybook_connections_refused_total") ?? 0) > 400)
                withExtendedLifetime(held) {}
            }
            try expectEventually { server.openFiles <= before + 20 }
        }
    }

    @Test func `a connection without a request is closed in time, whether it speaks TLS or not`() async throws {
        try await withServer(["--handshake-seconds", "1"]) { server in
            let silent = try Socket(port: server.port)
            let half = try Socket(port: server.port)
            try half.send(Array("GET /health HTTP/1.1\r\nHost: x\r\n".utf8))
            let upgrading = try Socket(port: server.webSocketPort)
            try upgrading.send(Array("GET / HTTP/1.1\r\nUpgrade: websocket\r\n".utf8))
            for socket in [silent, half, upgrading] { #expect(socket.isEnded()) }
        }
        try await withDirectory { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let server = try RunningServer(
                data: path + "/data",
                options: try DoorTests.certificate(in: path) + ["--handshake-seconds", "1"])
            defer { server.stop(SIGKILL) }
            let silent = try Socket(port: server.port)
            let begun = try Socket(port: server.port)
            // The head of a record that never comes.
            try begun.send([22, 3, 1, 2, 0, 1])
            for socket in [silent, begun] { #expect(socket.isEnded()) }
        }
    }
}
