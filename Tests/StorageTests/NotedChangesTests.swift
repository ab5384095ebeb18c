import Journal
import Primitives
import Sync
import Testing

@testable import Storage

/// What a transaction says it may have changed the figures of: too little is wrong, too much is slow.
@Suite struct NotedChangesTests {
    private static let tag = EntityID.numbered(1)
    private static let account = ID<Account>.numbered(9)

    /// The trades that an edit says it touched.
    private func touched(
        _ device: AdversarialDevice, _ body: @Sendable @escaping (inout Draft) -> Void
    ) async throws -> Set<EntityID> {
        let (schema, now) = (device.journal.schema, device.clock.world.now())
        return try await device.journal.write { db, changes in
            var draft = Draft()
            body(&draft)
            try Author(db, schema, now: now).commit(draft, summary: "edit", &changes)
            #expect(!changes.isEverything)
            return changes.trades
        }
    }

    /// Two of three trades have the tag.
    private func tagged() async throws -> AdversarialDevice {
        let device = try await AdversarialDevice("Desk")
        for number: UInt64 in [10, 11, 12] {
            try await device.put(
                Schema.trade, .numbered(number),
                [
                    "symbol": .text("BTC_USDT"), "direction": .text("long"), "quantity": .text("1"),
                    "entry_price": .text("100"), "opened_ms": .integer(1),
                ])
        }
        try await device.put(Schema.tag, Self.tag, ["name": .text("late")])
        for number: UInt64 in [10, 11] { try await device.tag(.numbered(number), Self.tag) }
        return device
    }

    @Test func `a tag that is written again under its name touches no trade, and a new name all that have it`()
        async throws
    {
        let device = try await tagged()
        let all: Set<EntityID> = [.numbered(10), .numbered(11)]
        func write(_ name: String) async throws -> Set<EntityID> {
            try await touched(device) { $0.put(Schema.tag, Self.tag, ["name": .text(name)]) }
        }
        #expect(try await write("late") == [])
        #expect(try await write("tardy") == all)
        #expect(try await write("tardy") == [])
        #expect(try await touched(device) { $0.put(Schema.tag, Self.tag, ["color": .text("red")]) } == [])
        // Names that only look alike are two.
        #expect(try await write("caf\u{e9}") == all)
        #expect(try await write("cafe\u{301}") == all)
    }

    @Test func `a tag that is deleted or comes back touches all trades that have it`() async throws {
        let device = try await tagged()
        #expect(try await touched(device) { $0.delete(Schema.tag, Self.tag) } == [.numbered(10), .numbered(11)])
        #expect(
            try await touched(device) { $0.put(Schema.tag, Self.tag, ["name": .text("late")]) }
                == [.numbered(10), .numbered(11)])
    }

    @Test func `a tag of which the trades knew before it came touches them when it comes`() async throws {
        let device = try await tagged()
        try await device.tag(.numbered(12), .numbered(2))
        let touched = try await touched(device) { $0.put(Schema.tag, EntityID.numbered(2), ["name": .text("fomo")]) }
        #expect(touched == [.numbered(12)])
    }

    @Test func `a cost basis or a fill that is written again touches no trade, and another one does`() async throws {
        let device = try await AdversarialDevice("Desk")
        @Sendable func fill(_ number: Int64, _ price: Int64) -> Fill {
            Fill(
                id: .numbered(UInt64(100 + number)), account: Self.account, symbol: "BTC_USDT", side: .buy,
                price: Amount(whole: price), quantity: Amount(whole: 1), fee: .zero, feeCurrency: "",
                time: Timestamp(milliseconds: number), sequence: number, externalID: "")
        }
        @Sendable func basis(_ basis: Account.CostBasis) -> [String: Value] { ["cost_basis": .text(basis.rawValue)] }
        let trade = EntityID.trade(anchoredOn: fill(1, 100).id)
        #expect(try await touched(device) { for number: Int64 in 1...3 { $0.put(fill(number, 100)) } } == [trade])
        #expect(try await touched(device) { $0.put(Schema.account, Self.account, basis(.average)) } == [trade])

        #expect(try await touched(device) { $0.put(fill(1, 100)) } == [])
        #expect(try await touched(device) { $0.put(Schema.account, Self.account, basis(.average)) } == [])
        #expect(try await touched(device) { $0.put(Schema.account, Self.account, ["label": .text("b")]) } == [])
        #expect(try await touched(device) { $0.put(fill(2, 101)) } == [trade])
        #expect(try await touched(device) { $0.put(Schema.account, Self.account, basis(.fifo)) } == [trade])
    }

    @Test func `a fill that is given to another symbol touches the trades of both`() async throws {
        let device = try await AdversarialDevice("Desk")
        let fills = (1...4).map { (number: Int64) in
            Fill(
                id: .numbered(UInt64(100 + number)), account: Self.account,
                symbol: number < 3 ? "BTC_USDT" : "ETH_USDT", side: .buy, price: Amount(whole: 1),
                quantity: Amount(whole: 1), fee: .zero, feeCurrency: "", time: Timestamp(milliseconds: number),
                sequence: number, externalID: "")
        }
        _ = try await touched(device) { for fill in fills { $0.put(fill) } }
        #expect(
            try await touched(device) { $0.put(Schema.fill, fills[1].id, ["symbol": .text("ETH_USDT")]) } == [
                .trade(anchoredOn: fills[0].id), .trade(anchoredOn: fills[1].id), .trade(anchoredOn: fills[2].id),
            ])
    }
}
