import Foundation
import TestSupport
import Testing

/// Two journals that have nothing in common are not made one without a yes.
@Suite struct FirstMeetingTests {
    private func add(_ device: Device, _ symbol: String, _ more: String...) throws {
        let ended = try device.start(
            ["trade", "add", symbol, "long", "--qty", "1", "--entry", "10", "--exit", "11"] + more
        ).ended()
        #expect(ended.code == 0, "\(ended.error)")
    }

    /// A server with a trade, and a device with another that has just signed in.
    private func strangers() throws -> (home: Household, desk: Device, laptop: Device) {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        try add(desk, "AAPL", "--account", "broker")
        try desk.run("sync")
        try add(laptop, "MSFT")
        try laptop.run("entry", "add", "--title", "Mine", "text")
        return (home, desk, laptop)
    }

    @Test func `nobody there to ask, it is refused with a code of its own, and nothing moves`() throws {
        let (_, desk, laptop) = try strangers()
        for arguments in [["sync"], ["sync", "--watch"], ["sync", "--json"]] {
            let ended = try laptop.start(arguments).ended()
            #expect(ended.code == 8, "\(arguments)")
            #expect(ended.error.contains("sync.unconfirmed"))
            #expect(ended.error.contains("--yes"))
        }
        let words = try laptop.attempt("sync").error
        for piece in [
            "1 trade, 1 entry, 0 tags, 0 accounts", "1 trade, 0 entries, 0 tags, 1 account (manual/broker)",
            "http://127.0.0.1",
            "0x",
        ] { #expect(words.contains(piece), "\(piece): \(words)") }
        try desk.run("sync")
        #expect(try desk.trades().count == 1)
        #expect(try laptop.trades().count == 1)
        // The device is still free to be somebody else's.
        #expect(try laptop.attempt("whoami", "--json").json["has_synced"] as? Bool == false)
    }

    @Test func `a yes makes them one, and is asked for once`() throws {
        let (home, desk, laptop) = try strangers()
        try laptop.run("sync", "--yes")
        try add(laptop, "TSLA")
        try laptop.run("sync")
        try desk.run("sync")
        #expect(try desk.trades().count == 3)
        // Nor after another sign-in, with the old session or without it.
        try laptop.signIn()
        try laptop.run("sync")
        try laptop.run("logout")
        try laptop.signIn()
        try laptop.run("sync")
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
    }

    @Test func `a person at a terminal is told what comes together, and asked`() throws {
        let (home, _, laptop) = try strangers()
        func sync(_ answer: String) throws -> (status: Int32, shown: String) {
            try AtTerminal.run(
                try Programs.path("daybook"), ["sync"], environment: laptop.environment, in: home.place, columns: 100,
                typing: answer)
        }
        let no = try sync("n\n")
        #expect(no.status == 8)
        #expect(no.shown.contains("here   1 trade, 1 entry"))
        #expect(no.shown.contains("there  1 trade, 0 entries"))
        #expect(no.shown.contains("Bring them together? [y/N]"))
        #expect(try laptop.trades().count == 1)
        let yes = try sync("y\n")
        #expect(yes.status == 0, "\(yes.shown)")
        #expect(yes.shown.contains("Synced with"))
        #expect(try laptop.trades().count == 2)
    }

    @Test func `an empty side, and a history that both have, need no yes`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try add(desk, "AAPL")
        // The server has nothing.
        try desk.run("sync")
        // The device has nothing.
        let laptop = try home.signedIn("Laptop")
        try laptop.run("sync")
        #expect(try laptop.trades().count == 1)
        // A copy of what the server knows already.
        try desk.run("backup", home.place + "/desk.backup")
        let copy = Device(journal: home.place + "/copy", household: home)
        try copy.run("restore", home.place + "/desk.backup")
        try add(copy, "MSFT")
        try copy.signIn()
        try copy.run("sync")
        #expect(try copy.trades().count == 2)
    }
}
