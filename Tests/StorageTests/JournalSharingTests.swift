import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Two programs on one journal: each has a connection of its own.
@Suite struct JournalSharingTests {
    @Test func `two programs that write to one journal at once lose nothing`() async throws {
        let device = try await AdversarialDevice("Desk")
        let other = try await JournalFile.open(in: device.folder.path, world: device.clock.world)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (offset, journal) in [device.journal, other].enumerated() {
                group.addTask {
                    for number in 0..<60 {
                        try await journal.edit("put") {
                            $0.put(
                                Schema.trade, EntityID.numbered(UInt64(offset * 1000 + number)),
                                ["rating": .integer(1), "notes": .text("\(number)")])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await device.journal.count("SELECT count(*) FROM trade") == 120)
        #expect(try await JournalDump.everything(device.journal) == JournalDump.everything(other))
        #expect(try await device.journal.damage() == [])
        // One chain without gaps: who wrote first is seen by who wrote next.
        let position = try await other.position()
        #expect(position.clock[position.replica] == 121)
        let dots = (1...121).map { Dot(position.replica, UInt64($0)) }
        #expect(try await other.hashes(of: dots).allSatisfy { $0 != nil })
    }

    @Test func `one program syncs while another writes`() async throws {
        let server = try await AdversarialServer()
        let device = try await AdversarialDevice("Desk")
        let phone = try await AdversarialDevice("Phone")
        let other = try await JournalFile.open(in: device.folder.path, world: device.clock.world)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<40 {
                    try await other.edit("put") {
                        $0.put(Schema.trade, EntityID.numbered(UInt64(number)), ["rating": .integer(1)])
                    }
                }
            }
            group.addTask { for _ in 0..<10 { try await server.sync(device) } }
            group.addTask {
                for number in 0..<10 {
                    try await phone.put(Schema.trade, .numbered(UInt64(number)), ["stop_price": .text("95")])
                    try await server.sync(phone)
                }
            }
            try await group.waitForAll()
        }
        try await server.settle(device, phone)
        #expect(try await phone.journal.count("SELECT count(*) FROM trade WHERE rating = 1") == 40)
        #expect(try await device.journal.count("SELECT count(*) FROM trade WHERE stop_price = '95'") == 10)
    }

    @Test func `who waits too long for another program is told so, and nothing is changed`() async throws {
        let device = try await AdversarialDevice("Desk")
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: JournalFile.path(in: device.folder.path), configuration: configuration)
        let before = try await JournalDump.everything(device.journal)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let code = await failureCode {
            try await device.put(Schema.trade, .numbered(1), ["rating": .integer(1)])
        }
        #expect(code == "journal.busy")
        // Reading does not wait for a writer.
        #expect(try await JournalDump.everything(device.journal) == before)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await device.put(Schema.trade, .numbered(1), ["rating": .integer(1)])
        #expect(try await device.journal.damage() == [])
    }
}
