import Foundation
import Testing
import TestSupport

/// The real program, killed for real in the middle of what it does. With `SyncCrashTests` that is 200 kills.
@Suite(.serialized) struct WritingCrashTests {
    private static let seed = CrashPlace.seed

    @Test func `killed 100 times while it writes, the program keeps all that it answered`() throws {
        var dice = Dice(seed: Self.seed)
        let place = try CrashPlace()
        let desk = try place.device("Desk")
        let add = [
            "trade", "add", "BTC_USDT", "long", "--qty", "1", "--entry", "100", "--rating", "1", "--tag", "fade",
        ]
        var moment = KillMoment(
            microseconds: try desk.microseconds("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "9"))
        // For each trade that was answered, the ratings that it may have: the last one answered, and those tried since.
        var ratings: [String: Set<Int>] = [:]
        var kills = 0
        for _ in 0..<1000 where kills < 100 {
            let known = ratings.keys.sorted()
            let rated = known.isEmpty || dice.roll(3) > 0 ? nil : dice.pick(known)
            let rating = 1 + dice.roll(5)
            let arguments = rated.map { ["trade", "rate", $0, "\(rating)"] } ?? (add + ["--note", "alpha \(kills)"])
            let end = try desk.start(arguments + ["--json"]).end(killedAfter: moment.next(&dice))
            moment.learn(wasKilled: end.wasKilled)
            if let rated { ratings[rated]?.insert(rating) }
            if let id = end.json?["id"] as? String { ratings[id] = [rated == nil ? 1 : rating] }
            guard end.wasKilled else {
                try #require(end.code == 0, "seed \(Self.seed): \(end.error)")
                continue
            }
            kills += 1
            #expect(try desk.damage() == [], "seed \(Self.seed), kill \(kills)")
            let shown = try desk.trades()
            for (id, possible) in ratings {
                let rating = try #require(
                    shown[id], "seed \(Self.seed), kill \(kills): trade \(id) was answered and is lost")
                #expect(possible.contains(rating), "seed \(Self.seed), kill \(kills): trade \(id)")
                ratings[id] = [rating]
            }
        }
        #expect(kills == 100)
        #expect(!ratings.isEmpty)
    }

    @Test func `killed 25 times while it imports, the program goes on where it was`() throws {
        var dice = Dice(seed: Self.seed &+ 1)
        let place = try CrashPlace()
        let desk = try place.device("Desk")
        var moment = KillMoment(
            microseconds: try desk.microseconds("import", try statement(0, in: place), "--account", "main"))
        var answered: [String: Int] = [:]
        var statements: [String] = []
        var kills = 0
        for number in 1..<200 where kills < 25 {
            let path = try statement(number, in: place)
            statements.append(path)
            let end = try desk.start(["import", path, "--account", "main", "--json"])
                .end(killedAfter: moment.next(&dice))
            moment.learn(wasKilled: end.wasKilled)
            if let json = end.json, let new = json["new"] as? Int { answered[path] = new }
            guard end.wasKilled else {
                try #require(end.code == 0, "seed \(Self.seed): \(end.error)")
                continue
            }
            kills += 1
            #expect(try desk.damage() == [], "seed \(Self.seed), kill \(kills)")
        }
        #expect(kills == 25)
        for path in statements {
            let again = try #require(try desk.run("import", path, "--account", "main", "--json").json)
            let (new, known) = (try #require(again["new"] as? Int), try #require(again["known"] as? Int))
            #expect(new + known == Self.rowCount, "seed \(Self.seed): \(path)")
            if answered[path] != nil { #expect(new == 0, "seed \(Self.seed): \(path) was answered") }
        }
        let last = try #require(try desk.run("import", statements[0], "--account", "main", "--json").json)
        #expect(last["new"] as? Int == 0)
        #expect(try desk.damage() == [])
    }

    @Test func `killed 15 times while it begins a journal, the program begins it all the same`() throws {
        var dice = Dice(seed: Self.seed &+ 2)
        let place = try CrashPlace()
        let start = ContinuousClock.now
        _ = try place.device("First")
        var moment = KillMoment(microseconds: Int((ContinuousClock.now - start) / .microseconds(1)))
        var kills = 0
        for number in 0..<150 where kills < 15 {
            let device = CrashDevice(name: "Device \(number)", place: place.path)
            let end = try device.start(["init", "--device", "Desk"]).end(killedAfter: moment.next(&dice))
            moment.learn(wasKilled: end.wasKilled)
            if end.wasKilled { kills += 1 }
            let again = try device.start(["init", "--device", "Desk", "--json"]).end()
            if again.code != 0 {
                #expect(again.error.contains("journal.exists"), "seed \(Self.seed), kill \(kills): \(again.error)")
            }
            try device.run("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "9")
            #expect(try device.damage() == [], "seed \(Self.seed), kill \(kills)")
            #expect(try device.run("devices", "--json").output.contains("Desk"))
        }
        #expect(kills == 15)
    }

    @Test func `two programs that write to one journal at once both keep what they answered`() throws {
        let place = try CrashPlace()
        let desk = try place.device("Desk")
        var answered: Set<String> = []
        for _ in 0..<8 {
            let running = try (0..<4).map { _ in
                try desk.start(["trade", "add", "AAPL", "long", "--qty", "1", "--entry", "9", "--json"])
            }
            for process in running {
                let end = process.end()
                #expect(end.code == 0, "\(end.error)")
                if let id = end.json?["id"] as? String { answered.insert(id) }
            }
        }
        #expect(answered.count == 32)
        #expect(Set(try desk.trades().keys) == answered)
        #expect(try desk.damage() == [])
    }

    private static let rowCount = 1500

    /// A file of fills that no other has.
    private func statement(_ number: Int, in place: CrashPlace) throws -> String {
        let rows = (0..<Self.rowCount).map { row in
            let (minute, second) = (row / 60, row % 60)
            let time = "2026-01-\(10 + number % 20)T\(10 + minute / 60):\(10 + minute % 50):\(10 + second % 50)Z"
            return "\(time),BTC_USDT,\(row % 2 == 0 ? "buy" : "sell"),\(100 + row % 7),1,0,USDT,\(number)-\(row)"
        }
        let path = "\(place.path)/statement-\(number).csv"
        let text = "time,symbol,side,price,quantity,fee,fee_currency,id\n" + rows.joined(separator: "\n") + "\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
