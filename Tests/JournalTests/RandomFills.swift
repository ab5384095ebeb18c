import Journal
import Primitives
import TestSupport

extension Dice {
    mutating func roll(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &self) }

    /// A whole number of `10^-decimals`.
    mutating func amount(_ range: ClosedRange<Int64>, decimals: Int) -> Amount {
        let unit = (decimals..<Amount.decimals).reduce(Int128(1)) { product, _ in product * 10 }
        return Amount(units: Int128(roll(range)) * unit)
    }

    /// Fills with prices of four decimals and quantities of two, so that every product is exact; the fee is a hundredth
    /// of each unit of quantity, so that it can be split without a rest. Sequences are even: there is room between them.
    mutating func fills(_ count: Int, flatPercent: Int = 30, kind: MarketKind? = .perpetual) -> [Fill] {
        var fills: [Fill] = []
        var position: Int128 = 0
        var time: Int64 = 1_700_000_000_000
        for number in 0..<count {
            let side: Side = chance(50) ? .buy : .sell
            var quantity = amount(1...500, decimals: 2)
            if position != 0, (side == .sell) == (position > 0), chance(flatPercent) {
                quantity = Amount(units: position).magnitude
            }
            if chance(70) { time += roll(1...100_000_000) }
            position += side == .buy ? quantity.units : -quantity.units
            let rate: Int128 = chance(20) ? -100 : 100
            fills.append(
                .sample(
                    UInt128(number + 1), side, quantity, at: amount(1...9_000_000, decimals: 4),
                    fee: Amount(units: quantity.units / rate), in: ["", "USDT", "BTC", "BNB"][Int(roll(0...3))],
                    time: time, sequence: Int64(2 * number), kind: kind))
        }
        return fills
    }
}

extension Fill {
    /// A fill of `BTC_USDT`; each test writes only what matters to it. Fills of one time are ordered by their id.
    static func sample(
        _ id: UInt128, _ side: Side, _ quantity: Amount, at price: Amount, fee: Amount = .zero, in coin: String = "",
        time: Int64 = 0, sequence: Int64 = 0, symbol: String = "BTC_USDT", account: UInt128 = 1,
        kind: MarketKind? = nil, leg: Direction? = nil, effect: Fill.Effect? = nil
    ) -> Fill {
        Fill(
            id: ID(rawValue: id), account: ID(rawValue: account), symbol: symbol, side: side, price: price,
            quantity: quantity, fee: fee, feeCurrency: coin, time: Timestamp(milliseconds: time), sequence: sequence,
            externalID: "", marketKind: kind, leg: leg, effect: effect)
    }
}

extension Amount: ExpressibleByStringLiteral {
    /// For literals in tests only: what is no number becomes an amount that no test expects.
    package init(stringLiteral text: String) { self = Amount(text) ?? Amount(units: .max) }
}
