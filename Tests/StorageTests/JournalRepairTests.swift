import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Copies that write under one name, and tables that are not what the log says.
@Suite struct JournalRepairTests {
    private static let trade = EntityID.numbered(1)

    /// The commits of every replica in the log, and that each names the one before.
    private func expectChained(_ journal: JournalFile, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let clock = try await journal.position().clock
        var heads: [ReplicaID: CommitHash] = [:]
        var seen = VectorClock()
        var contexts: [ReplicaID: VectorClock] = [:]
        for encoded in try await journal.commits(missingFrom: VectorClock(), bytesMax: .max).commits {
            let dot = encoded.dot
            let commit = try Commit(dot: dot, encoded: encoded.bytes)
            #expect(dot.counter == seen[dot.replica] + 1, sourceLocation: sourceLocation)
            #expect(commit.parent == heads[dot.replica], "\(dot)", sourceLocation: sourceLocation)
            let context = commit.context(after: contexts[dot.replica] ?? VectorClock())
            #expect(seen.covers(context), "\(dot)", sourceLocation: sourceLocation)
            heads[dot.replica] = CommitHash(of: dot, bytes: encoded.bytes)
            contexts[dot.replica] = context
            seen.observe(dot)
        }
        #expect(seen == clock, sourceLocation: sourceLocation)
    }

    // MARK: Restored and cloned

    @Test func `a restored backup finds out that it is one, and keeps what it wrote since`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1), "notes": .text("alpha")])
        try await server.sync(desk)
        let backup = try await desk.copy()
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await desk.put(Schema.trade, .numbered(2), ["notes": .text("lost with the disk, but synced")])
        try await server.sync(desk)

        // The disk is gone; the backup goes on, offline at first.
        let name = try await backup.journal.position().replica
        try await backup.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        try await backup.put(Schema.trade, .numbered(3), ["notes": .text("written on the backup")])
        let outcome = try await server.sync(backup)
        #expect(outcome.becameNewReplica && !outcome.healed)
        #expect(try await backup.journal.position().replica != name)
        try await server.settle(backup)
        try await expectChained(backup.journal)
        #expect(try await backup.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(2), .integer(3)])
        #expect(
            try await backup.journal.shown(Schema.trade, .numbered(2), "notes")
                == .text("lost with the disk, but synced"))
        #expect(try await server.journal.shown(Schema.trade, .numbered(3), "notes") == .text("written on the backup"))
    }

    @Test func `a restored backup that wrote nothing just takes what it lost`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        let backup = try await desk.copy()
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await server.sync(desk)
        try await server.settle(backup)
        try await expectChained(backup.journal)
        #expect(try await backup.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(2)])
        // And what it writes now does not reuse a name.
        try await backup.put(Schema.trade, Self.trade, ["rating": .integer(4)])
        try await server.settle(backup)
        #expect(try await server.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(4)])
    }

    @Test(arguments: [1, 3]) func `a clone and its original both write on, and both are kept`(count: Int) async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        try await desk.put(Schema.trade, Self.trade, ["notes": .text("alpha\n")])
        try await server.sync(desk)
        let clone = try await desk.copy()
        for number in 0..<count {
            try await desk.put(Schema.trade, .numbered(UInt64(10 + number)), ["notes": .text("desk")])
            try await clone.put(Schema.trade, .numbered(UInt64(20 + number)), ["notes": .text("phone")])
            try await clone.tag(Self.trade, .numbered(40))
        }
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await clone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await server.sync(desk)
        let outcome = try await server.sync(clone)
        #expect(outcome.becameNewReplica && !outcome.healed)
        try await server.settle(desk, clone)
        for device in [desk, clone] { try await expectChained(device.journal) }
        #expect(try await desk.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(1), .integer(2)])
        #expect(
            try await desk.journal.count("SELECT count(*) FROM trade WHERE notes IN ('desk', 'phone')") == 2 * count)
        #expect(try await desk.journal.members(Schema.tradeTags, of: Self.trade) == [.numbered(40)])
        let (first, second) = (try await desk.journal.position(), try await clone.journal.position())
        #expect(first.replica != second.replica)
        // They go on apart.
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(5)])
        try await clone.put(Schema.trade, Self.trade, ["notes": .text("alpha\nbeta\n")])
        try await server.settle(desk, clone)
    }

    @Test func `a server that lost everything gets it again`() async throws {
        let desk = try await AdversarialDevice("Desk")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await AdversarialServer().sync(desk)
        let empty = try await AdversarialServer()
        try await empty.settle(desk)
        #expect(try await empty.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(1)])
    }

    @Test func `clones that never synced before part by their first commit`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let clone = try await desk.copy()
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await clone.put(Schema.trade, Self.trade, ["rating": .integer(2)])
        try await server.sync(clone)
        #expect(try await server.sync(desk).becameNewReplica)
        try await server.settle(desk, clone)
        #expect(try await desk.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(1), .integer(2)])
        try await expectChained(desk.journal)
    }

    @Test func `a clone of a clone of a restored backup is kept whole`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(0)])
        try await server.sync(desk)
        var devices = [desk]
        for number in 1...4 {
            let copy = try await devices[number - 1].copy()
            devices.append(copy)
            for device in devices {
                try await device.put(Schema.trade, EntityID.new(in: .live), ["setup": .text("round \(number)")])
            }
            // Every other round nobody syncs, so that unsynced work is cloned too.
            if number % 2 == 0 { for device in devices { try await server.sync(device) } }
        }
        for device in devices + devices { #expect(try await !server.sync(device).healed) }
        for device in devices {
            let difference = JournalDump.difference(
                try await JournalDump.shared(device.journal), try await JournalDump.shared(server.journal))
            #expect(difference == "")
            try await expectChained(device.journal)
            for number in 1...4 {
                #expect(
                    try await device.journal.count("SELECT count(*) FROM trade WHERE setup = 'round \(number)'")
                        >= number + 1)
            }
        }
    }

    @Test func `a server restored from an old backup gets back what devices have`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await server.settle(desk, phone)
        let backup = try await JournalFile.inMemory(world: .live, copying: server.journal)
        try await phone.put(Schema.trade, Self.trade, ["notes": .text("alpha")])
        try await server.settle(desk, phone)
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(2)])

        let restored = LocalSync(journal: backup)
        // The phone never comes back: the desk brings its commits along.
        for _ in 0..<2 { _ = try await SyncSession(device: desk.journal, server: restored).run() }
        #expect(try await backup.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
        #expect(try await backup.standing(Schema.trade, Self.trade, "rating") == [.integer(2)])
        let difference = JournalDump.difference(
            try await JournalDump.shared(backup), try await JournalDump.shared(desk.journal))
        #expect(difference == "")
    }

    @Test func `when server and device both come back old, a sync ends in words and loses nothing`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await server.settle(desk, phone)
        let serverBackup = try await JournalFile.inMemory(world: .live, copying: server.journal)
        let deskBackup = try await desk.copy()
        try await desk.put(Schema.trade, Self.trade, ["notes": .text("only the phone will have this")])
        try await server.settle(desk, phone)

        let restored = LocalSync(journal: serverBackup)
        try await deskBackup.put(Schema.trade, Self.trade, ["notes": .text("written on the backup")])
        _ = try await SyncSession(device: deskBackup.journal, server: restored).run()
        // One name now means two commits, and no copy is left that could take another name.
        let before = try await phone.journal.standing(Schema.trade, Self.trade, "notes")
        let replica = try await phone.journal.position().replica
        let outcome = await failureCode {
            _ = try await SyncSession(device: phone.journal, server: restored).run()
        }
        #expect(outcome == "sync.diverged")
        #expect(try await phone.journal.position().replica == replica)
        #expect(try await phone.journal.standing(Schema.trade, Self.trade, "notes").isSuperset(of: before))
    }

    // MARK: Divergence

    @Test(arguments: [
        "UPDATE trade SET rating = 4", "UPDATE trade SET notes = 'changed'", "DELETE FROM member",
        "DELETE FROM tombstone",
        "DELETE FROM register", "UPDATE trade SET presence = 1", "DELETE FROM round_trip",
        "UPDATE fill SET price = '7'",
        "DELETE FROM fill", "UPDATE local SET value = zeroblob(16) WHERE key = 'content'",
    ])
    func `tables that differ from the log are brought back by healing`(sql: String) async throws {
        let device = try await rich()
        let before = try await JournalDump.shared(device.journal)
        let content = try await device.journal.position().content
        try await damage(device, sql)
        let isTold = try await device.journal.position().content == content
        #expect((try await JournalDump.shared(device.journal) == before) == !isTold)
        try await device.journal.heal()
        #expect(JournalDump.difference(try await JournalDump.shared(device.journal), before) == "")
        #expect(try await device.journal.position().content == content)
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a sync finds that equal clocks hold different things, and heals the device`() async throws {
        let server = try await AdversarialServer()
        let device = try await rich()
        try await server.settle(device)
        // A lost update of the tables: the rows and the sum over them agree, and the log does not.
        try await damage(device, "UPDATE trade SET rating = 4 WHERE rating = 3")
        try await damage(device, "UPDATE local SET value = x'0123456789abcdef0123456789abcdef' WHERE key = 'content'")
        let outcome = try await server.sync(device)
        #expect(outcome.healed)
        try await server.settle(device)
        #expect(try await device.journal.shown(Schema.trade, Self.trade, "rating") == .integer(3))
    }

    @Test func `a sync heals the server where it is the one that differs`() async throws {
        let server = try await AdversarialServer()
        let device = try await rich()
        try await server.settle(device)
        let path = JournalFile.path(in: server.folder.path)
        try await onFile(path, "UPDATE trade SET notes = 'changed'")
        try await onFile(path, "UPDATE local SET value = x'0123456789abcdef0123456789abcdef' WHERE key = 'content'")
        try await server.sync(device)
        try await server.settle(device)
        #expect(try await server.journal.shown(Schema.trade, Self.trade, "notes") == .text("alpha"))
    }

    /// A journal with a bit of everything, synced by nobody.
    private func rich() async throws -> AdversarialDevice {
        let device = try await AdversarialDevice("Desk")
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(1), "notes": .text("beta")])
        try await device.put(Schema.trade, Self.trade, ["rating": .integer(3), "notes": .text("alpha")])
        try await device.tag(Self.trade, .numbered(40))
        try await device.put(Schema.trade, .numbered(2), ["notes": .text("gamma")])
        try await device.delete(Schema.trade, .numbered(2))
        let account = ID<Account>.numbered(9)
        for (number, side) in [Side.buy, .sell, .buy].enumerated() {
            let number = Int64(number)
            try await device.journal.edit("import") { draft in
                draft.put(
                    Fill(
                        id: .numbered(UInt64(60 + number)), account: account, symbol: "BTC_USDT", side: side,
                        price: Amount(whole: 100 + number), quantity: Amount(whole: 1), fee: .zero, feeCurrency: "",
                        time: Timestamp(milliseconds: number), sequence: number, externalID: ""))
            }
        }
        return device
    }

    private func damage(_ device: AdversarialDevice, _ sql: String) async throws {
        try await onFile(JournalFile.path(in: device.folder.path), sql)
    }

    private func onFile(_ path: String, _ sql: String) async throws {
        let database = try DatabaseQueue(path: path)
        try await database.write { try $0.execute(sql: sql) }
        try database.close()
    }
}
