import Journal
import Primitives
import Testing
import TestSupport

/// What holds for any fills. A seed that fails is printed with the expectation; add it to the list.
struct RoundTripPropertyTests {
    static let seeds: [UInt64] = Array(1...60)

    @Test(arguments: seeds)
    func `profits add up to the money that came in and went out`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let fills = dice.fills(150)
        let trips = try RoundTrip.derive(from: fills)
        var received = Amount.zero
        for fill in fills {
            let notional = try fill.price * fill.quantity
            received = try fill.side == .sell ? received + notional : received - notional
        }
        var figured = Amount.zero
        for trip in trips {
            let figures = try #require(trip.figures)
            let flow = try figures.exitNotional - figures.entryNotional
            let signed = trip.direction == .long ? flow : -flow
            if !trip.isOpen { #expect(figures.gross == signed, "seed \(seed)") }
            figured = try figured + signed
        }
        #expect(figured == received, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `every unit of every fill is in exactly one place`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let fills = dice.fills(150, flatPercent: 10)
        let trips = try RoundTrip.derive(from: fills)
        var allocated: [ID<Fill>: Amount] = [:]
        for trip in trips {
            for part in trip.fills {
                #expect(part.quantity > .zero, "seed \(seed)")
                allocated[part.fill] = try allocated[part.fill, default: .zero] + part.quantity
            }
            let figures = try #require(trip.figures)
            #expect(trip.isOpen == !figures.openQuantity.isZero, "seed \(seed)")
            #expect(trip.fills.first?.fill == trip.anchor, "seed \(seed)")
        }
        for fill in fills { #expect(allocated[fill.id] == fill.quantity, "seed \(seed)") }
        #expect(Set(trips.map(\.anchor)).count == trips.count, "seed \(seed)")
        #expect(trips.dropLast().allSatisfy { !$0.isOpen }, "seed \(seed)")
    }

    @Test(arguments: seeds, Account.CostBasis.allCases)
    func `slicing a fill changes no figure`(seed: UInt64, basis: Account.CostBasis) throws {
        var dice = Dice(seed: seed)
        let fills = dice.fills(100)
        var sliced: [Fill] = []
        for fill in fills {
            let cents = Int64(fill.quantity.units / 10_000_000_000_000_000)
            guard cents > 1, dice.chance(60) else {
                sliced.append(fill)
                continue
            }
            let first = dice.amount(1...(cents - 1), decimals: 2)
            let fee = try fill.fee.scaled(by: first, over: fill.quantity)
            sliced.append(fill.slice(id: fill.id.rawValue, first, fee: fee))
            sliced.append(
                fill.slice(
                    id: fill.id.rawValue | 1 << 100, later: 1, try fill.quantity - first, fee: try fill.fee - fee))
        }
        var builder = RoundTripBuilder(costBasis: basis)
        var slices = sliced[...]
        var slicedBuilder = RoundTripBuilder(costBasis: basis)
        for fill in fills {
            let expected = try builder.add(fill).closed
            var found: RoundTrip?
            while let slice = slices.first, slice.time == fill.time, slice.sequence <= fill.sequence + 1 {
                if let closed = try slicedBuilder.add(slices.removeFirst()).closed {
                    #expect(found == nil, "seed \(seed)")
                    found = closed
                }
            }
            #expect(found?.figures == expected?.figures, "seed \(seed)")
            #expect(slicedBuilder.pending?.figures == builder.pending?.figures, "seed \(seed)")
        }
        #expect(slices.isEmpty)
    }

    @Test(arguments: seeds)
    func `what was closed stays as it was, and the cost basis has no part in it`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let fills = dice.fills(80)
        let closed = try RoundTrip.derive(from: fills).filter { !$0.isOpen }
        #expect(try RoundTrip.derive(from: fills, costBasis: .fifo).filter { !$0.isOpen } == closed, "seed \(seed)")
        for count in stride(from: 0, to: fills.count, by: 7) {
            let earlier = try RoundTrip.derive(from: fills.prefix(count)).filter { !$0.isOpen }
            #expect(Array(closed.prefix(earlier.count)) == earlier, "seed \(seed)")
        }
    }

    @Test(arguments: seeds)
    func `buying and selling are mirror images`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let fills = dice.fills(80)
        let trips = try RoundTrip.derive(from: fills)
        let mirrored = try RoundTrip.derive(from: fills.map { $0.mirrored })
        #expect(mirrored.map { $0.figures?.gross } == trips.map { $0.figures.map { -$0.gross } }, "seed \(seed)")
        #expect(mirrored.map { $0.figures?.fees } == trips.map { $0.figures?.fees }, "seed \(seed)")
    }

    // MARK: Wallets

    /// Purchases with fees in the coin, sales rounded down, coins from elsewhere, and words that cannot be.
    @Test(arguments: seeds, [MarketKind.spot, nil, .perpetual])
    func `net, cash and the cost of what is held add up, dust included and partial history not`(
        seed: UInt64, kind: MarketKind?
    ) throws {
        for basis in Account.CostBasis.allCases {
            var dice = Dice(seed: seed)
            var builder = RoundTripBuilder(costBasis: basis)
            var trips: [RoundTrip] = []
            // What came in, less what went out, and the coins that are there.
            var (cash, coins) = (Amount.zero, Amount.zero)
            for var fill in dice.wallet(120, kind: kind) {
                // A fee that is split is rounded: the fixtures know how.
                if let last = builder.pending, last.direction != Direction(opening: fill.side),
                    let held = last.rest?.quantity ?? last.figures?.openQuantity,
                    try fill.quantity + fill.fee > held
                {
                    fill = fill.withoutFee
                }
                let cost: Amount? = dice.chance(30) ? dice.amount(1...90_000, decimals: 2) : nil
                let outcome = try builder.add(fill, cost: cost)
                for trip in [outcome.closed, outcome.said] { if let trip { trips.append(trip) } }
                let isInCoins = fill.feeCurrency == "BTC"
                let leaves = isInCoins && kind != .perpetual && fill.fee < fill.quantity
                let sign = fill.side == .buy ? Amount(whole: 1) : Amount(whole: -1)
                let moved = leaves ? try fill.quantity - sign * fill.fee : fill.quantity
                let fee = isInCoins ? try fill.fee * fill.price : fill.fee
                // Coins that the exchange keeps cost no money.
                let paid = try fill.price * fill.quantity
                cash = try cash - sign * paid - (leaves ? .zero : fee)
                coins = try coins + sign * moved
                guard let quantity = outcome.unmatched else { continue }
                coins = try coins - sign * quantity
                let isWhole = quantity == moved
                let share = isWhole ? fill.fee : try fill.fee - fill.fee.scaled(by: moved - quantity, over: moved)
                let excluded = try sign * (quantity * fill.price) + (isInCoins ? share * fill.price : share)
                if let cost {
                    cash = try cash + sign * (quantity * cost)
                } else {
                    cash = try cash + excluded
                }
            }
            var held = Amount.zero
            if let last = builder.pending {
                trips.append(last)
                let figures = try #require(last.figures)
                let sign = last.direction == .long ? Amount(whole: 1) : Amount(whole: -1)
                let quantity = last.rest?.quantity ?? figures.openQuantity
                let profit = try figures.exitNotional - sign * figures.gross
                held = try sign * (last.rest?.cost ?? (figures.entryNotional - profit))
                coins = try coins - sign * quantity
            }
            let net = try trips.reduce(Amount.zero) { try $0 + #require($1.figures?.net) }
            #expect(try net == cash + held, "seed \(seed)")
            #expect(coins == .zero, "seed \(seed)")
            let shorts = trips.filter { $0.direction == .short }
            if kind == .spot { #expect(shorts.isEmpty, "seed \(seed)") }
        }
    }

    @Test func `the random wallets leave dust, and sell what came from elsewhere`() throws {
        var (dust, unmatched, partial) = (0, 0, 0)
        for seed in Self.seeds {
            var dice = Dice(seed: seed)
            var builder = RoundTripBuilder()
            for fill in dice.wallet(120, kind: .spot) {
                let outcome = try builder.add(fill)
                if outcome.closed?.rest != nil { dust += 1 }
                if outcome.closed?.isPartial == true { partial += 1 }
                if outcome.unmatched != nil { unmatched += 1 }
            }
        }
        #expect(dust > 100 && partial > 100 && unmatched > 100, "\(dust) \(partial) \(unmatched)")
    }
}

extension Dice {
    fileprivate mutating func wallet(_ count: Int, kind: MarketKind?) -> [Fill] {
        let one = Amount(whole: 1)
        var fills: [Fill] = []
        var held = Amount.zero
        var time: Int64 = 1_700_000_000_000
        for number in 0..<count {
            let lot = amount(1...1, decimals: 2)
            let isPurchase = held < one || chance(40)
            var quantity = amount(1000...50_000, decimals: 2)
            if !isPurchase {
                if chance(70) { quantity = Amount(units: held.units / lot.units * lot.units) }
                if chance(15), let more = try? quantity + one { quantity = more }
            }
            let isInCoins = isPurchase ? chance(70) : chance(10)
            // Now and then a fee that cannot have come out of the coins.
            let rate: Int128 = chance(3) ? 1 : 1000
            let fee = Amount(units: quantity.units / rate)
            let moved = isInCoins && rate > 1 ? (isPurchase ? -fee.units : fee.units) : 0
            let size = quantity.units + moved
            held = Amount(units: max(0, held.units + (isPurchase ? size : -size)))
            if chance(80) { time += roll(1...100_000_000) }
            fills.append(
                .sample(
                    UInt128(number + 1), isPurchase ? .buy : .sell, quantity, at: amount(1...900, decimals: 2),
                    fee: fee,
                    in: isInCoins ? "BTC" : "USDT", time: time, sequence: Int64(number), kind: kind,
                    effect: chance(8) ? pick([.closes, .reduces, .opens]) : nil))
        }
        return fills
    }
}

extension Fill {
    fileprivate func slice(id: UInt128, later: Int64 = 0, _ quantity: Amount, fee: Amount) -> Fill {
        .sample(
            id, side, quantity, at: price, fee: fee, in: feeCurrency, time: time.milliseconds,
            sequence: sequence + later, kind: marketKind)
    }

    fileprivate var withoutFee: Fill {
        .sample(
            id.rawValue, side, quantity, at: price, time: time.milliseconds, sequence: sequence, kind: marketKind,
            effect: effect)
    }

    fileprivate var mirrored: Fill {
        .sample(
            id.rawValue, side == .buy ? .sell : .buy, quantity, at: price, fee: fee, in: feeCurrency,
            time: time.milliseconds, sequence: sequence, kind: marketKind)
    }
}
