import Foundation
import GRDB
import Journal
import Primitives
@testable import Storage
import Sync
import Testing
import TestSupport

/// What the journal derives of fills that say more of themselves: their kind of market, their leg, what they did.
@Suite struct BookDerivationTests {
    private static let account = ID<Account>.numbered(9)

    private static func fill(
        _ number: Int64, _ side: Side, _ quantity: String, at price: String, fee: String = "0", in coin: String = "",
        symbol: String = "ETH_USDT", account: ID<Account> = account, time: Int64? = nil, kind: MarketKind? = .spot,
        leg: Direction? = nil, effect: Fill.Effect? = nil
    ) -> Fill {
        Fill(
            id: .numbered(UInt64(100 + number)), account: account, symbol: symbol, side: side,
            price: Amount(price) ?? .zero, quantity: Amount(quantity) ?? .zero, fee: Amount(fee) ?? .zero,
            feeCurrency: coin, time: Timestamp(milliseconds: time ?? number * 1000), sequence: number, externalID: "",
            marketKind: kind, leg: leg, effect: effect)
    }

    private func put(_ device: AdversarialDevice, _ fills: Fill...) async throws {
        try await device.journal.edit("fills") { draft in for fill in fills { draft.put(fill) } }
    }

    private func trades(_ device: AdversarialDevice) async throws -> [TradeSummary] {
        try await device.journal.read { try TradeStore($0).list(TradeQuery()) }.reversed()
    }

    /// Direction, gross, fees and net; and what else is to be told of it.
    private func shown(_ device: AdversarialDevice) async throws -> [String] {
        try await trades(device).map { trade in
            let figures = [trade.gross, trade.fees, trade.net].map { $0?.description ?? "-" }.joined(separator: " ")
            let state = trade.isOpen ? "open" : "closed"
            return "\(trade.direction.rawValue) \(state) \(figures)"
                + (trade.rest.map { " rest \($0.quantity)" } ?? "") + (trade.hasPartialHistory ? " partial" : "")
        }
    }

    private func unmatched(_ device: AdversarialDevice) async throws -> [String] {
        try await device.journal.read { try PartialFillStore($0).list() }.reversed().map {
            "\($0.fill.sequence) \($0.quantity)\($0.cost.map { " cost \($0)" } ?? "")"
        }
    }

    // MARK: Wallets

    @Test func `a fee in the coin that was bought leaves less to sell, and selling that ends the trade`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "0.25", at: "1600", fee: "0.00025", in: "ETH"),
            Self.fill(2, .sell, "0.24975", at: "1700", fee: "0.424575", in: "USDT"))
        #expect(try await shown(device) == ["long closed 24.975 0.824575 24.150425"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `what is too little to be sold ends a trade, and begins the next at what it had cost`() async throws {
        let device = try await AdversarialDevice("Desk")
        func dnt(_ number: Int64, _ side: Side, _ quantity: String, _ price: String, _ fee: String, _ coin: String)
            -> Fill
        { Self.fill(number, side, quantity, at: price, fee: fee, in: coin, symbol: "DNT_USDT") }
        try await put(
            device, dnt(1, .buy, "40.2", "0.05", "0.0402", "DNT"), dnt(2, .sell, "40", "0.06", "0.0024", "USDT"))
        #expect(try await shown(device) == ["long closed 0.4 0.00441 0.39559 rest 0.1598"])
        // A further sale goes on closing the same trade; only a purchase ends it for good.
        try await put(device, dnt(3, .sell, "0.1", "0.06", "0", "USDT"))
        #expect(try await shown(device) == ["long closed 0.401 0.00441 0.39659 rest 0.0598"])
        try await put(
            device, dnt(4, .buy, "30", "0.04", "0.03", "DNT"), dnt(5, .sell, "30", "0.05", "0.0015", "USDT"))
        // 29.97 at 0.04 and 0.0598 at 0.05 were there, and 30 were sold: the last 0.0298 stay.
        let (first, second) = (try await trades(device)[0], try await trades(device)[1])
        #expect(second.quantity == Amount("30.0298") && second.rest?.quantity == Amount("0.0298"))
        // Spent 2.01 and 1.2, received 2.4, 0.006 and 1.5, and paid 0.0039.
        let cash = try #require(Amount("0.6921"))
        let net = try #require(first.net) + #require(second.net)
        #expect(try net == cash + #require(second.rest?.cost))
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a rest below the lot is dust where the lot is known, and only there`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "10", at: "1000"), Self.fill(2, .sell, "9.2", at: "1100"),
            Self.fill(3, .buy, "5", at: "900"))
        #expect(try await trades(device).map(\.isOpen) == [true])
        try await device.put(
            Schema.instrument, .numbered(50),
            ["exchange": .text(""), "symbol": .text("ETH_USDT"), "market_kind": .text("spot"), "lot": .text("1")])
        #expect(try await shown(device).first == "long closed 920 0 920 rest 0.8")
        #expect(try await device.journal.damage() == [])
        try await device.delete(Schema.instrument, .numbered(50))
        #expect(try await trades(device).map(\.isOpen) == [true])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `coins that came from elsewhere are no short until the account borrows`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .sell, "1", at: "1000"), Self.fill(2, .buy, "2", at: "1000"),
            Self.fill(3, .sell, "5", at: "1100", fee: "5", in: "USDT"))
        #expect(try await shown(device) == ["long closed 200 2 198 partial"])
        #expect(try await unmatched(device) == ["1 1", "3 3"])
        #expect(try await device.journal.damage() == [])
        try await device.put(Schema.account, Self.account.cast(), ["margin": .integer(1)])
        #expect(
            try await shown(device) == ["short closed 0 0 0", "long closed 100 1 99", "short open 0 4 -4"])
        #expect(try await unmatched(device) == [])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `what a person says that they had cost makes a trade of them`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "2", at: "1000"), Self.fill(2, .sell, "5", at: "1100", fee: "5", in: "USDT"))
        let sale = Self.fill(2, .sell, "5", at: "1100").id
        let price = try #require(Amount("900"))
        try await device.journal.edit("say") { try PartialFillStore($1).setCost(sale, price, in: &$0) }
        #expect(try await shown(device) == ["long closed 200 2 198", "long closed 600 3 597"])
        #expect(try await unmatched(device) == ["2 3 cost 900"])
        let said = try await trades(device)[1]
        #expect(said.openedAt == said.closedAt && said.entryPrice == price)
        #expect(try await device.journal.damage() == [])
        try await device.journal.edit("forget") { try PartialFillStore($1).setCost(sale, nil, in: &$0) }
        #expect(try await shown(device) == ["long closed 200 2 198 partial"])
        let bought = Self.fill(1, .buy, "2", at: "1000").id
        await #expect(throws: Failure.self) {
            try await device.journal.edit("say") { try PartialFillStore($1).setCost(bought, price, in: &$0) }
        }
    }

    // MARK: Other positions

    @Test func `long and short of one market are two trades where the account holds both`() async throws {
        let device = try await AdversarialDevice("Desk")
        func leg(_ number: Int64, _ side: Side, _ leg: Direction, _ price: String) -> Fill {
            Self.fill(number, side, "0.2", at: price, fee: "1", kind: .perpetual, leg: leg)
        }
        try await put(
            device, leg(1, .buy, .long, "60000"), leg(2, .sell, .short, "60500"), leg(3, .sell, .long, "60300"),
            leg(4, .buy, .short, "60700"))
        #expect(try await shown(device) == ["long closed 60 2 58", "short closed -40 2 -42"])
        // More than the leg holds was opened elsewhere.
        try await put(device, leg(5, .sell, .long, "60000"))
        #expect(try await unmatched(device) == ["5 0.2"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a history that begins in the middle of a position opens nothing`() async throws {
        let device = try await AdversarialDevice("Desk")
        func perpetual(
            _ number: Int64, _ side: Side, _ price: String, _ effect: Fill.Effect?, _ quantity: String = "30"
        )
            -> Fill
        { Self.fill(number, side, quantity, at: price, fee: "0.01", kind: .perpetual, effect: effect) }
        try await put(
            device, perpetual(1, .buy, "0.5", .closes), perpetual(2, .buy, "0.5", .reduces),
            perpetual(3, .sell, "0.7", .opens), perpetual(4, .buy, "0.65", .closes, "40"))
        #expect(try await shown(device) == ["short closed 1.5 0.0175 1.4825 partial"])
        #expect(try await unmatched(device) == ["1 30", "2 30", "4 10"])
        // Some of it closed, so the rest may open.
        try await put(
            device, perpetual(5, .buy, "0.6", .opens), perpetual(6, .sell, "0.7", .reduces, "40"))
        #expect(try await trades(device).map(\.direction) == [.short, .long, .short])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `what ends worthless is closed, and nothing else may cost nothing`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "3", at: "200", fee: "0.05", kind: .option),
            Self.fill(2, .sell, "3", at: "0", kind: .option),
            Self.fill(3, .sell, "3", at: "0", kind: .option, effect: .closes))
        #expect(try await shown(device) == ["long closed -600 0.05 -600.05"])
        let findings = try await device.journal.verify(nil).findings
        #expect(findings.map(\.part) == [.fills] && findings.allSatisfy { !$0.isDamage })
    }

    @Test func `fills that do not say their kind join the one that there is, whenever it comes`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "1", at: "1000", kind: nil), Self.fill(2, .sell, "3", at: "1000", kind: nil))
        #expect(try await trades(device).map(\.direction) == [.long, .short])
        try await put(device, Self.fill(9, .buy, "1", at: "1000", kind: .spot))
        #expect(try await trades(device).map(\.direction) == [.long, .long])
        #expect(try await device.journal.damage() == [])
        try await device.delete(Schema.fill, Self.fill(9, .buy, "1", at: "1").id.cast())
        #expect(try await trades(device).map(\.direction) == [.long, .short])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `contracts count by their size, in trades by fills and by hand`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "3", at: "5000", symbol: "XQZ", kind: .future),
            Self.fill(2, .sell, "3", at: "5010", fee: "2", symbol: "XQZ", kind: .future))
        try await device.put(
            Schema.trade, .numbered(7),
            [
                "symbol": .text("XQZ"), "direction": .text("short"), "quantity": .text("2"),
                "opened_ms": .integer(900_000),
                "closed_ms": .integer(950_000), "entry_price": .text("5000"), "exit_price": .text("4990"),
                "stop_price": .text("5020"),
            ])
        #expect(try await shown(device) == ["long closed 30 2 28", "short closed 20 0 20"])
        try await device.put(
            Schema.instrument, .numbered(50),
            [
                "exchange": .text(""), "symbol": .text("XQZ"), "quote": .text("USD"), "multiplier": .text("5"),
            ])
        let trades = try await trades(device)
        #expect(trades[1].gross == Amount(whole: 100) && trades[1].risk == Amount(whole: 200))
        #expect(trades[0].gross == Amount(whole: 150) && trades[0].net == Amount(whole: 148))
        #expect(trades[0].exitPrice == Amount(whole: 5010))
        #expect(trades.map(\.currency) == ["USD", "USD"])
        #expect(try await device.journal.damage() == [])
        let populations = try await device.journal.read { try StatisticsStore($0).populations() }
        #expect(populations.map(\.quote) == ["USD"])
        #expect(populations.first?.closed.compactMap(\.risk) == [Amount(whole: 200)])
    }

    @Test func `inverse contracts count in their coin, and the risk too`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(
            device, Self.fill(1, .buy, "5000", at: "50000", symbol: "BTC-Z26_USD", kind: .inverseFuture),
            Self.fill(2, .sell, "5000", at: "62500", symbol: "BTC-Z26_USD", kind: .inverseFuture))
        let trade = try #require(try await trades(device).first)
        try await device.put(Schema.trade, trade.id.cast(), ["stop_price": .text("40000")])
        let shown = try #require(try await trades(device).first)
        #expect(shown.currency == "BTC" && shown.gross == Amount("0.02"))
        // 5000/40000 − 5000/50000 coins would have been lost at the stop.
        #expect(shown.risk == Amount("0.025"))
        #expect(try abs(#require(shown.r) - 0.8) < 1e-12)
        #expect(shown.returnPercent == 20)
        let population = try #require(try await device.journal.read { try StatisticsStore($0).populations() }.first)
        #expect(population.quote == "BTC")
        #expect(population.closed.map(\.risk) == [Amount("0.025")])
        #expect(population.closed.map(\.entryNotional) == [Amount("0.1")])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `shares are in the currency of their account`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await put(device, Self.fill(1, .buy, "3", at: "50", symbol: "AAPL", kind: .stock))
        try await device.put(
            Schema.trade, .numbered(7),
            [
                "account": .id(Self.account), "symbol": .text("MSFT"), "direction": .text("long"),
                "quantity": .text("2"), "opened_ms": .integer(900_000),
            ])
        #expect(try await trades(device).map(\.currency) == ["", ""])
        try await device.put(Schema.account, Self.account.cast(), ["currency": .text("EUR")])
        #expect(try await trades(device).map(\.currency) == ["EUR", "EUR"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `the fills of all names of an account make one position`() async throws {
        let device = try await AdversarialDevice("Desk")
        let other = ID<Account>.numbered(10)
        try await put(
            device, Self.fill(1, .buy, "2", at: "1000"), Self.fill(2, .sell, "1", at: "1100", account: other),
            Self.fill(3, .sell, "1", at: "1200"))
        #expect(try await unmatched(device) == ["2 1"])
        for (id, label) in [(Self.account, "new"), (other, "old")] {
            try await device.put(
                Schema.account, id.cast(),
                ["exchange": .text("binance"), "environment": .text("live"), "label": .text(label)])
        }
        try await device.put(Schema.account, other.cast(), ["alias_of": .id(Self.account)])
        #expect(try await shown(device) == ["long closed 300 0 300"])
        let trade = try await trades(device)[0]
        let fills = try await device.journal.read { try FillStore($0).fills(of: trade) }
        #expect(fills.map(\.fill.sequence) == [1, 2, 3])
        #expect(try await device.journal.damage() == [])
        // And apart again.
        try await device.put(Schema.account, other.cast(), ["alias_of": .null])
        #expect(try await unmatched(device) == ["2 1"])
        #expect(try await device.journal.damage() == [])
    }

    @Test func `a market is read by its index, under one name or several`() async throws {
        let device = try await AdversarialDevice("Desk")
        for hasAliases in [false, true] {
            let condition = TradingAccounts.condition("?1", hasAliases: hasAliases)
            let plan = try await device.journal.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        EXPLAIN QUERY PLAN SELECT price FROM fill WHERE \(condition) AND symbol = ?2 AND time_ms > ?3
                        ORDER BY time_ms, sequence, id
                        """, arguments: [Self.account.data, "ETH_USDT", 0]
                ).map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.contains("fill_order (account=? AND symbol=? AND time_ms>?)") }, "\(plan)")
            #expect(plan.contains { $0.contains("TEMP B-TREE") } == hasAliases, "\(plan)")
        }
    }

    @Test func `a late fill leaves the trades alone that ended before, dust or not`() async throws {
        let device = try await AdversarialDevice("Desk")
        try await device.journal.edit("fills") { draft in
            for number in 0..<100 as Range<Int64> {
                draft.put(Self.fill(2 * number, .buy, "1", at: "100", fee: "0.001", in: "ETH"))
                draft.put(Self.fill(2 * number + 1, .sell, number == 0 ? "0.998" : "0.999", at: "101"))
                draft.put(Self.fill(1000 + number, .buy, "1", at: "7", symbol: "DNT_USDT", time: number, leg: .long))
            }
        }
        func rows() async throws -> [Int64] {
            try await device.journal.read {
                try Int64.fetchAll(
                    $0, sql: "SELECT row FROM round_trip WHERE symbol = 'ETH_USDT' ORDER BY opened_ms")
            }
        }
        let before = try await rows()
        #expect(before.count == 100)
        // The last trade may still end later, so it is derived anew; the one before it cannot.
        try await put(device, Self.fill(300, .sell, "0.0004", at: "102"))
        #expect(try await rows().dropLast() == before.dropLast())
        // From the middle on, what comes later is derived anew, with the dust of what came before.
        try await put(device, Self.fill(400, .sell, "0.0003", at: "103", time: 101_500))
        #expect(try await rows().prefix(50) == before.prefix(50))
        let rests = try await device.journal.read {
            try String.fetchAll(
                $0, sql: "SELECT rest_quantity FROM round_trip WHERE symbol = 'ETH_USDT' ORDER BY opened_ms")
        }
        #expect(
            rests == Array(repeating: "0.001", count: 50) + Array(repeating: "0.0007", count: 49) + ["0.0003"])
        #expect(try await device.journal.damage() == [])
    }

    // MARK: However it comes

    /// Whatever is written in whatever order, what is derived step by step is what is derived from nothing, and every unit
    /// of every fill is in one place.
    @Test(arguments: FuzzSeeds.some(1, 2, 3, 4, 5, 6)) func `steps come to the same as a new beginning`(
        seed: UInt64
    ) async throws {
        var dice = Dice(seed: seed)
        let device = try await AdversarialDevice("Desk")
        for round in 0..<60 {
            let mutations = (0...dice.roll(3)).map { _ in dice.mutation(Self.account) }
            try await device.journal.edit("some") { draft in for mutation in mutations { draft.append(mutation) } }
            let damage = try await device.journal.damage()
            #expect(damage == [], "DAYBOOK_FUZZ_SEED=\(seed), round \(round)")
            try await checkParts(device, "DAYBOOK_FUZZ_SEED=\(seed), round \(round)")
        }
    }

    private func checkParts(_ device: AdversarialDevice, _ place: String) async throws {
        try await device.journal.read { db in
            var found: [ID<Fill>: Amount] = [:]
            for part in try PartialFillStore(db).list() where part.cost == nil { found[part.fill.id] = part.quantity }
            for trade in try TradeStore(db).list(TradeQuery()) where trade.isDerived {
                let parts = try FillStore(db).fills(of: trade)
                #expect(parts.count == trade.fillCount, "\(place)")
                guard let quantity = trade.quantity, let open = trade.openQuantity else { continue }
                for part in parts { found[part.fill.id] = try found[part.fill.id, default: .zero] + part.quantity }
                let closed = try parts.filter { $0.role == .closing }.reduce(Amount.zero) { try $0 + $1.quantity }
                let left = try open + (trade.rest?.quantity ?? .zero)
                #expect(try closed + left == quantity, "\(place)")
            }
            let accounts = TradingAccounts(db)
            for (id, quantity) in found {
                guard let fill = try FillStore(db).find(id) else { continue }
                let kind = try fill.marketKind ?? accounts.books(fill.account.cast(), fill.symbol).ofKindless
                let terms = try accounts.terms(
                    Book(kind: kind, leg: fill.leg), fill.symbol, accounts.account(fill.account.cast()))
                #expect(quantity == terms.moved(by: fill), "\(place), fill \(fill)")
            }
        }
    }
}

extension Dice {
    /// Of a few fills that leave dust, change sides, say what they did or do not, and of what they are figured by.
    fileprivate mutating func mutation(_ account: ID<Account>) -> Mutation {
        let number = UInt64(roll(14))
        let fill = EntityID.numbered(100 + number)
        switch roll(16) {
        case 0...8:
            var fields: [FieldWrite] = [
                FieldWrite(1, .id(account)), FieldWrite(2, .text(chance(85) ? "ETH_USDT" : "DNT_USDT")),
                FieldWrite(3, .text(pick(["buy", "sell"]))), FieldWrite(4, .text(pick(["1", "2", "2.5"]))),
                FieldWrite(5, .text(pick(["100", "100", "99.9", "0.1", "50"]))),
                FieldWrite(8, .integer(Int64(roll(12)) * 1000)), FieldWrite(9, .integer(Int64(number))),
            ]
            if chance(40) {
                fields += [FieldWrite(6, .text(pick(["0.1", "0.05"]))), FieldWrite(7, .text(pick(["ETH", "DNT"])))]
            }
            if chance(70) { fields.append(FieldWrite(13, .text(pick(["spot", "spot", "spot", "perpetual"])))) }
            if chance(15) { fields.append(FieldWrite(14, .text(pick(["long", "short"])))) }
            if chance(20) { fields.append(FieldWrite(15, .text(pick(["opens", "closes", "reduces"])))) }
            return .put(Schema.fill.kind, fill, fields)
        case 9: return .put(Schema.fill.kind, fill, [FieldWrite(11, .integer(Int64(roll(2))))])
        case 10: return .delete(Schema.fill.kind, fill)
        case 11: return .put(Schema.fill.kind, fill, [FieldWrite(18, chance(30) ? .null : .text("3"))])
        case 12: return .put(Schema.fill.kind, fill, [FieldWrite(13, chance(40) ? .null : .text("spot"))])
        case 13:
            return .put(
                Schema.account.kind, account.cast(),
                [
                    chance(50)
                        ? FieldWrite(7, .integer(Int64(roll(2)))) : FieldWrite(4, .text(pick(["fifo", "average"])))
                ])
        case 14:
            let fields: [FieldWrite] = [
                FieldWrite(1, .text("")), FieldWrite(2, .text("ETH_USDT")),
                FieldWrite(chance(50) ? 8 : 6, .text(pick(["0.2", "1", "2"]))),
            ]
            return .put(Schema.instrument.kind, .numbered(50), fields)
        default:
            let annotation = EntityID.trade(anchoredOn: fill.cast())
            return .put(
                Schema.trade.kind, annotation, [FieldWrite(15, .id(fill)), FieldWrite(13, .text("alpha \(number)"))])
        }
    }
}
