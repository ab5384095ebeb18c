import Foundation
import Journal
import Primitives
import TestSupport
import Testing

/// A table that was changed says what one made afresh says, and a filtered one what one made of the filtered trades says.
/// What tables made afresh say is held against Python elsewhere.
struct ChangedTradesTests {
    static let zones = ["UTC", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"]

    @Test(arguments: zones, [1, 2, 3, 4] as [UInt64])
    func `a table that was changed a thousand times is the table of its trades`(zone: String, seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let calendar = TradingCalendar(
            zone: try #require(TimeZone(identifier: zone)),
            startOfDayMinutes: [0, 240, -420].randomElement(using: &dice)!)
        var trades: [ID<Trade>: TradeFacts] = [:]
        var table = ClosedTrades([], in: calendar)
        let balance: Amount? = seed % 2 == 0 ? "5000" : nil
        for step in 1...1000 {
            if Int.random(in: 0..<3, using: &dice) == 0, let gone = trades.keys.sorted().randomElement(using: &dice) {
                trades[gone] = nil
                table.remove(gone)
            } else {
                let trade = TradeFacts.random(using: &dice)
                trades[trade.id] = trade
                table.put(trade)
            }
            if Int.random(in: 0..<40, using: &dice) == 0 { table.prepare(startBalance: balance) }
            guard step % 100 == 0 else { continue }
            let fresh = ClosedTrades(trades.values, in: calendar)
            #expect(try Page(table, balance) == Page(fresh, balance), "seed \(seed), step \(step)")
        }
        table.remove(ID(rawValue: .max))
        for id in trades.keys { table.remove(id) }
        #expect(table.count == 0 && table.ids.isEmpty)
    }

    @Test(arguments: zones, [11, 12, 13] as [UInt64])
    func `what a filter leaves is figured as if there were nothing else`(zone: String, seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let calendar = TradingCalendar(zone: try #require(TimeZone(identifier: zone)))
        let trades = (0..<600).map { _ in TradeFacts.random(using: &dice) }
        var table = ClosedTrades(trades, in: calendar)
        for round in 0..<60 {
            if round == 30 { table.prepare(startBalance: "5000") }
            let filter = TradeFilter.random(using: &dice)
            let kept = trades.filter { filter.plainlyAdmits($0, in: calendar) }
            let part = table.filtered(by: filter)
            #expect(part.ids.count == kept.count && part.count == kept.count, "seed \(seed), round \(round): \(filter)")
            let alone = ClosedTrades(kept, in: calendar)
            #expect(try Page(part, "5000") == Page(alone, "5000"), "seed \(seed), round \(round): \(filter)")
        }
    }

    @Test func `filters narrow what filters have left`() throws {
        var dice = Dice(seed: 21)
        let calendar = TradingCalendar(zone: .gmt)
        let trades = (0..<300).map { _ in TradeFacts.random(using: &dice) }
        let table = ClosedTrades(trades, in: calendar)
        for _ in 0..<40 {
            let (first, second) = (TradeFilter.random(using: &dice), TradeFilter.random(using: &dice))
            let kept = trades.filter { first.plainlyAdmits($0, in: calendar) && second.plainlyAdmits($0, in: calendar) }
            let part = table.filtered(by: first).filtered(by: second)
            #expect(part.ids == ClosedTrades(kept, in: calendar).ids)
        }
    }

    @Test func `one absurd stop does not drown the R of the others`() throws {
        var dice = Dice(seed: 3)
        var trades = (0..<50).map { _ in TradeFacts.random(using: &dice) }
        trades.append(
            TradeFacts(
                id: ID(rawValue: 7), account: ID(rawValue: 1), symbol: "A", direction: .long,
                openedAt: Timestamp(milliseconds: 0), closedAt: Timestamp(milliseconds: 1), gross: .inputMax,
                fees: .zero, net: .inputMax, risk: Amount(units: 1)))
        let tally = try Overview(of: ClosedTrades(trades, in: TradingCalendar(zone: .gmt))).tally
        #expect(tally.rTrades == trades.count { $0.risk != nil } - 1)
    }

    /// Sums that do not fit are refused by name, in every view, and a table that has refused goes on taking changes.
    @Test(arguments: FuzzSeeds.some(1, 2, 3)) func `amounts and times at the ends of all there are end no view`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        var calendar = TradingCalendar(zone: .gmt, startOfDayMinutes: dice.pick([-1439, 0, 1439]))
        if let zone = TimeZone(identifier: dice.pick(["Pacific/Kiritimati", "America/St_Johns"])) {
            calendar = TradingCalendar(zone: zone, startOfDayMinutes: calendar.startOfDayMinutes)
        }
        var table = ClosedTrades([], in: calendar)
        var (shown, refused) = (0, 0)
        for step in 0..<60 {
            for _ in 0..<4 {
                if dice.chance(30) { table.remove(ID(rawValue: UInt128(dice.roll(12)))) }
                if dice.chance(70) { table.put(.atTheEnds(using: &dice, isHuge: step % 20 > 9)) }
            }
            if step % 20 == 19 { for id in 0..<12 { table.remove(ID(rawValue: UInt128(id))) } }
            if step % 20 == 0 {
                table = ClosedTrades([TradeFacts.atTheEnds(using: &dice, isHuge: false)], in: calendar)
            }
            let balance: Amount? = dice.pick([nil, "100", .inputMax, Amount(units: 1), Amount(units: .max)])
            if dice.chance(50) { table.prepare(startBalance: balance) }
            let views = dice.chance(50) ? table : table.filtered(by: .random(using: &dice))
            do {
                _ = try Page(views, balance)
                _ = views.sample(countMax: 5)
                shown += 1
            } catch {
                refused += 1
                #expect((error as? Failure)?.code == "amount.out_of_range", "DAYBOOK_FUZZ_SEED=\(seed): \(error)")
            }
        }
        #expect(shown > 5 && refused > 5, "DAYBOOK_FUZZ_SEED=\(seed): \(shown) \(refused)")
    }
}

/// Every view of a table.
private struct Page: Equatable {
    let overview: String
    let breakdowns: [[Breakdown.Row]]
    let curves: [EquityCurve]
    let distributions: [ReturnDistribution]
    let windows: [RollingWindow]
    let times: TimeDistribution
    let days: [[DailyTallies.Day]]

    init(_ closed: ClosedTrades, _ balance: Amount?) throws {
        overview = String(describing: try Overview(of: closed, startBalance: balance))
        breakdowns = try Breakdown.Dimension.allCases.map { try Breakdown(of: closed, by: $0).rows }
        curves = try [1, 7, 2000].map { try EquityCurve(of: closed, pointsMax: $0) }
        distributions = ReturnDistribution.Unit.allCases.map { ReturnDistribution(of: closed, in: $0) }
        windows = try RollingWindow.windows(of: closed, tradeCount: 20, pointsMax: 30)
        times = try TimeDistribution(of: closed)
        let results = try DailyTallies(of: closed)
        days = try [results.days, results.weeks(), results.months()]
    }
}

extension TradeFacts {
    fileprivate static func atTheEnds(using dice: inout Dice, isHuge: Bool) -> TradeFacts {
        let small: [Int128] = [0, 1, -1, Amount.inputMax.units, -Amount.inputMax.units]
        let units = isHuge ? small + [.max, .max - 1, .min + 1, .max / 2, .min / 2, .min] : small
        let times = [.min, Timestamp.bounds.lowerBound.milliseconds, 0, Timestamp.bounds.upperBound.milliseconds, .max]
        return TradeFacts(
            id: ID(rawValue: UInt128(dice.roll(12))), account: ID(rawValue: 1), symbol: "BTC_USDT", direction: .long,
            openedAt: Timestamp(milliseconds: dice.pick(times)), closedAt: Timestamp(milliseconds: dice.pick(times)),
            gross: Amount(units: dice.pick(units)), fees: Amount(units: dice.pick(units)),
            net: Amount(units: dice.pick(units)), risk: Amount(units: dice.pick([1, .max, 10])),
            entryNotional: Amount(units: dice.pick([1, .max])), setup: dice.pick([nil, "alpha"]),
            tags: dice.pick([[], ["fomo"]]))
    }

    /// Few symbols, days and results, so that ties, breakevens and returns to the same day abound; the clocks go back in
    /// the days that it is about.
    fileprivate static func random(using dice: inout Dice) -> TradeFacts {
        // Early November 2025 in New York, early April 2026 in Santiago and on Lord Howe.
        let start: Int64 = Bool.random(using: &dice) ? 1_761_955_200_000 : 1_775_260_800_000
        let closed = start + Int64.random(in: 0..<400, using: &dice) * 720_000
        let net = Amount(
            units: Int128(Int64.random(in: -40...40, using: &dice))
                * pick([1, 1_000_000_000, 25_000_000_000_000_000], &dice))
        let fees = Amount(units: Int128(Int64.random(in: -2...9, using: &dice)) * 1_000_000_000)
        let risk =
            Int.random(in: 0..<4, using: &dice) == 0
            ? nil : Amount(units: Int128(Int64.random(in: 1...7, using: &dice)) * 10_000_000_000_000_000)
        let tags = ["breakout", "fomo", "Ω"].filter { _ in Int.random(in: 0..<3, using: &dice) == 0 }
        return TradeFacts(
            id: ID(rawValue: UInt128(UInt64.random(in: 0..<900, using: &dice))),
            account: ID(rawValue: UInt128(UInt64.random(in: 1...3, using: &dice))),
            symbol: pick(["BTC_USDT", "ETH_USDT", "SOL_USDT"], &dice), direction: pick([.long, .short], &dice),
            openedAt: Timestamp(milliseconds: closed - Int64.random(in: 0..<900, using: &dice) * 600_000),
            closedAt: Timestamp(milliseconds: closed), gross: (try? net + fees) ?? net, fees: fees, net: net,
            risk: risk,
            entryNotional: pick([nil, "100", "3.7"], &dice), setup: pick([nil, "Range", "trend"], &dice), tags: tags,
            isManual: Bool.random(using: &dice))
    }

    private static func pick<T>(_ values: [T], _ dice: inout Dice) -> T {
        values[Int.random(in: 0..<values.count, using: &dice)]
    }
}

extension TradeFilter {
    fileprivate static func random(using dice: inout Dice) -> TradeFilter {
        var filter = TradeFilter()
        func chance() -> Bool { Int.random(in: 0..<4, using: &dice) == 0 }
        if chance() { filter.accounts = [ID(rawValue: 1), ID(rawValue: 9)] }
        if chance() { filter.symbols = ["BTC_USDT", "SOL_USDT"] }
        if chance() { filter.directions = [.short] }
        if chance() { filter.outcomes = [.win, .breakeven] }
        if chance() { filter.tags = ["Fomo", "ω"] }
        if chance() { filter.setups = ["range", ""] }
        if chance() { filter.isManual = Bool.random(using: &dice) }
        if chance() { filter.firstDay = CivilDay(year: 2025, month: 11, day: Int.random(in: 1...5, using: &dice)) }
        if chance() { filter.lastDay = CivilDay(year: 2026, month: 4, day: Int.random(in: 3...7, using: &dice)) }
        return filter
    }

    /// The filter in the words of its documentation, one trade at a time.
    fileprivate func plainlyAdmits(_ trade: TradeFacts, in calendar: TradingCalendar) -> Bool {
        var calendar = calendar
        let day = calendar.day(of: trade.closedAt)
        if !accounts.isEmpty && !accounts.contains(trade.account) { return false }
        if !symbols.isEmpty && !symbols.contains(trade.symbol) { return false }
        if !directions.isEmpty && !directions.contains(trade.direction) { return false }
        if !outcomes.isEmpty && !outcomes.contains(trade.outcome) { return false }
        let keys = Set(tags.map { $0.lowercased() })
        if !tags.isEmpty && keys.isDisjoint(with: trade.tags.map { $0.lowercased() }) { return false }
        if !setups.isEmpty && !setups.map({ $0.lowercased() }).contains(trade.setup?.lowercased() ?? "") {
            return false
        }
        if let isManual, trade.isManual != isManual { return false }
        if let firstDay, day < firstDay { return false }
        if let lastDay, day > lastDay { return false }
        return true
    }
}
