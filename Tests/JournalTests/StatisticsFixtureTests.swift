import Journal
import Primitives
import Testing

/// Money agrees with Python to the digit, ratios to twelve.
struct StatisticsFixtureTests {
    @Test(arguments: StatisticsFixture.names)
    func `the overview agrees with an independent computation`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        let overview = try Overview(of: fixture.closed, startBalance: fixture.startBalance)
        #expect(JSONTree(overview).differences(from: fixture.expected["overview"]) == [])
    }

    @Test(arguments: StatisticsFixture.names, Breakdown.Dimension.allCases.filter { $0 != .setup })
    func `every breakdown agrees, in its order`(name: String, dimension: Breakdown.Dimension) throws {
        let fixture = try StatisticsFixture(name)
        let rows = try Breakdown(of: fixture.closed, by: dimension).rows
        let tree = JSONTree.list(rows.map(JSONTree.init))
        #expect(tree.differences(from: fixture.expected["breakdowns"][dimension.rawValue]) == [])
    }

    @Test(arguments: StatisticsFixture.names)
    func `the distributions of returns agree`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        for unit in ReturnDistribution.Unit.allCases {
            let found = ReturnDistribution(of: fixture.closed, in: unit)
            let tree = JSONTree.object([
                "buckets": .list(found.buckets.map { .list([JSONTree($0.index), JSONTree($0.count)]) }),
                "unknown": JSONTree(found.unknownCount),
            ])
            #expect(tree.differences(from: fixture.expected["\(unit.rawValue)_distribution"]) == [])
        }
    }

    @Test(arguments: StatisticsFixture.names)
    func `the equity candles agree`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        let pointsMax = try #require(fixture.expected["points_max"].int)
        var tree = JSONTree.null
        if case .candles(let candles, let daysPerCandle) = try EquityCurve(of: fixture.closed, pointsMax: pointsMax) {
            tree = .object([
                "days_per_candle": JSONTree(daysPerCandle), "candles": .list(candles.map(JSONTree.init)),
            ])
        }
        #expect(tree.differences(from: fixture.expected["candles"]) == [])
    }

    @Test(arguments: StatisticsFixture.names)
    func `the rolling windows agree`(name: String) throws {
        let fixture = try StatisticsFixture(name)
        let windows = try RollingWindow.windows(
            of: fixture.closed, tradeCount: try #require(fixture.expected["window"].int),
            pointsMax: try #require(fixture.expected["windows_max"].int))
        let tree = JSONTree.list(
            windows.map {
                .list([
                    JSONTree($0.closedAt.milliseconds), JSONTree($0.tally.net), JSONTree($0.tally.wins),
                    JSONTree($0.tally.profitFactor),
                ])
            })
        #expect(tree.differences(from: fixture.expected["rolling"]) == [])
    }
}

extension JSONTree {
    fileprivate init(_ overview: Overview) {
        let quantiles = overview.quantiles.map { [$0.p5, $0.p25, $0.median, $0.p75, $0.p95] }
        self = .object([
            "tally": JSONTree(overview.tally),
            "largest_win": JSONTree(overview.largestWin),
            "largest_loss": JSONTree(overview.largestLoss),
            "quantiles": quantiles.map { .list($0.map { JSONTree($0) }) } ?? .null,
            "system_quality": JSONTree(overview.systemQuality),
            "streaks": .object([
                "best": JSONTree(overview.streaks.best), "worst": JSONTree(overview.streaks.worst),
                "current": JSONTree(overview.streaks.current),
            ]),
            "durations": overview.durations.map {
                .object([
                    "mean": JSONTree($0.mean), "median": JSONTree($0.median), "wins": JSONTree($0.meanOfWins),
                    "losses": JSONTree($0.meanOfLosses),
                ])
            } ?? .null,
            "days": overview.days.days.isEmpty ? .null : JSONTree(overview.days, perDay: overview.netPerTradingDay),
            "drawdown": overview.drawdown.map {
                .object([
                    "amount": JSONTree($0.amount), "fraction": JSONTree($0.fraction),
                    "deepest": JSONTree($0.deepest), "longest": JSONTree($0.longest),
                    "recovery_factor": JSONTree(overview.recoveryFactor),
                ])
            } ?? .null,
            "returns": overview.returns.map {
                .object([
                    "sharpe": JSONTree($0.sharpe), "sortino": JSONTree($0.sortino),
                    "volatility": JSONTree($0.volatility), "growth": JSONTree($0.annualGrowth),
                    "calmar": JSONTree(overview.calmar),
                ])
            } ?? .null,
        ])
    }

    fileprivate init(_ tally: Tally) {
        self = .object([
            "n": JSONTree(tally.count), "wins": JSONTree(tally.wins), "losses": JSONTree(tally.losses),
            "breakevens": JSONTree(tally.breakevens), "gross": JSONTree(tally.gross), "fees": JSONTree(tally.fees),
            "net": JSONTree(tally.net), "gross_profit": JSONTree(tally.grossProfit),
            "gross_loss": JSONTree(tally.grossLoss), "r_trades": JSONTree(tally.rTrades),
            "win_rate": JSONTree(tally.winRate), "win_rate_decided": JSONTree(tally.winRateDecided),
            "profit_factor": JSONTree(tally.profitFactor), "no_losses": .flag(tally.hasNoLosses),
            "expectancy": JSONTree(tally.expectancy), "average_win": JSONTree(tally.averageWin),
            "average_loss": JSONTree(tally.averageLoss), "payoff": JSONTree(tally.payoff),
            "kelly": JSONTree(tally.kelly), "total_r": JSONTree(tally.totalR), "average_r": JSONTree(tally.averageR),
        ])
    }

    fileprivate init(_ days: DailyResults, perDay: Amount?) {
        self = .object([
            "best": JSONTree(days.best), "worst": JSONTree(days.worst), "winning": JSONTree(days.winningDays),
            "losing": JSONTree(days.losingDays), "trading": JSONTree(days.tradingDays),
            "calendar": JSONTree(days.calendarDays), "per_day": JSONTree(perDay),
        ])
    }

    fileprivate init(_ day: DailyResults.Day?) {
        self = day.map { .list([.text($0.date.description), JSONTree($0.net)]) } ?? .null
    }

    fileprivate init(_ stretch: Drawdown.Stretch?) {
        guard let stretch else {
            self = .null
            return
        }
        self = .object([
            "depth": JSONTree(stretch.depth), "days": JSONTree(stretch.dayCount),
            "peak_day": .text(CivilDay(daysSince1970: stretch.peakDay).description),
            "end_day": .text(CivilDay(daysSince1970: stretch.endDay).description),
            "recovered": .flag(stretch.isRecovered),
        ])
    }

    fileprivate init(_ row: Breakdown.Row) {
        let name =
            if case .duration(let bucket) = row.key { String(bucket.startMinutes) } else { row.key.name }
        let tally = row.tally
        // The fixture numbers its accounts; their text form here is a UUID.
        let short = if case .account(let id) = row.key { String(id.rawValue) } else { name }
        self = .list([
            .text(short), JSONTree(tally.count), JSONTree(tally.wins), JSONTree(tally.losses),
            JSONTree(tally.breakevens), JSONTree(tally.gross), JSONTree(tally.fees), JSONTree(tally.net),
            JSONTree(tally.rTrades), JSONTree(tally.totalR),
        ])
    }

    fileprivate init(_ candle: EquityCurve.Candle) {
        self = .list([
            .text(candle.day.description), JSONTree(candle.open), JSONTree(candle.high), JSONTree(candle.low),
            JSONTree(candle.close), JSONTree(candle.count),
        ])
    }
}
