import Journal
import Primitives
import Testing

struct RoundTripTests {
    @Test func `a position that returns to flat is one trade`() throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "2", at: "100", fee: "0.5", time: 10),
            .sample(2, .buy, "1", at: "130", fee: "0.25", time: 20),
            .sample(3, .sell, "1", at: "140", fee: "0.25", time: 30),
            .sample(4, .sell, "2", at: "125", fee: "-0.5", time: 40),
        ])
        let trip = try #require(trips.first)
        let figures = try #require(trip.figures)
        #expect(trips.count == 1)
        #expect(trip.anchor == ID(rawValue: 1))
        #expect(trip.direction == .long)
        #expect(trip.openedAt.milliseconds == 10)
        #expect(trip.closedAt?.milliseconds == 40)
        #expect(trip.fills.map(\.role) == [.opening, .opening, .closing, .closing])
        #expect(figures.quantity == "3")
        #expect(figures.openQuantity == "0")
        #expect(figures.entryPrice == "110")
        #expect(figures.exitPrice == "130")
        #expect(figures.entryNotional == "330")
        #expect(figures.exitNotional == "390")
        #expect(figures.gross == "60")
        #expect(figures.fees == "0.5")
        #expect(figures.net == "59.5")
    }

    @Test func `a fill that crosses zero ends one trade and anchors the next`() throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .sell, "1", at: "100", time: 10),
            .sample(2, .buy, "3", at: "90", fee: "0.000000000000000001", time: 20),
            .sample(3, .sell, "2", at: "95", time: 30),
        ])
        #expect(trips.map(\.anchor.rawValue) == [1, 2])
        #expect(trips.map(\.direction) == [.short, .long])
        #expect(trips.map { $0.figures?.gross } == ["10", "10"])
        #expect(trips.map { $0.fills.map(\.fill.rawValue) } == [[1, 2], [2, 3]])
        #expect(trips.map { $0.fills.map(\.quantity) } == [["1", "1"], ["2", "2"]])
        // A third of the smallest fee rounds to nothing: the remainder takes it.
        #expect(trips.map { $0.figures?.fees } == ["0", "0.000000000000000001"])
    }

    @Test func `a fee that cannot be halved goes to one of the halves`() throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100"),
            .sample(2, .sell, "2", at: "100", fee: "0.000000000000000001"),
            .sample(3, .buy, "1", at: "100"),
        ])
        #expect(trips.map { $0.figures?.fees } == ["0.000000000000000001", "0"])
    }

    @Test func `an open position shows what it has realised`() throws {
        let fills: [Fill] = [
            .sample(1, .buy, "1", at: "100"), .sample(2, .buy, "1", at: "120"), .sample(3, .sell, "1", at: "130"),
        ]
        let average = try #require(RoundTrip.derive(from: fills).first)
        let fifo = try #require(RoundTrip.derive(from: fills, costBasis: .fifo).first)
        #expect(average.isOpen && !average.isUncertain)
        #expect(average.figures?.gross == "20")
        #expect(fifo.figures?.gross == "30")
        #expect(average.figures?.openQuantity == "1")
        #expect(average.figures?.exitPrice == "130")
    }

    @Test func `a later entry leaves realised profit alone`() throws {
        let fills: [Fill] = [.sample(1, .buy, "2", at: "100"), .sample(2, .sell, "1", at: "130")]
        let more = fills + [.sample(3, .buy, "5", at: "900")]
        #expect(try RoundTrip.derive(from: more).first?.figures?.gross == "30")
    }

    @Test func `a closed trade loses nothing to an average`() throws {
        // The average entry has no last decimal; the profit does.
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100"), .sample(2, .buy, "2", at: "100.01"), .sample(3, .sell, "3", at: "100.01"),
        ])
        #expect(trips.first?.figures?.gross == "0.01")
        #expect(trips.first?.figures?.entryPrice == "100.006666666666666667")
    }

    @Test func `a fee in the base coin counts at the price of its fill`() throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100", fee: "0.001", in: "BTC", kind: .perpetual),
            .sample(2, .sell, "1", at: "200", fee: "0.3", in: "USDT", kind: .perpetual),
        ])
        #expect(trips.first?.figures?.fees == "0.4")
    }

    @Test(arguments: [MarketKind.spot, .margin, nil])
    func `where coins change hands it also leaves less of them`(kind: MarketKind?) throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100", fee: "0.001", in: "BTC", time: 10, kind: kind),
            .sample(2, .sell, "0.997", at: "200", fee: "0.002", in: "BTC", time: 20, kind: kind),
        ])
        #expect(trips.map(\.closedAt?.milliseconds) == [20])
        #expect(trips.first?.figures?.quantity == "0.999")
        #expect(trips.first?.figures?.gross == "99.9")
        #expect(trips.first?.figures?.fees == "0.5")
        // What cannot have come out of the coins counts by its value alone.
        let dear = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100", fee: "1", in: "BTC", kind: kind),
            .sample(2, .sell, "1", at: "200", kind: kind),
        ])
        #expect(dear.map(\.figures?.net) == ["0"])
    }

    @Test func `what is worth five dollars is no dust, nor is more than a hundredth, nor what nobody can value`() throws
    {
        func trips(sold: Amount, at price: Amount, quote: String = "USDT", kind: MarketKind? = .spot) throws -> [Bool] {
            try RoundTrip.derive(from: [
                .sample(1, .buy, "100", at: "1", symbol: "BTC_\(quote)", kind: kind),
                .sample(2, .sell, sold, at: price, symbol: "BTC_\(quote)", kind: kind),
            ]).map(\.isOpen)
        }
        #expect(try trips(sold: "99", at: "4.99") == [false])
        #expect(try trips(sold: "99", at: "5") == [true])
        #expect(try trips(sold: "98.99", at: "1") == [true])
        #expect(try trips(sold: "99", at: "1", quote: "XYZ") == [true])
        #expect(try trips(sold: "99", at: "700", quote: "JPY") == [false])
        // Without a fee in coins there is none on other markets.
        #expect(try trips(sold: "99", at: "1", kind: nil) == [true])
        #expect(try trips(sold: "99", at: "1", kind: .perpetual) == [true])
    }

    @Test func `a size that would have to be rounded has no figures, and the position stands`() throws {
        let instrument = Instrument(
            exchange: "", symbol: "BTC_USDT", kind: .future, base: "BTC", quote: "USDT", multiplier: "0.0000000001")
        var builder = RoundTripBuilder(BookTerms(account: ID(rawValue: 1), instrument))
        _ = try builder.add(.sample(1, .buy, "0.000000001", at: "100", kind: .future))
        let closed = try builder.add(.sample(2, .sell, "0.000000001", at: "100", kind: .future)).closed
        #expect(closed?.isUncertain == true && closed?.isOpen == false)
        _ = try builder.add(.sample(3, .buy, "0.00000001", at: "100", kind: .future))
        let next = try builder.add(.sample(4, .sell, "0.00000001", at: "300", kind: .future)).closed
        #expect(next?.figures?.gross == "0.0000000000000002")
    }

    @Test func `fees in other coins stay in their coins`() throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100", fee: "0.002", in: "GT"),
            .sample(2, .buy, "1", at: "100", fee: "0.001", in: "BNB"),
            .sample(3, .buy, "1", at: "100", fee: "5", in: "OKB"),
            .sample(4, .buy, "1", at: "100", fee: "-5", in: "OKB"),
            .sample(5, .sell, "4", at: "100", fee: "0.001", in: "BNB"),
        ])
        let figures = try #require(trips.first?.figures)
        #expect(figures.otherFees.map(\.coin) == ["BNB", "GT"])
        #expect(figures.otherFees.map(\.amount) == ["0.002", "0.002"])
        #expect(figures.fees == "0")
    }

    @Test func `figures that overflow are missing, and the next trade has its own`() throws {
        let huge = Amount.inputMax
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, huge, at: huge), .sample(2, .sell, huge, at: huge),
            .sample(3, .buy, "1", at: "1"), .sample(4, .sell, "1", at: "2"),
        ])
        #expect(trips.map(\.isUncertain) == [true, false])
        #expect(trips.first?.isOpen == false)
        #expect(trips.last?.figures?.gross == "1")
    }

    @Test func `the largest amounts there are trap nowhere`() throws {
        let most = Amount(units: .max)
        for basis in Account.CostBasis.allCases {
            var builder = RoundTripBuilder(costBasis: basis)
            for id in 1...6 as ClosedRange<UInt128> {
                _ = try builder.add(.sample(id, .buy, most, at: most, fee: most, in: ["BTC", "BNB", ""][Int(id % 3)]))
                #expect(builder.pending?.isUncertain == true)
            }
            for id in 7...12 as ClosedRange<UInt128> {
                let closed = try builder.add(.sample(id, .sell, most, at: most, fee: -most, in: "BTC")).closed
                #expect((closed != nil) == (id == 12))
            }
            #expect(builder.pending == nil)
        }
    }

    @Test func `a fill that cannot be is refused and leaves the builder as it was`() throws {
        var builder = RoundTripBuilder()
        _ = try builder.add(.sample(5, .buy, "1", at: "100", time: 10))
        let before = builder.pending
        let refused: [(Fill, Failure)] = [
            (.sample(6, .sell, "0", at: "100", time: 11), .fillNotPositive),
            (.sample(6, .sell, "-1", at: "100", time: 11), .fillNotPositive),
            (.sample(6, .sell, "1", at: "0", time: 11), .fillNotPositive),
            (.sample(6, .sell, "1", at: "100", time: 11, symbol: "ETH_USDT"), .fillOfAnotherMarket),
            (.sample(6, .sell, "1", at: "100", time: 11, account: 2), .fillOfAnotherMarket),
            (.sample(5, .buy, "1", at: "100", time: 10), .fillOutOfOrder),
            (.sample(4, .sell, "1", at: "100", time: 10), .fillOutOfOrder),
            (.sample(6, .sell, "1", at: "100", time: 9), .fillOutOfOrder),
            (.sample(6, .sell, "1", at: "100", time: 10, sequence: -1), .fillOutOfOrder),
        ]
        for (fill, failure) in refused {
            #expect(throws: failure) { try builder.add(fill) }
            #expect(builder.pending == before)
        }
        #expect(try builder.add(.sample(6, .sell, "1", at: "100", time: 10)).closed != nil)
    }

    @Test(arguments: ["BTC_USDT", "1000_SATS_USDT", "AAPL", "_", ""])
    func `any symbol will do`(symbol: String) throws {
        let trips = try RoundTrip.derive(from: [
            .sample(1, .buy, "1", at: "100", fee: "1", symbol: symbol),
            .sample(2, .sell, "1", at: "101", fee: "1", in: "ZZZ", symbol: symbol),
        ])
        #expect(trips.first?.figures?.fees == "1")
        #expect(trips.first?.figures?.otherFees.map(\.coin) == ["ZZZ"])
    }
}
