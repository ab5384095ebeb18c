import Foundation
import Journal
import Primitives
import Testing
import TestSupport

struct StatisticsTests {
    static let zones = [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe",
    ]

    @Test(arguments: StatisticsFixture.names, zones)
    func `days, weeks, months and symbols each add up to the overview`(name: String, zone: String) throws {
        let fixture = try StatisticsFixture(name)
        for shift in [0, 240, -420] {
            let calendar = TradingCalendar(zone: try #require(TimeZone(identifier: zone)), startOfDayMinutes: shift)
            let closed = ClosedTrades(fixture.trades, in: calendar)
            let overview = try Overview(of: closed)
            for dimension in Breakdown.Dimension.allCases where dimension != .tag {
                var total = Tally()
                for row in try Breakdown(of: closed, by: dimension).rows { try total.add(row.tally) }
                #expect(total.net == overview.tally.net)
                #expect(total.gross == overview.tally.gross)
                #expect(total.fees == overview.tally.fees)
                #expect(total.count == overview.tally.count)
                #expect(total.rTrades == overview.tally.rTrades)
            }
            #expect(try overview.days.days.reduce(Amount.zero) { try $0 + $1.net } == overview.tally.net)
            #expect(try overview.tally.gross - overview.tally.fees == overview.tally.net)
            #expect(try overview.tally.grossProfit + overview.tally.grossLoss == overview.tally.net)
        }
    }

    @Test(arguments: StatisticsFixture.names)
    func `the curve ends at the net, in points and in candles, and no candle hides the drawdown`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        let net = try Tally(of: fixture.trades).net
        let drawdown = try Overview(of: fixture.closed).drawdown?.amount
        for pointsMax in [1, 3, 12, 2000] {
            switch try EquityCurve(of: fixture.closed, pointsMax: pointsMax) {
            case .points(let points):
                #expect(points.last?.cumulativeNet ?? .zero == net)
                #expect(points.count == fixture.trades.count)
            case .candles(let candles, _):
                #expect(candles.count <= pointsMax)
                #expect(candles.last?.close == net)
                #expect(candles.reduce(0) { $0 + $1.count } == fixture.trades.count)
                for (before, after) in zip(candles, candles.dropFirst()) { #expect(after.open == before.close) }
                #expect(try candles.map { try $0.deepest.peak - $0.deepest.net }.max() == drawdown)
            }
        }
    }

    @Test(arguments: StatisticsFixture.names)
    func `the order of the rows does not matter`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        var dice = Dice(seed: 5)
        let expected = fixture.closed.ids
        for _ in 0..<5 {
            #expect(ClosedTrades(fixture.trades.shuffled(using: &dice), in: fixture.calendar).ids == expected)
        }
    }

    @Test func `without trades everything is nothing`() throws {
        let closed = ClosedTrades([], in: TradingCalendar(zone: .gmt))
        let overview = try Overview(of: closed, startBalance: "1000")
        #expect(overview.tally == Tally())
        #expect(overview.tally.winRate == nil && overview.tally.expectancy == nil && overview.tally.kelly == nil)
        #expect(overview.quantiles == nil && overview.durations == nil && overview.drawdown == nil)
        #expect(overview.returns == nil && overview.recoveryFactor == nil && overview.calmar == nil)
        #expect(overview.days.best == nil && overview.days.calendarDays == 0)
        #expect(try RollingWindow.windows(of: closed).isEmpty)
        #expect(try EquityCurve(of: closed) == .points([]))
    }

    @Test func `a stop counts as risk only on the losing side`() {
        #expect(TradeFacts.initialRisk(.long, entry: "100", firstStop: "90", quantity: "3") == "30")
        #expect(TradeFacts.initialRisk(.short, entry: "100", firstStop: "110", quantity: "3") == "30")
        #expect(TradeFacts.initialRisk(.long, entry: "100", firstStop: "100", quantity: "3") == nil)
        #expect(TradeFacts.initialRisk(.long, entry: "100", firstStop: "101", quantity: "3") == nil)
        #expect(TradeFacts.initialRisk(.short, entry: "100", firstStop: "99", quantity: "3") == nil)
        let smallest: Amount = "0.000000000000000001"
        #expect(TradeFacts.initialRisk(.short, entry: "100", firstStop: "100.1", quantity: smallest) == nil)
        #expect(TradeFacts.initialRisk(.short, entry: "1", firstStop: .inputMax, quantity: .inputMax) == nil)
    }

    @Test func `an open trip and an uncertain one are no trades yet`() throws {
        let open = try RoundTrip.derive(from: [.sample(1, .buy, "1", at: "100")])
        let uncertain = try RoundTrip.derive(from: [
            .sample(1, .buy, .inputMax, at: .inputMax), .sample(2, .sell, .inputMax, at: .inputMax),
        ])
        #expect((open + uncertain).map { TradeFacts($0, id: $0.anchor.cast()) == nil } == [true, true])
    }

    @Test func `before fees a fee no longer makes a loss`() throws {
        let trade = TradeFacts.sample(1, net: "-1", fees: "1")
        #expect(trade.outcome == .loss)
        #expect(trade.beforeFees.outcome == .breakeven)
    }

    @Test func `the rows beyond the first become one`() throws {
        let trades = (1...5).map { TradeFacts.sample(UInt128($0), net: Amount(whole: Int64($0)), symbol: "S\($0)") }
        let breakdown = try Breakdown(of: ClosedTrades(trades, in: TradingCalendar(zone: .gmt)), by: .symbol)
        let folded = try breakdown.folded(toFirst: 2)
        #expect(folded.rows.map(\.key) == [.symbol("S5"), .symbol("S4"), .other])
        #expect(folded.rows.last?.tally.net == "6")
        #expect(try breakdown.folded(toFirst: 5).rows == breakdown.rows)
    }

    @Test func `a trade with two tags is in both rows, and one without is in its own`() throws {
        let trades = [
            TradeFacts.sample(1, net: "1", tags: ["a", "b"]), .sample(2, net: "2", tags: ["b"]), .sample(3, net: "4"),
        ]
        let rows = try Breakdown(of: ClosedTrades(trades, in: TradingCalendar(zone: .gmt)), by: .tag).rows
        #expect(rows.map(\.key) == [.untagged, .tag("b"), .tag("a")])
        #expect(rows.map(\.tally.net) == ["4", "3", "1"])
    }

    @Test func `filters narrow by kind and widen within a kind`() throws {
        let trades = [
            TradeFacts.sample(1, net: "1", symbol: "A", tags: ["x"]), .sample(2, net: "2", symbol: "B", tags: ["x"]),
            .sample(3, net: "4", symbol: "C", tags: ["x", "y"]), .sample(4, net: "-8", symbol: "A", tags: ["y"]),
        ]
        let closed = ClosedTrades(trades, in: TradingCalendar(zone: .gmt))
        func kept(_ change: (inout TradeFilter) -> Void) -> [UInt128] {
            var filter = TradeFilter()
            change(&filter)
            return closed.filtered(by: filter).ids.map(\.rawValue)
        }
        #expect(kept { _ in } == [1, 2, 3, 4])
        #expect(kept { $0.symbols = ["A", "B"] } == [1, 2, 4])
        #expect(kept { $0.tags = ["x", "y"] } == [1, 2, 3, 4])
        #expect(kept { ($0.symbols, $0.tags) = (["A", "C"], ["y"]) } == [3, 4])
        #expect(kept { ($0.symbols, $0.outcomes) = (["A"], [.win]) } == [1])
        #expect(kept { $0.firstDay = CivilDay(year: 1970, month: 1, day: 2) } == [])
        #expect(kept { $0.lastDay = CivilDay(year: 1970, month: 1, day: 1) } == [1, 2, 3, 4])
    }

    @Test func `the grid of entries holds every trade once`() throws {
        let fixture = try StatisticsFixture("mixed_berlin")
        let grid = try TimeDistribution(of: fixture.closed)
        #expect(grid.cells.reduce(0) { $0 + $1.count } == fixture.trades.count)
        let rows = try Breakdown(of: fixture.closed, by: .weekday).rows
        #expect(rows.count > 1)
        for row in rows {
            guard case .weekday(let weekday) = row.key else {
                Issue.record("\(row.key) is no weekday")
                continue
            }
            #expect((0..<24).reduce(0) { $0 + (grid.cell(weekday: weekday, hour: $1)?.count ?? 0) } == row.tally.count)
        }
        #expect(grid.cell(weekday: 7, hour: 0) == nil && grid.cell(weekday: 0, hour: 24) == nil)
    }

    @Test func `sums beyond any amount are an error, not a number`() {
        let trades = [TradeFacts.sample(1, net: Amount(units: .max)), .sample(2, net: Amount(units: .max))]
        #expect(throws: Failure.amountOutOfRange) {
            try Overview(of: ClosedTrades(trades, in: TradingCalendar(zone: .gmt)), startBalance: "1")
        }
    }

    @Test func `the most extreme trade breaks nothing`() throws {
        let most = Amount(units: .max)
        for (first, last) in [(Int64.min, Int64.max), (.max, .min)] {
            let trades = [
                TradeFacts.sample(1, net: most, opened: first, closed: last, risk: Amount(units: 1)),
                .sample(2, net: -most, opened: last, closed: first, risk: most),
            ]
            let closed = ClosedTrades(trades, in: TradingCalendar(zone: .gmt, startOfDayMinutes: .max))
            for start in [nil, Amount.zero, "-1", Amount(units: 1)] {
                do {
                    _ = try Overview(of: closed, startBalance: start)
                } catch {
                    #expect(error == .amountOutOfRange)
                }
            }
            for dimension in Breakdown.Dimension.allCases { _ = try Breakdown(of: closed, by: dimension) }
            for unit in ReturnDistribution.Unit.allCases { _ = ReturnDistribution(of: closed, in: unit) }
            _ = try EquityCurve(of: closed, pointsMax: 1)
        }
    }
}

extension TradeFacts {
    fileprivate static func sample(
        _ id: UInt128, net: Amount, fees: Amount = .zero, symbol: String = "BTC_USDT", opened: Int64 = 0,
        closed: Int64 = 0, risk: Amount? = nil, tags: [String] = []
    ) -> TradeFacts {
        let gross = (try? net + fees) ?? net
        return TradeFacts(
            id: ID(rawValue: id), account: ID(rawValue: 1), symbol: symbol, direction: .long,
            openedAt: Timestamp(milliseconds: opened), closedAt: Timestamp(milliseconds: closed), gross: gross,
            fees: fees, net: net, risk: risk, tags: tags)
    }
}
