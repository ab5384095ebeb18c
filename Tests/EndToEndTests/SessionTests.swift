import Foundation
import Testing

@Suite struct SessionTests {
    @Test func `files with secrets are for their owner only`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        for path in [desk.journal + "/session.json", home.place + "/config/daybook/wallet.json"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
    }

    @Test func `a session is renewed by itself while it lasts`() throws {
        let home = try Household(["--access-seconds", "1"])
        let desk = try home.signedIn("Desk")
        try desk.run("sync")
        usleep(1_500_000)
        try desk.run("sync")
        try desk.run("sync")
    }

    @Test func `two processes that renew at once do not end the session`() throws {
        let home = try Household(["--access-seconds", "1", "--grace-seconds", "0"])
        let desk = try home.signedIn("Desk")
        try desk.run("sync")
        usleep(1_500_000)
        let running = try (0..<4).map { _ in try desk.start("sync") }
        let ends = running.map { $0.ended() }
        #expect(ends.contains { $0.code == 0 })
        for end in ends where end.code != 0 { #expect(end.error.contains("journal.busy"), "\(end.error)") }
        usleep(1_500_000)
        try desk.run("sync")
    }

    @Test func `a session that has ended asks for a sign-in, and nothing is lost`() throws {
        let home = try Household(["--access-seconds", "1", "--refresh-seconds", "8"])
        let desk = try home.signedIn("Desk")
        try desk.run("entry", "add", "--title", "Kept", "text")
        usleep(9_000_000)
        let ended = try desk.attempt("sync")
        #expect(ended.code == 5)
        #expect(ended.error.contains("session.expired"))
        #expect(ended.error.contains("daybook login"))
        try desk.signIn()
        #expect(try desk.run("sync", "--json").number("sent") == 2)
    }

    @Test func `after signing out nothing syncs`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("logout")
        let ended = try desk.attempt("sync")
        #expect(ended.code == 5)
        #expect(ended.error.contains("session.missing"))
        #expect(!FileManager.default.fileExists(atPath: desk.journal + "/session.json"))
    }

    @Test func `without the server everything but sync works`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        home.stopServer()
        try desk.run("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "10")
        let ended = try desk.attempt("sync")
        #expect(ended.code == 6)
        #expect(ended.error.contains("server.unreachable"))
        #expect(try desk.trades().count == 1)
    }

    @Test(arguments: [
        "http://192.0.2.1:8080", "http://example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
    ])
    func `plain http is for this machine only`(server: String) throws {
        let home = try Household()
        let ended = try home.device("Desk").attempt("login", "--server", server)
        #expect(ended.code == 64)
        #expect(ended.error.contains("server.insecure"))
    }

    @Test func `a wrong passphrase is told, and signs nobody in`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("logout")
        try "another\n".write(toFile: home.place + "/wrong", atomically: true, encoding: .utf8)
        let ended = try desk.attempt(
            "login", "--server", "http://127.0.0.1:\(home.port)", "--passphrase-file", home.place + "/wrong")
        #expect(ended.code == 5)
        #expect(ended.error.contains("keystore.wrong_passphrase"))
    }

    @Test func `another person's journal is refused, and theirs is not seen`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("entry", "add", "--title", "Private", "text")
        try desk.run("sync")
        let stranger = try home.device("Stranger")
        try stranger.run("login", "--server", "http://127.0.0.1:\(home.port)", "--key", home.place + "/other.json")
        try stranger.run("sync")
        #expect(try !stranger.run("entry", "list", "--json").output.contains("Private"))
        // The same device with the other wallet: its replica belongs to somebody.
        try desk.run("login", "--server", "http://127.0.0.1:\(home.port)", "--key", home.place + "/other.json")
        let ended = try desk.attempt("sync")
        #expect(ended.code == 5)
        #expect(ended.error.contains("replica.foreign"))
    }
}
