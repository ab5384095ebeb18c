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

    @Test func `when server and device both come back old, everything that any copy has is in one journal`()
        async throws
    {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await server.settle(desk, phone)
        let restored = try await server.copy()
        let deskBackup = try await desk.copy()
        try await desk.put(Schema.trade, Self.trade, ["notes": .text("only the phone will have this")])
        try await server.settle(desk, phone)
        try await phone.put(Schema.trade, Self.trade, ["setup": .text("after seeing it")])

        try await deskBackup.put(Schema.trade, Self.trade, ["notes": .text("written on the backup")])
        try await restored.sync(deskBackup)
        // One name now means two commits: the phone gives those it has, and its own, names of their own.
        try await restored.settle(phone, deskBackup)
        #expect(
            try await deskBackup.journal.standing(Schema.trade, Self.trade, "notes") == [
                .text("only the phone will have this"), .text("written on the backup"),
            ])
        #expect(try await deskBackup.journal.standing(Schema.trade, Self.trade, "setup") == [.text("after seeing it")])
        for journal in [phone.journal, deskBackup.journal] { try await expectChained(journal) }
        // The device whose disk went comes back after all, and its names are gone too: it has nothing to add.
        try await restored.settle(desk, phone, deskBackup)
        #expect(try await phone.journal.standing(Schema.trade, Self.trade, "notes").count == 2)
    }

    // MARK: A server that writes

    @Test(arguments: [false, true], [false, true])
    func `a server that wrote, was restored, and wrote again locks nobody out`(
        writesAgain: Bool, deviceWrites: Bool
    ) async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        try await desk.put(Schema.trade, Self.trade, ["rating": .integer(1)])
        try await server.settle(desk, phone)
        try await server.put(Self.trade, ["notes": .text("the first over REST")])
        let restored = try await server.copy()
        try await server.put(Self.trade, ["notes": .text("the second over REST")])
        try await server.settle(desk, phone)
        if writesAgain {
            try await restored.put(Self.trade, ["setup": .text("after the backup")])
            try await restored.put(.numbered(2), ["setup": .text("another")])
        }
        if deviceWrites { try await desk.put(Schema.trade, Self.trade, ["rating": .integer(5)]) }
        let outcome = try await restored.sync(desk)
        // The desk wrote after seeing what was lost, and is nobody's copy.
        #expect(outcome.outlivedServer == (writesAgain && deviceWrites) && !outcome.becameNewReplica)
        try await restored.settle(desk, phone)
        for journal in [desk.journal, phone.journal, restored.journal] { try await expectChained(journal) }
        #expect(
            try await phone.journal.standing(Schema.trade, Self.trade, "notes") == [.text("the second over REST")])
        #expect(
            try await phone.journal.standing(Schema.trade, Self.trade, "rating") == [.integer(deviceWrites ? 5 : 1)])
        if writesAgain {
            #expect(
                try await desk.journal.standing(Schema.trade, Self.trade, "setup") == [.text("after the backup")])
        }
        // And from then on everybody writes as before.
        try await restored.put(Self.trade, ["notes": .text("the third")])
        try await phone.put(Schema.trade, Self.trade, ["rating": .integer(3)])
        try await restored.settle(desk, phone)
        #expect(try await desk.journal.standing(Schema.trade, Self.trade, "notes") == [.text("the third")])
    }

    @Test func `devices that hold one lost history rename it alike, and it does not come back twice`() async throws {
        let server = try await AdversarialServer()
        let desk = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        try await server.put(Self.trade, ["rating": .integer(1)])
        let restored = try await server.copy()
        try await server.put(Self.trade, ["notes": .text("alpha")])
        try await server.settle(desk, phone)
        try await restored.put(Self.trade, ["setup": .text("beta")])
        let clone = try await desk.copy()
        try await restored.settle(desk, phone, clone)
        let notes = try await desk.journal.elements().filter {
            if case .value(Self.trade, _, _, .text("alpha")) = $0 { true } else { false }
        }
        #expect(notes.count == 1)
        // A device that has none of its own under a lost name keeps its name.
        #expect(try await restored.journal.position().clock.entries.count <= 5)
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
