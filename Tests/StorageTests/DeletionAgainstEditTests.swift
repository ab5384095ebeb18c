import Journal
import Primitives
import Storage
import Sync
import Testing

/// One device deletes a trade that fills make, or undoes the import that brought it, while another says something of it.
@Suite struct DeletionAgainstEditTests {
    enum Edit: String, CaseIterable {
        case note, tag, stop, rating, image, noteOverAnother
    }

    private static let account = ID<Account>.numbered(9)
    private static let image = EntityID.numbered(70)

    private struct Missing: Error {}

    private struct Setting {
        let server: AdversarialServer
        let desk: AdversarialDevice
        let phone: AdversarialDevice

        /// Both devices have one trade, bought and sold, from an import on the desk.
        init() async throws {
            server = try await AdversarialServer()
            desk = try await AdversarialDevice("Desk")
            phone = try await AdversarialDevice("Phone")
            try await desk.journal.edit("import") { draft in
                for (number, side) in [Side.buy, .sell].enumerated() { draft.put(fill(number, side)) }
            }
            try await server.settle(desk, phone)
        }

        func trade(_ device: AdversarialDevice) async throws -> TradeSummary {
            let trades = try await device.journal.read { try TradeStore($0).list(TradeQuery()) }
            try #require(trades.count == 1)
            return trades[0]
        }

        func contests(_ device: AdversarialDevice) async throws -> [Contest] {
            try await device.journal.read { try ConflictStore($0).contests() }
        }
    }

    private static func fill(_ number: Int, _ side: Side) -> Fill {
        Fill(
            id: .numbered(UInt64(100 + number)), account: account, symbol: "BTC_USDT", side: side,
            price: Amount(whole: 100 + Int64(number)), quantity: Amount(whole: 1), fee: .zero, feeCurrency: "",
            time: Timestamp(milliseconds: Int64(number) * 1000), sequence: Int64(number), externalID: "")
    }

    private func delete(_ device: AdversarialDevice) async throws {
        try await device.journal.edit("delete") { draft, db in
            let store = TradeStore(db)
            for trade in try store.list(TradeQuery()) { _ = try store.delete(trade.id, in: &draft) }
        }
    }

    private func write(_ edit: Edit, _ device: AdversarialDevice) async throws {
        let world = device.clock.world
        try await device.journal.edit("edit") { draft, db in
            let store = TradeStore(db)
            let id = try #require(try store.list(TradeQuery()).first).id
            switch edit {
            case .note, .noteOverAnother: try store.setNotes(id, "patience pays", in: &draft)
            case .tag: _ = try store.addTags(id, ["breakout"], world: world, in: &draft)
            case .stop: try store.annotate(id, ["stop_price": .text("95")], in: &draft)
            case .rating: try store.annotate(id, ["rating": .integer(4)], in: &draft)
            case .image:
                try store.prepareForMembers(id, in: &draft)
                draft.put(
                    Schema.image, Self.image,
                    ["name": .text("chart.png"), "sha256": .bytes([UInt8](repeating: 7, count: 32))])
                draft.add(Schema.tradeImages, to: id, ID<Image>(rawValue: Self.image.rawValue))
            }
        }
    }

    private func stands(_ edit: Edit, _ all: Setting, _ device: AdversarialDevice) async throws -> Bool {
        let trade = try await all.trade(device)
        return try await device.journal.read { db in
            switch edit {
            case .note, .noteOverAnother:
                let hits = try SearchStore(db).search("patience")
                return try TradeStore(db).notes(of: trade.id).map(\.text) == ["patience pays"] && hits.count == 1
            case .tag: return trade.tagged.map(\.name) == ["breakout"]
            case .stop: return trade.stopPrice == Amount(whole: 95)
            case .rating: return trade.rating == 4
            case .image: return try ImageStore(db).images(ofTrade: trade.id).count == 1
            }
        }
    }

    @Test(arguments: Edit.allCases, [true, false])
    func `what was said of a trade that was deleted elsewhere brings it back, listed, and can be settled either way`(
        edit: Edit, alive: Bool
    ) async throws {
        let all = try await Setting()
        if edit == .noteOverAnother {
            try await all.desk.journal.edit("note") { draft, db in
                let store = TradeStore(db)
                try store.setNotes(try #require(try store.list(TradeQuery()).first).id, "the first note", in: &draft)
            }
            try await all.server.settle(all.desk, all.phone)
        }
        try await delete(all.desk)
        try await write(edit, all.phone)
        try await all.server.settle(all.desk, all.phone)
        for device in [all.desk, all.phone] {
            #expect(try await stands(edit, all, device), "\(edit)")
            #expect(try await all.trade(device).fillCount == 2)
            let contests = try await all.contests(device)
            #expect(contests.count == 1 && contests[0].deletions.count == 1 && !contests[0].edits.isEmpty)
        }

        let key = try #require(try await all.contests(all.desk).first).key
        try await all.desk.journal.settle(key, alive: alive)
        try await all.server.settle(all.desk, all.phone)
        for device in [all.desk, all.phone] {
            #expect(try await all.contests(device).isEmpty)
            if alive {
                #expect(try await stands(edit, all, device), "\(edit)")
                #expect(try await device.journal.count("SELECT count(*) FROM fill WHERE aside = 1") == 0)
            } else {
                #expect(try await device.journal.read { try TradeStore($0).list(TradeQuery()) }.isEmpty)
                #expect(try await device.journal.read { try SearchStore($0).search("patience") }.isEmpty)
            }
        }
    }

    @Test func `a trade deleted by both stays deleted, and one deleted with nothing against it too`() async throws {
        let all = try await Setting()
        try await delete(all.desk)
        try await delete(all.phone)
        try await all.server.settle(all.desk, all.phone)
        for device in [all.desk, all.phone] {
            #expect(try await device.journal.count("SELECT count(*) FROM round_trip") == 0)
            #expect(try await device.journal.read { try ConflictStore($0).count() } == 0)
        }
    }

    @Test func `undoing a deletion brings the trade back with all that was said of it`() async throws {
        let all = try await Setting()
        try await write(.note, all.desk)
        try await delete(all.desk)
        let newest = try await all.desk.journal.read { try HistoryStore($0).newest(1) }
        let name = try #require(newest.first).name
        _ = try await all.desk.journal.undo(name)
        try await all.server.settle(all.desk, all.phone)
        #expect(try await stands(.note, all, all.phone))
        #expect(try await all.contests(all.phone).isEmpty)
    }

    @Test(arguments: [true, false])
    func `a note on a trade whose import was undone elsewhere waits for a person`(alive: Bool) async throws {
        let all = try await Setting()
        try await all.desk.journal.edit("undo") { draft in
            for number in 0...1 { draft.delete(Schema.fill, EntityID.numbered(UInt64(100 + number))) }
        }
        try await write(.note, all.phone)
        try await all.server.settle(all.desk, all.phone)
        for device in [all.desk, all.phone] {
            #expect(try await device.journal.count("SELECT count(*) FROM round_trip") == 0)
            let contests = try await all.contests(device)
            #expect(contests.count == 1 && contests[0].deletions.count == 1)
            #expect(contests[0].entity.contains("BTC_USDT"))
            let hits = try await device.journal.read { try SearchStore($0).search("patience") }
            #expect(hits.count == 1)
            guard case .stray(contests[0].key.id, _, _) = hits[0] else { throw Missing() }
            #expect(try await device.journal.read { try ConflictStore($0).count() } == 1)
        }
        let key = try #require(try await all.contests(all.phone).first).key
        try await all.phone.journal.settle(key, alive: alive)
        try await all.server.settle(all.desk, all.phone)
        #expect(try await all.contests(all.desk).isEmpty)
        if alive {
            #expect(try await stands(.note, all, all.desk))
        } else {
            #expect(try await all.desk.journal.count("SELECT count(*) FROM trade WHERE presence = 0") == 0)
        }
    }

    @Test func `fills that were deleted may be imported again, and their note comes along`() async throws {
        let all = try await Setting()
        try await write(.note, all.desk)
        let fills = [Self.fill(0, .buy), Self.fill(1, .sell)]
        try await all.desk.journal.edit("undo") { draft in
            for fill in fills { draft.delete(Schema.fill, fill.id) }
        }
        try await all.server.settle(all.desk, all.phone)
        #expect(try await all.phone.journal.read { try FillStore($0).unknown(fills) }.count == 2)
        try await all.desk.journal.edit("import") { draft in for fill in fills { draft.put(fill) } }
        try await all.server.settle(all.desk, all.phone)
        #expect(try await stands(.note, all, all.phone))
        #expect(try await all.contests(all.phone).isEmpty)
    }

    @Test func `a trade that shares a fill with the next cannot be deleted by itself`() async throws {
        let all = try await Setting()
        try await all.desk.journal.edit("fills") { draft in
            let crossing = Fill(
                id: .numbered(201), account: Self.account, symbol: "ETH_USDT", side: .sell, price: Amount(whole: 1),
                quantity: Amount(whole: 3), fee: .zero, feeCurrency: "", time: Timestamp(milliseconds: 9),
                sequence: 2, externalID: "")
            draft.put(
                Fill(
                    id: .numbered(200), account: Self.account, symbol: "ETH_USDT", side: .buy, price: Amount(whole: 1),
                    quantity: Amount(whole: 1), fee: .zero, feeCurrency: "", time: Timestamp(milliseconds: 8),
                    sequence: 1, externalID: ""))
            draft.put(crossing)
        }
        let trades = try await all.desk.journal.read { try TradeStore($0).list(TradeQuery()) }
            .filter { $0.symbol == "ETH_USDT" }
        #expect(trades.count == 2)
        for trade in trades {
            #expect(
                await failureCode {
                    try await all.desk.journal.edit("delete") { draft, db in
                        _ = try TradeStore(db).delete(trade.id, in: &draft)
                    }
                } == "trade.shares_fill")
        }
    }
}
