import Foundation
import GRDB
import Journal
import Primitives
@testable import Storage
import Sync
import Testing
import TestSupport

/// Round trips follow from the fills, whatever happens to them, and annotations follow the round trips.
@Suite struct MergeDerivationTests {
    private static let account = ID<Account>.numbered(9)

    private static func fill(
        _ number: Int64, _ side: Side, _ quantity: Int64 = 1, price: Int64? = nil, at time: Int64? = nil,
        symbol: String = "BTC_USDT"
    ) -> Fill {
        Fill(
            id: .numbered(UInt64(100 + number)), account: account, symbol: symbol, side: side,
            price: Amount(whole: price ?? 100 + number), quantity: Amount(whole: quantity), fee: .zero, feeCurrency: "",
            time: Timestamp(milliseconds: time ?? number * 1000), sequence: number, externalID: "")
    }

    private static func annotation(_ fill: Fill) -> EntityID { EntityID.trade(anchoredOn: fill.id) }

    private func put(_ device: AdversarialDevice, _ fills: Fill...) async throws {
        try await device.journal.edit("fills") { draft in for fill in fills { draft.put(fill) } }
    }

    private func annotate(_ device: AdversarialDevice, _ fill: Fill, _ note: String) async throws {
        try await device.put(Schema.trade, Self.annotation(fill), ["anchor": .id(fill.id), "notes": .text(note)])
    }

    /// The round trips as text: who opened them, how many fills they have, and the notes that hang on them.
    private func trips(_ device: AdversarialDevice) async throws -> [String] {
        try await device.journal.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT round_trip.direction, round_trip.quantity, round_trip.closed_ms IS NULL,
                        (SELECT group_concat(notes, '+') FROM (
                            SELECT trade.notes FROM anchor JOIN trade ON trade.id = anchor.trade
                            WHERE anchor.round_trip = round_trip.id ORDER BY trade.notes))
                    FROM round_trip ORDER BY opened_ms
                    """
            ).map { row in
                let notes: String = row[3] ?? "-"
                return "\(row[0] as String) \(row[1] as String) \((row[2] as Bool) ? "open" : "closed") \(notes)"
            }
        }
    }

    @Test func `an earlier fill that comes late moves the annotation along`() async throws {
        let device = try await AdversarialDevice("Desk")
        let (first, second, last) = (Self.fill(2, .buy), Self.fill(3, .buy), Self.fill(4, .sell, 2))
        try await put(device, first, second, last)
        try await annotate(device, first, "alpha")
        #expect(try await trips(device) == ["long 2 closed alpha"])
        // The trade began earlier than was known, and so has one more fill to close.
        try await put(device, Self.fill(1, .buy))
        #expect(try await trips(device) == ["long 3 open alpha"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a fill that closes early cuts the trade in two, and the note stays with its fill`() async throws {
        let device = try await AdversarialDevice("Desk")
        let (first, third) = (Self.fill(1, .buy), Self.fill(3, .buy))
        try await put(device, first, third)
        try await annotate(device, third, "alpha")
        #expect(try await trips(device) == ["long 2 open alpha"])
        try await put(device, Self.fill(2, .sell))
        #expect(try await trips(device) == ["long 1 closed -", "long 1 open alpha"])
    }

    @Test func `two round trips that become one keep both annotations`() async throws {
        let device = try await AdversarialDevice("Desk")
        let fills = [Self.fill(2, .buy), Self.fill(3, .sell), Self.fill(4, .buy), Self.fill(5, .sell)]
        try await put(device, fills[0], fills[1], fills[2], fills[3])
        try await annotate(device, fills[0], "alpha")
        try await annotate(device, fills[2], "beta")
        #expect(try await trips(device) == ["long 1 closed alpha", "long 1 closed beta"])
        try await put(device, Self.fill(1, .buy))
        #expect(try await trips(device) == ["long 3 open alpha+beta"])
        // And apart again when that fill turns out to be none of the trader's.
        try await device.put(Schema.fill, Self.fill(1, .buy).id.cast(), ["aside": .integer(1)])
        #expect(try await trips(device) == ["long 1 closed alpha", "long 1 closed beta"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a fill that is set aside makes no trade, and is taken back with its note`() async throws {
        let device = try await AdversarialDevice("Desk")
        let fill = Self.fill(1, .buy)
        try await put(device, fill)
        try await annotate(device, fill, "alpha")
        try await device.put(Schema.fill, fill.id.cast(), ["aside": .integer(1)])
        #expect(try await trips(device) == [])
        #expect(try await device.journal.count("SELECT count(*) FROM anchor WHERE round_trip IS NULL") == 1)
        try await device.put(Schema.fill, fill.id.cast(), ["aside": .integer(0)])
        #expect(try await trips(device) == ["long 1 open alpha"])
    }

    @Test func `a fill that crosses zero ends one trade, opens the next, and its note belongs to the next`()
        async throws
    {
        let device = try await AdversarialDevice("Desk")
        let (first, crossing) = (Self.fill(1, .buy, 2), Self.fill(2, .sell, 5))
        try await put(device, first, crossing)
        try await annotate(device, crossing, "beta")
        #expect(try await trips(device) == ["long 2 closed -", "short 3 open beta"])
        try await annotate(device, first, "alpha")
        #expect(try await trips(device) == ["long 2 closed alpha", "short 3 open beta"])
        #expect(try await device.journal.count("SELECT count(*) FROM round_trip WHERE reversed = 1") == 1)
        // A late fill makes it close exactly: then it opens nothing, and the note hangs where the fill is.
        try await put(device, Self.fill(0, .buy, 3))
        #expect(try await trips(device) == ["long 5 closed alpha+beta"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a deleted annotation leaves its trade, and a deleted fill takes the trade along`() async throws {
        let device = try await AdversarialDevice("Desk")
        let fill = Self.fill(1, .buy)
        try await put(device, fill)
        try await annotate(device, fill, "alpha")
        try await device.delete(Schema.trade, Self.annotation(fill))
        #expect(try await trips(device) == ["long 1 open -"])
        try await device.delete(Schema.fill, fill.id.cast())
        #expect(try await trips(device) == [])
    }

    @Test func `another cost basis derives every trade of the account anew`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, price: 100), Self.fill(2, .buy, price: 200), Self.fill(3, .sell, price: 300),
            Self.fill(4, .buy, symbol: "ETH_USDT"))
        func gross() async throws -> String? {
            try await device.journal.read {
                try String.fetchOne($0, sql: "SELECT gross FROM round_trip WHERE symbol = 'BTC_USDT'")
            }
        }
        #expect(try await gross() == "150")
        try await device.put(Schema.account, Self.account.cast(), ["cost_basis": .text("fifo")])
        #expect(try await gross() == "200")
        try await device.put(Schema.account, Self.account.cast(), ["cost_basis": .text("average")])
        #expect(try await gross() == "150")
    }

    @Test func `a fill that moves to another account or market leaves no trace where it was`() async throws {
        let device = try await AdversarialDevice("Desk")
        let fill = Self.fill(1, .buy)
        try await put(device, fill, Self.fill(2, .sell))
        try await annotate(device, fill, "alpha")
        try await device.put(Schema.fill, fill.id.cast(), ["symbol": .text("ETH_USDT")])
        #expect(try await trips(device) == ["long 1 open alpha", "short 1 open -"])
        try await device.put(
            Schema.fill, fill.id.cast(), ["account": .id(ID<Account>.numbered(10)), "time_ms": .integer(5000)])
        #expect(try await trips(device) == ["short 1 open -", "long 1 open alpha"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `markets whose names only look alike are two markets`() async throws {
        let device = try await AdversarialDevice("Desk")
        let (composed, decomposed) = ("CAF\u{c9}_USDT", "CAFE\u{301}_USDT")
        // In one transaction, as an import or a sync brings them.
        try await put(device, Self.fill(1, .buy, symbol: composed), Self.fill(2, .buy, symbol: decomposed))
        #expect(try await device.journal.count("SELECT count(*) FROM round_trip") == 2)
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a name with a zero byte is kept and not shown, and passes for no other market`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(device, Self.fill(1, .buy, symbol: "BTC\0_USDT"), Self.fill(2, .buy, symbol: "BTC"))
        #expect(try await trips(device) == ["long 1 open -"])
        let fill = Self.fill(1, .buy).id.cast() as EntityID
        #expect(try await device.journal.standing(Schema.fill, fill, "symbol") == [.text("BTC\0_USDT")])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a trade that comes to hang on a fill, and off it again, leaves no trace where it was`() async throws {
        let device = try await AdversarialDevice("Desk")
        let (first, second) = (Self.fill(1, .buy), Self.fill(2, .buy, symbol: "ETH_USDT"))
        let trade = EntityID.numbered(7)
        try await put(device, first, second)
        try await device.put(
            Schema.trade, trade,
            ["symbol": .text("AAPL"), "direction": .text("short"), "quantity": .text("3"), "opened_ms": .integer(500)])
        #expect(try await trips(device) == ["short 3 open -", "long 1 open -", "long 1 open -"])
        for anchor in [Value.id(first.id), .id(second.id), .id(ID<Fill>.numbered(999)), .null, .id(second.id)] {
            try await device.put(Schema.trade, trade, ["anchor": anchor])
            let count = anchor == .null ? 3 : 2
            #expect(try await device.journal.count("SELECT count(*) FROM round_trip") == count, "\(anchor)")
            #expect(try await device.journal.damage() == [], "\(anchor)")
        }
        try await device.delete(Schema.trade, trade)
        #expect(try await trips(device) == ["long 1 open -", "long 1 open -"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a trade by hand under the id of one that fills make stands behind it, in whatever order they come`()
        async throws
    {
        let fill = Self.fill(1, .buy)
        let facts: [String: Value] = [
            "symbol": .text("AAPL"), "direction": .text("short"), "quantity": .text("3"), "opened_ms": .integer(500),
        ]
        for isFillFirst in [true, false] {
            let device = try await AdversarialDevice("Desk")
            if isFillFirst { try await put(device, fill) }
            try await device.put(Schema.trade, Self.annotation(fill), facts)
            if !isFillFirst { try await put(device, fill) }
            #expect(try await trips(device) == ["long 1 open -"])
            #expect(try await device.journal.damage() == [])
            try await device.delete(Schema.fill, fill.id.cast())
            #expect(try await trips(device) == ["short 3 open -"])
            #expect(try await device.journal.damage() == [])
        }
    }

    /// Whatever is written in whatever order, what is derived step by step is what is derived from nothing.
    @Test(arguments: FuzzSeeds.some(1, 2, 3, 62_799_763_988_317)) func `steps come to the same as a new beginning`(
        seed: UInt64
    )
        async throws
    {
        var dice = Dice(seed: seed)
        let device = try await AdversarialDevice("Desk")
        var writers = [HostileWriter(77), HostileWriter(78)]
        for round in 0..<40 {
            let number = dice.roll(2)
            let mutations = (0...dice.roll(4)).map { _ in dice.mutation(Self.account) }
            try await device.journal.receive([try writers[number].next(mutations)])
            let damage = try await device.journal.damage()
            #expect(damage == [], "DAYBOOK_FUZZ_SEED=\(seed), round \(round)")
        }
    }

    @Test func `fills that cannot be make no trade and hide no other`() async throws {
        let device = try await AdversarialDevice("Desk")
        let writer = HostileWriter()
        func fields(_ quantity: Value, _ price: Value, _ time: Value, _ sequence: Value) -> [FieldWrite] {
            [
                FieldWrite(1, .id(Self.account)), FieldWrite(2, .text("BTC_USDT")), FieldWrite(3, .text("buy")),
                FieldWrite(4, price), FieldWrite(5, quantity), FieldWrite(8, time), FieldWrite(9, sequence),
            ]
        }
        let odd: [[FieldWrite]] = [
            fields(.text("0"), .text("1"), .integer(1), .integer(1)),
            fields(.text("-1"), .text("1"), .integer(1), .integer(1)),
            fields(.text("1"), .text("0"), .integer(1), .integer(1)),
            fields(.text("1e5"), .text("1"), .integer(1), .integer(1)),
            fields(.text("1"), .text("1"), .integer(.min), .integer(1)),
            fields(.text("1"), .text("1"), .null, .integer(1)),
            fields(.text("1"), .text("1"), .integer(1), .null),
            fields(.text("1"), .text("1"), .integer(1), .integer(.min)),
            fields(.text("1000000000000000"), .text("1000000000000000"), .integer(.max), .integer(.max)),
        ]
        var mutations: [Mutation] = []
        for (index, writes) in odd.enumerated() {
            mutations.append(.put(Schema.fill.kind, .numbered(UInt64(500 + index)), writes))
        }
        try await put(device, Self.fill(1, .buy, symbol: "ETH_USDT"))
        try await device.journal.receive([try writer.commit(mutations)])
        #expect(try await device.journal.count("SELECT count(*) FROM round_trip WHERE symbol = 'ETH_USDT'") == 1)
        let before = try await JournalDump.shared(device.journal)
        try await device.journal.heal()
        #expect(JournalDump.difference(try await JournalDump.shared(device.journal), before) == "")
    }

    // MARK: However it comes

    /// Fills, corrections, deletions and annotations in whatever order and batches: what is derived is the same.
    @Test(arguments: 1...24) func `the way the facts came does not show`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let writer = try await JournalFile.inMemory(world: AdversarialClock().world)
        for _ in 0..<(20 + dice.roll(30)) {
            let change = Self.change(&dice)
            try await writer.edit("change") { $0.append(change) }
        }
        let expected = try await JournalDump.shared(writer)
        let commits = try await writer.commits(missingFrom: VectorClock(), bytesMax: .max).commits

        let batched = try await JournalFile.inMemory(world: AdversarialClock().world)
        var rest = commits[...]
        while !rest.isEmpty {
            let count = min(rest.count, 1 + dice.roll(9))
            try await batched.receive(Array(rest.prefix(count)).shuffled(using: &dice))
            rest = rest.dropFirst(count)
        }
        let whole = try await JournalFile.inMemory(world: AdversarialClock().world)
        try await whole.receive(commits)
        try await whole.heal()
        for (name, journal) in [("batched", batched), ("at once", whole)] {
            let difference = JournalDump.difference(try await JournalDump.shared(journal), expected)
            #expect(difference == "", "\(name), seed \(seed)")
        }
    }

    /// Few fills at few moments, of sizes that cross zero, in two markets of one account.
    private static func change(_ dice: inout Dice) -> Mutation {
        let number = Int64(dice.roll(12))
        let id = EntityID.numbered(UInt64(100 + number))
        switch dice.roll(12) {
        case 0...6:
            var draft = Draft()
            draft.put(
                fill(
                    number, dice.pick([.buy, .sell]), Int64(1 + dice.roll(4)), price: Int64(90 + dice.roll(20)),
                    at: Int64(dice.roll(6)) * 1000, symbol: dice.pick(["BTC_USDT", "BTC_USDT", "ETH_USDT"])))
            return draft.mutations[0]
        case 7: return .put(Schema.fill.kind, id, [FieldWrite(11, .integer(Int64(dice.roll(2))))])
        case 8: return .delete(Schema.fill.kind, id)
        case 9:
            let fill = fill(number, .buy)
            return .put(
                Schema.trade.kind, annotation(fill),
                [FieldWrite(15, .id(fill.id)), FieldWrite(13, .text("alpha \(number)"))])
        case 10: return .delete(Schema.trade.kind, annotation(fill(number, .buy)))
        default:
            return .put(Schema.account.kind, account.cast(), [FieldWrite(4, .text(dice.pick(["average", "fifo"])))])
        }
    }
}

extension Dice {
    /// Of a few fills in two markets, and of trades that hang on them or on none.
    fileprivate mutating func mutation(_ account: ID<Account>) -> Mutation {
        let fill = EntityID.numbered(UInt64(100 + roll(6)))
        let trade = chance(30) ? EntityID.trade(anchoredOn: fill.cast()) : .numbered(UInt64(200 + roll(3)))
        let time = Int64(roll(5)) * 1000
        switch roll(9) {
        case 0, 1, 2:
            let fields: [FieldWrite] = [
                FieldWrite(1, .id(account)), FieldWrite(2, .text(pick(["BTC_USDT", "ETH_USDT"]))),
                FieldWrite(3, .text(pick(["buy", "sell"]))), FieldWrite(4, .text("100")),
                FieldWrite(5, .text(pick(["1", "2"]))), FieldWrite(8, .integer(chance(10) ? .max : time)),
            ]
            return .put(Schema.fill.kind, fill, fields)
        case 3: return .put(Schema.fill.kind, fill, [FieldWrite(11, .integer(Int64(roll(3))))])
        case 4: return .delete(chance(50) ? Schema.fill.kind : Schema.trade.kind, chance(50) ? fill : trade)
        case 5:
            // An annotation has its own fill's id, or is a trade by hand that turned into one.
            let anchor: Value = chance(30) ? .null : .id(fill)
            let hung = trade.description.hasPrefix("00000000") ? trade : EntityID.trade(anchoredOn: fill.cast())
            return .put(Schema.trade.kind, hung, [FieldWrite(15, anchor), FieldWrite(13, .text("alpha"))])
        case 6: return .put(Schema.trade.kind, trade, [FieldWrite(12, .integer(Int64(roll(6))))])
        case 7: return .put(Schema.trade.kind, trade, [FieldWrite(7, chance(30) ? .null : .integer(time))])
        default:
            let fields: [FieldWrite] = [
                FieldWrite(2, .text("AAPL")), FieldWrite(3, .text("short")), FieldWrite(4, .text("3")),
                FieldWrite(7, .integer(time)),
            ]
            return .put(Schema.trade.kind, trade, fields)
        }
    }
}
