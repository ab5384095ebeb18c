import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct AccountStoreTests {
    private func forImport(_ device: TestDevice, _ label: String?, exchange: String = "binance") async throws -> Account
    {
        try await device.journal.read { db in
            try AccountStore(db).forImport(exchange: exchange, environment: .live, label: label)
        }
    }

    private func ensure(_ device: TestDevice, _ account: Account) async throws {
        try await device.journal.edit("add") { draft, db in try AccountStore(db).ensure(account, in: &draft) }
    }

    @Test func `an import without a name goes into the one account there is`() async throws {
        let desk = try await TestDevice("Desk")
        #expect(try await forImport(desk, nil).label == "main")
        let named = try await forImport(desk, "futures")
        try await ensure(desk, named)
        #expect(try await forImport(desk, nil) == named)
        #expect(try await forImport(desk, nil, exchange: "bybit").label == "main")
        try await ensure(desk, try await forImport(desk, "spot"))
        #expect(await failureCode { _ = try await forImport(desk, nil) } == "account.which")
    }

    @Test func `fifo and average differ while a position is partly open`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(
            TestDevice.fill(1, .buy, price: "100"), TestDevice.fill(2, .buy, price: "200"),
            TestDevice.fill(3, .sell, price: "200"))
        #expect(try await desk.onlyTrade().gross == Amount(whole: 50))
        try await desk.journal.edit("fifo") { draft, db in
            var fields = AccountFields()
            fields.costBasis = .fifo
            try AccountStore(db).set(fields, of: TestDevice.account, in: &draft)
        }
        #expect(try await desk.onlyTrade().gross == Amount(whole: 100))
    }

    @Test func `an account is meant by label, exchange or both`() async throws {
        let desk = try await TestDevice("Desk")
        try await ensure(desk, TestDevice.account)
        for text in ["main", "Binance", "binance/MAIN"] {
            #expect(try await desk.journal.read { try AccountStore($0).matching(text) } == [TestDevice.account])
        }
        let code = await failureCode { _ = try await desk.journal.read { try AccountStore($0).matching("kraken") } }
        #expect(code == "account.not_found")
    }
}
