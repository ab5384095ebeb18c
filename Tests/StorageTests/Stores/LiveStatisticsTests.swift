import Foundation
import Journal
import Primitives
import Storage
import Sync
import TestSupport
import Testing

/// Figures that are kept in memory, after whatever happened to the journal, against figures of the same trades read afresh.
@Suite struct LiveStatisticsTests {
    private static let bases = [
        StatisticsBasis(zone: .gmt), StatisticsBasis(zone: TimeZone(identifier: "America/New_York") ?? .gmt),
        StatisticsBasis(zone: .gmt, startOfDayMinutes: 240, isGross: true),
    ]

    private static let refusals: Set<String> = [
        "trade.not_tagged", "tag.not_found", "tag.exists", "undo.nothing_left", "commit.forgotten", "trade.shares_fill",
    ]

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `what is kept in step agrees with what is read afresh, after any edits, imports, merges and undos`(
        seed: UInt64
    ) async throws {
        var dice = Dice(seed: seed)
        let (desk, phone) = (try await TestDevice("Desk"), try await TestDevice("Phone"))
        let server = try await TestServer()
        var fills: UInt64 = 0
        var outcomes: [String?] = []
        for step in 0..<120 {
            let device = Bool.random(using: &dice) ? desk : phone
            let trades = try await device.journal.read { db in
                try TradeStore(db).list(TradeQuery()).map(\.id).sorted()
            }
            let chosen = trades.randomElement(using: &dice)
            switch (Int.random(in: 0..<14, using: &dice), chosen) {
            case (0...1, _):
                fills += 1
                try await device.add(
                    TestDevice.fill(
                        fills, Bool.random(using: &dice) ? .buy : .sell, "\(Int.random(in: 1...3, using: &dice))",
                        price: "\(Int.random(in: 90...110, using: &dice))",
                        minute: Int64.random(in: 0..<4000, using: &dice)))
            case (2...3, _):
                _ = try await device.addTrade(
                    ["BTC_USDT", "ETH_USDT", "ETH_BTC"].randomElement(using: &dice) ?? "",
                    exit: ["90", "110", nil]
                        .randomElement(using: &dice) ?? nil)
            case (4, let trade?): try await device.tag(trade, ["late", "fomo"].randomElement(using: &dice) ?? "")
            case (5, let trade?):
                outcomes.append(
                    await failureCode {
                        try await device.journal.edit("untag") { draft, db in
                            try TradeStore(db).removeTags(trade, ["late"], in: &draft)
                        }
                    })
            case (6, let trade?):
                try await device.journal.edit("plan") { draft, db in
                    var fields = TradeFields()
                    fields.stopPrice = Amount(whole: 80)
                    fields.setup = "range"
                    try TradeStore(db).edit(trade, fields, in: &draft)
                }
            case (7, let trade?):
                outcomes.append(
                    await failureCode {
                        _ = try await device.journal.edit("delete") { draft, db in
                            _ = try TradeStore(db).delete(trade, in: &draft)
                        }
                    })
            case (8, _):
                outcomes.append(
                    await failureCode {
                        _ = try await device.journal.edit("rename") { draft, db in
                            try TagStore(db).rename("late", to: "tardy", in: &draft)
                        }
                    })
            case (9, _):
                outcomes.append(
                    await failureCode {
                        _ = try await device.journal.edit("delete") { draft, db in
                            try TagStore(db).delete("fomo", in: &draft)
                        }
                    })
            case (10, _):
                let commits = try await device.journal.read { try HistoryStore($0).newest(8).map(\.name) }
                if let commit = commits.randomElement(using: &dice) {
                    outcomes.append(await failureCode { _ = try await device.journal.undo(commit) })
                }
            case (11...12, _): try await server.sync(desk, phone)
            default: break
            }
            if step % 3 == 0 { try await Self.compare(device, "seed \(seed), step \(step)") }
        }
        // What was not there to be changed was refused; the rest was done.
        #expect(Set(outcomes.compactMap(\.self)).subtracting(Self.refusals) == [], "seed \(seed)")
        #expect(outcomes.contains(nil), "seed \(seed)")
        try await server.sync(desk, phone)
        for device in [desk, phone] { try await Self.compare(device, "seed \(seed), at the end") }
    }

    @Test func `what another process writes is seen at once`() async throws {
        let desk = try await TestDevice("Desk")
        _ = try await desk.addTrade("BTC_USDT", exit: "110")
        try await Self.compare(desk, "before")
        let other = try await JournalFile.open(in: desk.directory, world: desk.world)
        try await other.edit("by another process") { draft, db in
            var fields = TradeFields()
            (fields.symbol, fields.direction, fields.quantity) = ("BTC_USDT", .long, Amount(whole: 2))
            (fields.entryPrice, fields.exitPrice) = (Amount(whole: 100), Amount(whole: 50))
            (fields.openedAt, fields.closedAt) = (Timestamp(milliseconds: 0), Timestamp(milliseconds: 1))
            try TradeStore(db).add(ID(rawValue: 99), fields, in: &draft)
        }
        try await Self.compare(desk, "after")
    }

    @Test func `a write changes the revision, and no two journals ever share one`() async throws {
        let (desk, phone) = (try await TestDevice("Desk"), try await TestDevice("Phone"))
        let before = desk.journal.figures.revision
        _ = try await desk.addTrade("BTC_USDT")
        let after = desk.journal.figures.revision
        #expect(before != after && Set([before, after, phone.journal.figures.revision]).count == 3)
        let failed = await failureCode {
            try await desk.journal.edit("fail") { (_: inout Draft) in throw Failure.wanted }
        }
        #expect(failed == "test")
        _ = try await desk.journal.read { try TradeStore($0).count(TradeQuery()) }
        #expect(desk.journal.figures.revision == after)
    }

    private static func compare(_ device: TestDevice, _ place: String) async throws {
        let populations = try await device.journal.read { try StatisticsStore($0).populations() }
        for basis in bases {
            for population in populations {
                let facts = basis.isGross ? population.closed.map(\.beforeFees) : population.closed
                let fresh = ClosedTrades(
                    facts, in: TradingCalendar(zone: basis.zone, startOfDayMinutes: basis.startOfDayMinutes))
                let quote = population.quote
                let (kept, left) = try await device.journal.statistics(basis, startBalance: Amount(whole: 1000)) {
                    book, _ in
                    (book.closed(in: quote), book.leftOut(in: quote))
                }
                #expect(try page(kept) == page(fresh), "\(place), \(quote)")
                #expect(left == population.left, "\(place), \(quote)")
            }
            let quotes = try await device.journal.statistics(basis, startBalance: nil) { book, _ in book.quotes }
            #expect(quotes.map(\.quote) == populations.filter { !$0.closed.isEmpty }.map(\.quote), "\(place)")
        }
    }

    private static func page(_ closed: ClosedTrades) throws -> [String] {
        [String(describing: try Overview(of: closed, startBalance: Amount(whole: 1000)))]
            + (try Breakdown.Dimension.allCases.map { String(describing: try Breakdown(of: closed, by: $0).rows) })
            + [String(describing: try EquityCurve(of: closed)), closed.ids.description]
    }
}

extension Failure {
    fileprivate static let wanted = Failure(.invalid, "test", "A test.")
}
