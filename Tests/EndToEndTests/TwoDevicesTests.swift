import Foundation
import Testing

/// Two devices and a server, each a process of its own.
@Suite struct TwoDevicesTests {
    @Test func `what two devices wrote offline becomes one journal`() throws {
        let home = try Household()
        let (desk, laptop) = (try home.device("Desk"), try home.device("Laptop"))
        try desk.run("import", "\(Programs.fixtures)/imports/demo_binance.csv")
        try laptop.run("import", "\(Programs.fixtures)/imports/demo_bybit.csv")
        try laptop.run("trade", "add", "AAPL", "long", "--qty", "10", "--entry", "189.5", "--exit", "194.2")
        try laptop.run("entry", "add", "--title", "Patience", "Only A setups today.")
        #expect(try desk.trades().count > 5)
        try desk.signIn()
        try laptop.signIn()
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
        #expect(try desk.attempt("sync", "--json").number("exchanges") == 1)
        for device in [desk, laptop] { try device.run("verify") }
    }

    @Test func `edits of one trade on both devices are all kept, and settled once for both`() throws {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        for symbol in ["AAPL", "MSFT"] {
            try desk.run("trade", "add", symbol, "long", "--qty", "1", "--entry", "10", "--exit", "11")
        }
        try home.sync(desk, laptop)
        let ids = try desk.trades()
        let (first, second) = (ids[0], ids[1])
        try desk.run("trade", "rate", first, "2")
        try desk.run("trade", "stop", first, "9")
        try desk.run("trade", "note", first, "Entered late.")
        try desk.run("trade", "tag", first, "fomo")
        try desk.run("trade", "delete", second)
        try laptop.run("trade", "rate", first, "5")
        try laptop.run("trade", "note", first, "Good exit.")
        try laptop.run("trade", "tag", first, "scalp")
        try laptop.run("trade", "rate", second, "4")
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
        let listed = try desk.run("conflicts", "--json").json
        let fields = (listed["fields"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String }
        #expect(fields.sorted() == ["notes", "rating"])
        #expect((listed["deletions"] as? [[String: Any]])?.count == 1)

        try desk.run("conflicts", "keep", first, "rating", "Laptop")
        try laptop.run("conflicts", "merge", first, "notes")
        try laptop.run("conflicts", "keep", second, "alive")
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
        #expect(try desk.attempt("sync", "--json").number("conflicts") == 0)
        let shown = try desk.run("trade", "show", first, "--json").output
        for word in ["Entered late.", "Good exit.", "fomo", "scalp"] { #expect(shown.contains(word)) }
        #expect(try desk.trades().count == 2)
    }

    @Test func `a mapping that one device saved reads files on the other, and two that differ are settled once`() throws
    {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        let file = FileManager.default.temporaryDirectory.path + "/mapped-\(UUID().uuidString).csv"
        try "Datum,Was,Art,Kurs,Menge\n2026-03-02T10:00:00Z,BTC/EUR,Kauf,60000,0.5\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let map = "time=Datum,symbol=Was,side=Art,price=Kurs,quantity=Menge,buy=Kauf"
        try desk.run("mapping", "save", "broker", file, "--map", map, "--exchange", "broker")
        try home.sync(desk, laptop)
        #expect(try laptop.run("import", file).output.contains("by your mapping “broker”"))
        try desk.run("mapping", "save", "broker", file, "--map", map + ",skip=Zins")
        try laptop.run("mapping", "save", "broker", file, "--map", map + ",skip=Dividende")
        try home.sync(desk, laptop)
        let listed = try desk.run("conflicts", "--json").json
        let fields = (listed["fields"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String }
        #expect(fields == ["map"])
        let conflict = try #require((listed["fields"] as? [[String: Any]])?.first)
        try desk.run("conflicts", "keep", try #require(conflict["id"] as? String), "map", "Desk")
        try home.sync(desk, laptop)
        #expect(try laptop.run("mapping", "list", "--json").output.contains("skip=zins"))
        #expect(try desk.shown() == laptop.shown())
        for device in [desk, laptop] { try device.run("verify") }
    }

    @Test func `undoing on one device is undone on the other`() throws {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        try desk.run("entry", "add", "--title", "Patience", "Only A setups.")
        try home.sync(desk, laptop)
        let log = try laptop.run("log", "-n", "1", "--json").output
        let entries = try #require(try JSONSerialization.jsonObject(with: Data(log.utf8)) as? [[String: Any]])
        let commits = try laptop.run("log", "-n", "10", "--json").output
        #expect(!entries.isEmpty)
        let all = try #require(try JSONSerialization.jsonObject(with: Data(commits.utf8)) as? [[String: Any]])
        let entry = try #require(all.first { ($0["summary"] as? String)?.contains("entry") ?? false })
        try laptop.run("undo", try #require(entry["commit"] as? String))
        try home.sync(laptop, desk)
        #expect(try desk.run("entry", "list", "--json").output == laptop.run("entry", "list", "--json").output)
        #expect(try !desk.run("entry", "list", "--json").output.contains("Patience"))
    }

    @Test func `a restored backup goes on as a device of its own`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        try desk.run("entry", "add", "--title", "Before", "the backup")
        try desk.run("sync")
        try desk.run("backup", home.place + "/desk.backup")
        try desk.run("entry", "add", "--title", "After", "the backup")
        try desk.run("sync")
        let copy = Device(journal: home.place + "/copy", household: home)
        try copy.run("restore", home.place + "/desk.backup")
        try copy.run("entry", "add", "--title", "Written", "on the copy")
        try copy.signIn()
        #expect(try copy.run("sync", "--json").json["became_new_replica"] as? Bool == true)
        try home.sync(desk, copy)
        #expect(try desk.shown() == copy.shown())
        let entries = try desk.run("entry", "list", "--json").output
        for title in ["Before", "After", "Written"] { #expect(entries.contains(title)) }
        let devices = try desk.run("devices").output
        #expect(devices.contains("Desk (copy)"))
        for device in [desk, copy] { try device.run("verify") }
    }

    @Test func `a new device begins from a snapshot, and keeps what it wrote before`() throws {
        let home = try Household()
        let desk = try home.signedIn("Desk")
        var rows = "time,symbol,side,price,quantity,id\n"
        var state: UInt64 = 7
        for number in 0..<24_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let price = 10_000_000 + state >> 40
            rows += "\(1_777_593_600_000 + number * 1000),SYM\(state % 97)USDT,\(state % 3 == 0 ? "sell" : "buy"),"
            rows += "\(price / 1000).\(100 + price % 900),\(state >> 50).\(1 + state % 9),f\(state)\n"
        }
        try rows.write(toFile: home.place + "/fills.csv", atomically: true, encoding: .utf8)
        try desk.run("import", home.place + "/fills.csv", "--format", "generic")
        try desk.run("sync")
        let laptop = try home.signedIn("Laptop")
        try laptop.run("entry", "add", "--title", "Offline", "before the first sync")
        let synced = try laptop.run("sync", "--yes", "--json")
        #expect(synced.json["from_snapshot"] as? Bool == true)
        try desk.run("sync")
        try laptop.run("verify")
        for arguments in [["trade", "list", "--limit", "100000", "--json"], ["entry", "list", "--json"]] {
            let here = try laptop.start(arguments[0], arguments[1], "--json").ended().output
            #expect(try desk.start(arguments[0], arguments[1], "--json").ended().output == here)
        }
        #expect(try desk.run("entry", "list", "--json").output.contains("Offline"))
        #expect(!FileManager.default.fileExists(atPath: laptop.journal + "/snapshot.part"))
    }

    @Test func `a watching device follows the others and is followed`() throws {
        let home = try Household()
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        try home.sync(desk, laptop)
        let watch = try laptop.start("sync", "--watch", "--json")
        let hasBegun = watch.waits { $0.output.contains("exchanges") }
        #expect(hasBegun, "\(watch.error)")
        usleep(1_000_000)
        try desk.run("entry", "add", "--title", "Elsewhere", "by Desk")
        try desk.run("sync")
        let hasHeard = watch.waits { $0.output.contains("\"received\": 1") }
        #expect(hasHeard, "\(watch.output) \(watch.error)")
        try laptop.run("entry", "add", "--title", "Here", "by Laptop")
        let hasSent = watch.waits { $0.output.contains("\"sent\": 1") }
        #expect(hasSent, "\(watch.output) \(watch.error)")
        watch.signal(SIGINT)
        #expect(watch.ended().code == 0)
        try desk.run("sync")
        #expect(try desk.run("entry", "list", "--json").output.contains("Here"))
    }
}
