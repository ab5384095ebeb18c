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
            let expected = try builder.add(fill)
            var found: RoundTrip?
            while let slice = slices.first, slice.time == fill.time, slice.sequence <= fill.sequence + 1 {
                if let closed = try slicedBuilder.add(slices.removeFirst()) {
                    #expect(found == nil, "seed \(seed)")
                    found = closed
                }
            }
            #expect(found?.figures == expected?.figures, "seed \(seed)")
            #expect(slicedBuilder.open?.figures == builder.open?.figures, "seed \(seed)")
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
}

extension Fill {
    fileprivate func slice(id: UInt128, later: Int64 = 0, _ quantity: Amount, fee: Amount) -> Fill {
        .sample(
            id, side, quantity, at: price, fee: fee, in: feeCurrency, time: time.milliseconds,
            sequence: sequence + later)
    }

    fileprivate var mirrored: Fill {
        .sample(
            id.rawValue, side == .buy ? .sell : .buy, quantity, at: price, fee: fee, in: feeCurrency,
            time: time.milliseconds, sequence: sequence)
    }
}
