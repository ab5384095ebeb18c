import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct TradeStoreTests {
    @Test func `what is said of a derived trade hangs on the fill that opened it`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell, price: "110"))
        let trade = try await desk.onlyTrade()
        #expect(trade.id == .trade(anchoredOn: .numbered(1)))
        try await desk.note(trade.id, "Patience paid.")
        try await desk.tag(trade.id, "swing")
        try await desk.write { try $0.annotate(trade.id, ["rating": .integer(4)], in: &$1) }
        let detail = try await desk.detail(trade.id)
        #expect(detail.notes == ["Patience paid."])
        #expect(detail.summary.tags == ["swing"])
        #expect(detail.summary.rating == 4)
        #expect(detail.summary.net == Amount(whole: 10))
    }

    @Test func `a fill that comes late and opens earlier takes the notes along`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(5, .buy), TestDevice.fill(6, .sell))
        let before = try await desk.onlyTrade()
        try await desk.note(before.id, "Mine.")
        try await desk.add(TestDevice.fill(4, .buy))
        let after = try await desk.onlyTrade()
        #expect(after.id == before.id)
        #expect(after.firstFill == .numbered(4))
        #expect(try await desk.detail(after.id).notes == ["Mine."])
    }

    @Test func `two trades that become one show the notes and the tags of both`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(
            TestDevice.fill(2, .buy), TestDevice.fill(3, .sell), TestDevice.fill(4, .buy), TestDevice.fill(5, .sell))
        let (second, first) = (try await desk.trades()[0].id, try await desk.trades()[1].id)
        try await desk.note(first, "First.")
        try await desk.note(second, "Second.")
        try await desk.tag(first, "swing")
        try await desk.tag(second, "news", "swing")
        try await desk.add(TestDevice.fill(1, .buy))
        let trade = try await desk.onlyTrade()
        let detail = try await desk.detail(trade.id)
        #expect(Set(detail.notes) == ["First.", "Second."])
        #expect(trade.tags == ["news", "swing"])
        try await desk.write { try $0.removeTags(trade.id, ["SWING"], in: &$1) }
        #expect(try await desk.onlyTrade().tags == ["news"])
        try await desk.note(trade.id, "One.")
        #expect(try await desk.detail(trade.id).notes == ["One."])
    }

    @Test func `a deleted annotation does not speak again when the trade is noted anew`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell))
        let id = try await desk.onlyTrade().id
        try await desk.note(id, "Old.")
        try await desk.tag(id, "old")
        try await desk.write { try $0.annotate(id, ["rating": .integer(2)], in: &$1) }
        _ = try await desk.delete(Schema.trade, id.cast())
        #expect(try await desk.onlyTrade().tags == [])
        #expect(try await desk.onlyTrade().rating == nil)
        try await desk.write { try $0.appendNotes(id, "New.", in: &$1) }
        let trade = try await desk.onlyTrade()
        #expect(trade.tags == [])
        #expect(trade.rating == nil)
        #expect(try await desk.detail(id).notes == ["New."])
    }

    @Test func `a derived trade that is deleted sets its fills aside, and importing them again does not bring it back`()
        async throws
    {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell))
        let id = try await desk.onlyTrade().id
        try await desk.note(id, "Not mine.")
        let aside = try await desk.journal.edit("delete") { draft, db in try TradeStore(db).delete(id, in: &draft) }
        #expect(aside == 2)
        try await desk.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell))
        #expect(try await desk.trades().isEmpty)
    }

    @Test func `a fill that closes one trade and opens the next is told in its two parts`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(
            TestDevice.fill(1, .buy, "2"), TestDevice.fill(2, .sell, "5"), TestDevice.fill(3, .buy, "3"))
        let (short, long) = (try await desk.trades()[0], try await desk.trades()[1])
        #expect(try await desk.detail(long.id).fills.map(\.quantity.description) == ["2", "2"])
        #expect(try await desk.detail(short.id).fills.map(\.quantity.description) == ["3", "3"])
        #expect(try await desk.detail(short.id).fills.map(\.role) == [.opening, .closing])
        #expect(long.isReversed)
    }

    @Test func `facts of a derived trade cannot be edited, what is said of it can`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        let id = try await desk.onlyTrade().id
        var facts = TradeFields()
        facts.exitPrice = Amount(whole: 3)
        let wrong = facts
        #expect(await failureCode { try await desk.write { try $0.edit(id, wrong, in: &$1) } } == "trade.derived")
        var said = TradeFields()
        said.stopPrice = Amount(whole: 90)
        let right = said
        try await desk.write { try $0.edit(id, right, in: &$1) }
        #expect(try await desk.onlyTrade().risk == Amount(whole: 10))
    }

    @Test(arguments: [
        ("0", "1", "trade.bad_quantity"), ("1", "-5", "trade.bad_price"), ("-1", "5", "trade.bad_quantity"),
    ])
    func `what cannot be is refused`(quantity: String, price: String, code: String) async throws {
        let desk = try await TestDevice("Desk")
        var fields = TradeFields()
        fields.symbol = "AAPL"
        fields.direction = .long
        fields.quantity = Amount(quantity)
        fields.entryPrice = Amount(price)
        fields.openedAt = Timestamp(milliseconds: 0)
        let given = fields
        #expect(await failureCode { try await desk.write { try $0.add(.numbered(1), given, in: &$1) } } == code)
        #expect(try await desk.trades().isEmpty)
    }

    @Test func `a trade cannot be closed before it is opened, nor without a price`() async throws {
        let desk = try await TestDevice("Desk")
        let id = try await desk.addTrade()
        for change in [
            { (fields: inout TradeFields) in fields.closedAt = Timestamp(milliseconds: 1_777_000_100_000) },
            { (fields: inout TradeFields) in fields.exitPrice = Amount(whole: 1) },
            { (fields: inout TradeFields) in
                fields.exitPrice = Amount(whole: 1)
                fields.closedAt = Timestamp(milliseconds: 0)
            },
        ] {
            var fields = TradeFields()
            change(&fields)
            let given = fields
            #expect(await failureCode { try await desk.write { try $0.edit(id, given, in: &$1) } } == "trade.bad_times")
        }
    }

    @Test func `a list is filtered, sorted and cut`() async throws {
        let desk = try await TestDevice("Desk")
        let loser = try await desk.addTrade("AAPL", exit: "90", openedMinute: 0)
        let winner = try await desk.addTrade("MSFT", exit: "1000", openedMinute: 10)
        let open = try await desk.addTrade("AAPL", openedMinute: 20)
        try await desk.tag(loser, "late")
        try await desk.add(TestDevice.fill(30, .buy))
        #expect(try await desk.trades().map(\.symbol) == ["BTC_USDT", "AAPL", "MSFT", "AAPL"])
        var query = TradeQuery()
        query.symbols = ["AAPL"]
        #expect(try await desk.trades(query).map(\.id) == [open, loser])
        query.isOpen = false
        #expect(try await desk.trades(query).map(\.id) == [loser])
        query = TradeQuery()
        query.order = .net
        query.isOpen = false
        #expect(try await desk.trades(query).map(\.id) == [winner, loser])
        query = TradeQuery()
        query.tags = [Journal.Tag.id(named: "Late")]
        #expect(try await desk.trades(query).map(\.id) == [loser])
        query = TradeQuery()
        query.accounts = [TestDevice.account.id]
        #expect(try await desk.trades(query).map(\.symbol) == ["BTC_USDT"])
        query = TradeQuery()
        query.openedFrom = Timestamp(milliseconds: 1_777_000_000_000 + 600_000)
        query.openedBefore = Timestamp(milliseconds: 1_777_000_000_000 + 1_200_000)
        #expect(try await desk.trades(query).map(\.id) == [winner])
        let asked = query
        let count = try await desk.journal.read { try TradeStore($0).count(asked) }
        #expect(count == 1)
    }

    @Test func `the tags of a long list are those of each trade`() async throws {
        let desk = try await TestDevice("Desk")
        var fills: [Fill] = []
        for number in stride(from: UInt64(1), to: 601, by: 2) {
            fills += [TestDevice.fill(number, .buy), TestDevice.fill(number + 1, .sell)]
        }
        let all = fills
        try await desk.journal.edit("import") { draft, db in
            try AccountStore(db).ensure(TestDevice.account, in: &draft)
            for fill in all { draft.put(fill) }
        }
        var query = TradeQuery()
        query.limit = 1000
        let id = try await desk.trades(query)[150].id
        try await desk.tag(id, "b", "A")
        let trades = try await desk.trades(query)
        #expect(trades.count == 300)
        #expect(trades.filter { !$0.tags.isEmpty }.map(\.id) == [id])
        #expect(trades.first { $0.id == id }?.tags == ["A", "b"])
    }

    @Test func `edits of one field on two devices are shown as contested on both until they are settled`() async throws
    {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        let id = try await desk.addTrade(exit: "120")
        try await server.sync(desk, laptop)
        try await desk.write { try $0.annotate(id, ["rating": .integer(1)], in: &$1) }
        try await laptop.write { try $0.annotate(id, ["rating": .integer(5)], in: &$1) }
        try await server.sync(desk, laptop)
        #expect(try await desk.onlyTrade().isContested)
        #expect(try await desk.onlyTrade() == laptop.onlyTrade())
        try await desk.write { try $0.annotate(id, ["rating": .integer(3)], in: &$1) }
        try await server.sync(desk, laptop)
        #expect(try await laptop.onlyTrade().rating == 3)
        #expect(try await !laptop.onlyTrade().isContested)
    }

    @Test func `two devices that annotate one derived trade offline annotate the same thing`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        for device in [desk, laptop] { try await device.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell)) }
        let id = try await desk.onlyTrade().id
        try await desk.note(id, "From the desk.")
        try await desk.tag(id, "swing")
        try await laptop.write { try $0.annotate(id, ["rating": .integer(5)], in: &$1) }
        try await laptop.tag(id, "Swing", "news")
        try await server.sync(desk, laptop)
        let trade = try await desk.onlyTrade()
        #expect(try await trade == laptop.onlyTrade())
        #expect(trade.id == id)
        #expect(trade.rating == 5)
        #expect(trade.tags.map { $0.lowercased() } == ["news", "swing"])
        #expect(try await desk.detail(id).notes == ["From the desk."])
    }
}
