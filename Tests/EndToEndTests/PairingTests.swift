import Foundation
import Testing

/// Six digits instead of a wallet, and what a person can do about the sessions that come of it.
@Suite struct PairingTests {
    /// The code that a device shows, with the process that waits for its use.
    private func code(of device: Device) throws -> (digits: String, waiting: RunningProgram) {
        let waiting = try device.start("pair", "--new")
        let isShown = waiting.waits { $0.output.contains("\n") }
        try #require(isShown, "\(waiting.error)")
        let digits = try #require(waiting.output.split(separator: "\n").first.map(String.init))
        #expect(digits.count == 6 && digits.allSatisfy(\.isNumber), "\(digits)")
        return (digits, waiting)
    }

    private func pair(_ device: Device, by desk: Device) throws {
        let (digits, waiting) = try code(of: desk)
        try device.run("pair", digits, "--server", "http://127.0.0.1:\(desk.household.port)")
        let ended = waiting.ended()
        #expect(ended.code == 0, "\(ended.error)")
    }

    private func sessions(_ device: Device) throws -> [[String: Any]] {
        try #require(try device.run("devices", "--json").json["sessions"] as? [[String: Any]])
    }

    private func session(_ name: String, seenBy device: Device) throws -> String {
        let found = try sessions(device).filter { $0["name"] as? String == name }
        #expect(found.count == 1, "\(found)")
        return try #require(found.first?["id"] as? String)
    }

    @Test func `six digits sign a device in that has no wallet, and it syncs`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("entry", "add", "--title", "Written at the desk", "text")
        let laptop = try home.device("Laptop")
        let (digits, waiting) = try code(of: desk)
        let paired = try laptop.run("pair", digits, "--server", "http://127.0.0.1:\(home.port)", "--json")
        let ended = waiting.ended()
        #expect(ended.code == 0, "\(ended.error)")
        #expect(ended.output.contains("Laptop"))
        let (mine, theirs) = (try desk.run("whoami", "--json").json, try laptop.run("whoami", "--json").json)
        #expect(mine["address"] as? String == theirs["address"] as? String)
        #expect(paired.json["address"] as? String == mine["address"] as? String)
        let mode = try FileManager.default.attributesOfItem(atPath: laptop.journal + "/session.json")[.posixPermissions]
        #expect(mode as? Int == 0o600)
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
        #expect(try laptop.run("entry", "list", "--json").output.contains("Written at the desk"))
    }

    @Test func `a code counts once`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let (laptop, thief) = (try home.device("Laptop"), try home.device("Thief"))
        let (digits, waiting) = try code(of: desk)
        let server = "http://127.0.0.1:\(home.port)"
        try laptop.run("pair", digits, "--server", server)
        _ = waiting.ended()
        let ended = try thief.attempt("pair", digits, "--server", server)
        #expect(ended.code == 5)
        #expect(ended.error.contains("pairing.refused"))
        #expect(!FileManager.default.fileExists(atPath: thief.journal + "/session.json"))
    }

    @Test func `a code that was never shown lets nobody in`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let thief = try home.device("Thief")
        let (digits, waiting) = try code(of: desk)
        let other = digits == "000000" ? "000001" : "000000"
        let ended = try thief.attempt("pair", other, "--server", "http://127.0.0.1:\(home.port)")
        #expect(ended.code == 5)
        #expect(ended.error.contains("pairing.refused"))
        waiting.signal(SIGINT)
        _ = waiting.ended()
    }

    @Test func `whoever stops showing a code takes it back`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let laptop = try home.device("Laptop")
        let (digits, waiting) = try code(of: desk)
        waiting.signal(SIGINT)
        let stopped = waiting.ended()
        #expect(stopped.error.contains("command.interrupted"))
        let ended = try laptop.attempt("pair", digits, "--server", "http://127.0.0.1:\(home.port)")
        #expect(ended.code == 5)
        #expect(ended.error.contains("pairing.refused"))
    }

    @Test func `a new code takes the place of the one before`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let laptop = try home.device("Laptop")
        let (first, waitingFirst) = try code(of: desk)
        let (second, waitingSecond) = try code(of: desk)
        let server = "http://127.0.0.1:\(home.port)"
        if first != second { #expect(try laptop.attempt("pair", first, "--server", server).code == 5) }
        try laptop.run("pair", second, "--server", server)
        #expect(waitingSecond.ended().code == 0)
        waitingFirst.signal(SIGINT)
        _ = waitingFirst.ended()
    }

    @Test func `sessions are listed by the names of their devices, and one is revoked at once`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let laptop = try home.device("Laptop")
        try pair(laptop, by: desk)
        let listed = try sessions(desk)
        #expect(Set(listed.compactMap { $0["name"] as? String }) == ["Desk", "Laptop"])
        #expect(listed.allSatisfy { $0["kind"] as? String == "device" })
        #expect(listed.filter { $0["is_this"] as? Bool == true }.compactMap { $0["name"] as? String } == ["Desk"])
        try laptop.run("sync")
        try desk.run("devices", "revoke", session("Laptop", seenBy: desk))
        let ended = try laptop.attempt("sync")
        #expect(ended.code == 5)
        #expect(ended.error.contains("session.expired"))
        try desk.run("sync")
        #expect(try sessions(desk).count == 1)
        #expect(try desk.attempt("devices", "revoke", "ffffffff").code == 4)
    }

    @Test func `a device that revokes its own session is signed out`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("devices", "revoke", session("Desk", seenBy: desk))
        #expect(!FileManager.default.fileExists(atPath: desk.journal + "/session.json"))
        #expect(try desk.attempt("sync").error.contains("session.missing"))
    }

    @Test func `signing out everywhere ends the sessions of all devices`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        let laptop = try home.device("Laptop")
        try pair(laptop, by: desk)
        try laptop.run("logout", "--everywhere")
        let ended = try desk.attempt("sync")
        #expect(ended.code == 5)
        #expect(ended.error.contains("session.expired"))
        try desk.signIn()
        try desk.run("sync")
    }

    @Test func `signing out everywhere needs the server, and the session stays until it was told`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        home.stopServer()
        let ended = try desk.attempt("logout", "--everywhere")
        #expect(ended.code == 6)
        #expect(ended.error.contains("server.unreachable"))
        #expect(FileManager.default.fileExists(atPath: desk.journal + "/session.json"))
        // The replicas are listed all the same.
        let listed = try desk.run("devices", "--json")
        #expect((listed.json["replicas"] as? [Any])?.count == 1)
        #expect(listed.error.contains("are not shown"))
    }

    @Test func `a key that another wallet has exported signs in`() throws {
        let home = try Household()
        let path = "\(Programs.fixtures)/ethereum/web3_keystores.json"
        let recorded =
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
        let keystores = try #require(recorded?["keystores"] as? [[String: Any]])
        let keystore = try #require(
            keystores.first { $0["name"] as? String == "eth-account, as it does by itself" }?["file"] as? [String: Any])
        let exported = home.place + "/exported.json"
        try JSONSerialization.data(withJSONObject: keystore).write(to: URL(fileURLWithPath: exported))
        let desk = try home.device("Desk")
        let key = home.place + "/imported.json"
        let server = "http://127.0.0.1:\(home.port)"
        let signedIn = try desk.run("login", "--server", server, "--key", key, "--import", exported, "--json").json
        #expect(signedIn["address"] as? String == "0x" + (keystore["address"] as? String ?? ""))
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
        try desk.run("logout")
        try desk.run("login", "--server", server, "--key", key)
        try desk.run("sync")
    }
}
