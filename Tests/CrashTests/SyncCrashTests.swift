import Foundation
import Testing
import TestSupport

/// A real server and real devices, killed for real while they sync.
@Suite(.serialized) struct SyncCrashTests {
    private static let seed = CrashPlace.seed &+ 3

    @Test func `server and devices killed 60 times while they sync lose nothing that was answered`() throws {
        var dice = Dice(seed: Self.seed)
        let place = try CrashPlace()
        try place.startServer()
        let devices = [try place.device("Desk"), try place.device("Phone")]
        for device in devices {
            try device.run("login", "--server", place.address)
            try device.run("sync")
        }
        var moment = KillMoment(microseconds: try devices[0].microseconds("sync"))
        var answered: [Set<String>] = [[], []]
        var synced: Set<String> = []
        var kills = 0
        for round in 0..<600 where kills < 60 {
            for (index, device) in devices.enumerated() {
                let added = try device.run(
                    "trade", "add", "BTC_USDT", "long", "--qty", "1", "--entry", "\(100 + round)", "--json")
                answered[index].insert(try #require(added.json?["id"] as? String))
            }
            let running = try devices.map { try $0.start(["sync", "--json"]) }
            usleep(UInt32(moment.next(&dice)))
            let isServerKilled = dice.roll(3) > 0
            if isServerKilled { place.killServer() } else { running[dice.roll(2)].kill() }
            let ends = running.map { $0.end() }
            // A kill after everyone was done already does not count.
            let hasHit = ends.contains { $0.wasKilled || $0.code != 0 }
            moment.learn(wasKilled: hasHit)
            if hasHit { kills += 1 }
            for (index, end) in ends.enumerated() where end.code == 0 && !end.wasKilled {
                #expect(end.json != nil)
                synced.formUnion(answered[index])
            }
            #expect(try place.serverDamage() == [], "seed \(Self.seed), kill \(kills)")
            for device in devices { #expect(try device.damage() == [], "seed \(Self.seed), kill \(kills)") }
            let stored = Set(try place.serverJournal().trades().keys)
            #expect(synced.isSubset(of: stored), "seed \(Self.seed), kill \(kills): \(synced.subtracting(stored))")
            for (index, device) in devices.enumerated() {
                let lost = answered[index].subtracting(try device.trades().keys)
                #expect(lost.isEmpty, "seed \(Self.seed), kill \(kills): \(lost)")
            }
            if isServerKilled { try place.startServer() }
        }
        #expect(kills == 60)
        #expect(!synced.isEmpty)
        for device in devices + devices { try device.run("sync") }
        let expected = try devices[0].trades()
        #expect(Set(expected.keys) == answered[0].union(answered[1]))
        #expect(try devices[1].trades() == expected)
        #expect(try place.serverJournal().trades() == expected)
    }
}
