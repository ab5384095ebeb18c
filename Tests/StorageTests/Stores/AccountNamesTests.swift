import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Accounts that are renamed and joined, here and on devices that have not heard of it.
@Suite struct AccountNamesTests {
    private func importing(_ device: TestDevice, _ label: String?) async throws -> Account {
        try await device.journal.read {
            try AccountStore($0).forImport(exchange: "binance", environment: .live, label: label)
        }
    }

    /// Imports fills into an account as a device finds it by its name.
    private func add(_ device: TestDevice, to label: String?, _ fills: Fill...) async throws {
        let account = try await importing(device, label)
        try await device.journal.edit("import") { draft, db in
            try AccountStore(db).ensure(account, in: &draft)
            for fill in fills { draft.put(fill.in(account)) }
        }
    }

    private func importFile(_ device: TestDevice, _ text: String, _ label: String) async throws {
        let path = device.directory + "/fills.csv"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let run = ImportRun(
            journal: device.journal, as: "test", isDryRun: false,
            choice: try ImportChoice(exchange: "binance", account: label), rowsMax: .max)
        let report = try await run.run(try ImportSource("fills.csv", at: path), inTurns: nil) { _, _ in }
        #expect(report.newCount == 2)
    }

    private func rename(_ device: TestDevice, _ from: String, _ to: String) async throws {
        try await device.journal.edit("rename") { draft, db in
            try AccountStore(db).rename(try AccountStore(db).require(from), to: to, in: &draft)
        }
    }

    private func merge(_ device: TestDevice, _ from: String, _ into: String) async throws {
        try await device.journal.edit("merge") { draft, db in
            let store = AccountStore(db)
            try store.merge(try store.require(from), into: try store.require(into), in: &draft)
        }
    }

    private func accounts(_ device: TestDevice) async throws -> [Account] {
        try await device.journal.read { try AccountStore($0).list() }
    }

    @Test func `a renamed account keeps its id, its trades and their notes, and answers to both names`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell, price: "110"))
        let before = try await desk.onlyTrade()
        try await desk.note(before.id, "Mine.")
        try await rename(desk, "main", "Binance 2026")
        let after = try await desk.onlyTrade()
        #expect(after.id == before.id)
        #expect(after.account == TestDevice.account.id)
        #expect(after.accountLabel == "Binance 2026")
        #expect(try await desk.detail(after.id).notes == ["Mine."])
        let listed = try await accounts(desk)
        #expect(listed.map(\.name) == ["binance/Binance 2026"])
        for text in ["main", "binance/main", "binance 2026", "binance", "Binance/Binance 2026"] {
            #expect(try await desk.journal.read { try AccountStore($0).matching(text) } == listed, "\(text)")
        }
        for label in ["main", "Binance 2026", nil] {
            #expect(try await importing(desk, label).id == TestDevice.account.id, "\(label ?? "-")")
        }
        #expect(try await desk.journal.read { try JournalSummary($0).accountCount } == 1)
    }

    @Test func `a device that imports offline under the new name writes into the same account`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        try await desk.add(TestDevice.fill(1, .buy))
        try await rename(desk, "main", "spot")
        // The phone has never heard of either name.
        try await add(phone, to: "spot", TestDevice.fill(2, .sell, price: "110"))
        #expect(try await phone.onlyTrade().account != TestDevice.account.id)
        try await server.sync(desk, phone)
        for device in [desk, phone] {
            let trade = try await device.onlyTrade()
            #expect(trade.account == TestDevice.account.id)
            #expect(trade.gross == Amount(whole: 10))
            #expect(!trade.isOpen)
            #expect(try await device.detail(trade.id).fills.count == 2)
            #expect(try await accounts(device).map(\.name) == ["binance/spot"])
        }
    }

    @Test func `a file that two devices import under two names of one account counts once`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        let file = """
            time,symbol,side,price,quantity,fee,fee_currency,id
            2026-11-01T00:01:00Z,BTC_USDT,buy,100,1,0.1,USDT,1
            2026-11-01T00:07:30Z,BTC_USDT,sell,110,1,0.1,USDT,2
            """
        try await importFile(desk, file, "main")
        try await rename(desk, "main", "spot")
        try await importFile(phone, file, "spot")
        try await server.sync(desk, phone)
        for device in [desk, phone] {
            #expect(try await device.onlyTrade().account == TestDevice.account.id)
            #expect(try await device.onlyTrade().gross == Amount(whole: 10))
        }
        #expect(
            JournalDump.difference(
                try await JournalDump.shared(desk.journal), try await JournalDump.shared(phone.journal)) == "")
    }

    @Test func `joined accounts have one book, and are apart again when it is undone`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        try await add(desk, to: "other", TestDevice.fill(2, .sell, price: "120"))
        let separate = try await desk.trades()
        let bought = try #require(separate.last)
        try await desk.note(bought.id, "Mine.")
        let manual = try await desk.addTrade("AAPL", exit: "101")
        try await desk.journal.edit("book") { draft, db in
            var fields = TradeFields()
            fields.account = try AccountStore(db).require("other").id
            try TradeStore(db).edit(manual, fields, in: &draft)
        }
        #expect(try await desk.trades().count == 3)
        try await merge(desk, "other", "main")
        let undone = try await desk.lastCommit()
        let joined = try await desk.trades()
        let trade = try #require(joined.first { $0.isDerived })
        #expect(joined.count == 2)
        #expect(trade.gross == Amount(whole: 20))
        #expect(try await desk.detail(trade.id).notes == ["Mine."])
        for trade in try await desk.trades() { #expect(trade.accountLabel == "main") }
        let (other, main) = (try await importing(desk, "other"), TestDevice.account)
        #expect(other.id == main.id)
        var query = TradeQuery()
        query.accounts = try await desk.journal.read { try AccountStore($0).named("other") }
        #expect(try await desk.trades(query).count == 2)
        try await desk.journal.edit("undo") { draft, db in _ = try draft.undo(undone, db) }
        #expect(try await desk.trades().count == 3)
        #expect(try await accounts(desk).map(\.label) == ["main", "other"])
        #expect(try await desk.journal.verify(nil).findings.isEmpty)
    }

    @Test func `joins that cross make one account, the same one everywhere`() async throws {
        let (desk, phone, server) = (
            try await TestDevice("Desk"), try await TestDevice("Phone"), try await TestServer()
        )
        try await desk.add(TestDevice.fill(1, .buy))
        try await add(desk, to: "other", TestDevice.fill(2, .sell, price: "110"))
        try await server.sync(desk, phone)
        try await merge(desk, "main", "other")
        try await merge(phone, "other", "main")
        try await server.sync(desk, phone)
        let lowest = min(
            TestDevice.account.id, Account.named(exchange: "binance", environment: .live, label: "other").id)
        for device in [desk, phone] {
            #expect(try await device.onlyTrade().account == lowest)
            #expect(try await accounts(device).map(\.id) == [lowest])
        }
        #expect(
            JournalDump.difference(
                try await JournalDump.shared(desk.journal), try await JournalDump.shared(phone.journal))
                == "")
    }

    @Test func `a name that one account has now is not the one that another had before`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        try await add(desk, to: "second", TestDevice.fill(2, .buy))
        let second = try await importing(desk, "second")
        try await rename(desk, "main", "old")
        try await rename(desk, "second", "main")
        #expect(try await importing(desk, "main").id == second.id)
        #expect(try await importing(desk, "second").id == second.id)
        #expect(try await importing(desk, "old").id == TestDevice.account.id)
        #expect(try await desk.trades().count == 2)
        #expect(await failureCode { try await rename(desk, "main", "OLD") } == "account.name_taken")
    }

    @Test func `an account that is deleted on the way ends the chain of names`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        try await add(desk, to: "other", TestDevice.fill(2, .sell))
        try await merge(desk, "main", "other")
        #expect(try await desk.trades().count == 1)
        let other = Account.named(exchange: "binance", environment: .live, label: "other")
        _ = try await desk.delete(Schema.account, other.id.cast())
        #expect(try await desk.trades().count == 2)
        #expect(try await accounts(desk).map(\.label) == ["main"])
    }

    @Test func `real and pretended money stay apart`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        try await desk.journal.edit("paper") { draft, db in
            try AccountStore(db).ensure(
                .named(exchange: "binance", environment: .paper, label: "paper"), in: &draft)
        }
        #expect(await failureCode { try await merge(desk, "paper", "main") } == "account.other_environment")
        #expect(await failureCode { try await merge(desk, "main", "main") } == "account.same")
        for name in ["", "  ", "a\nb", String(repeating: "x", count: 101)] {
            #expect(await failureCode { try await rename(desk, "main", name) } == "account.bad_label", "\(name)")
        }
    }
}

extension Fill {
    /// The same fill in another account.
    fileprivate func `in`(_ account: Account) -> Fill {
        Fill(
            id: id, account: account.id, symbol: symbol, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: feeCurrency, time: time, sequence: sequence, externalID: externalID)
    }
}
