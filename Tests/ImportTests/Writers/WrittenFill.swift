import Journal
import Primitives
import TestSupport

/// A market as the journal names it, and as an export writes it.
struct WrittenMarket: Sendable {
    /// `BTC_USDT`, `ESH26`.
    let name: String
    let base, quote: String
    /// `BTCUSDT`, `ES 03-26`.
    let written: String
    /// What else the export says of it, as `OPT|100`.
    var note = ""

    /// Pairs in the spelling that `spelling` makes of base and quote.
    static func pairs(
        _ bases: [String] = ["BTC", "ETH", "SOL", "DOGE"], quote: String = "USDT",
        _ spelling: (String, String) -> String
    ) -> [WrittenMarket] {
        bases.map { WrittenMarket(name: "\($0)_\(quote)", base: $0, quote: quote, written: spelling($0, quote)) }
    }

    static func joined(_ quote: String = "USDT") -> [WrittenMarket] { pairs(quote: quote) { $0 + $1 } }
    static func joinedM() -> [WrittenMarket] { pairs { ($0 == "BTC" ? "XBT" : $0) + $1 + "M" } }
    static func dashed(_ quote: String = "USDT") -> [WrittenMarket] { pairs(quote: quote) { "\($0)-\($1)" } }
}

/// How many decimals the numbers of a history have.
struct WrittenScale: Sendable {
    var price = 2
    var quantity = 3
    var fee = 4

    init(_ writer: LayoutWriter, _ dice: inout Dice) {
        if writer.countsWhole { quantity = 0 }
        guard !writer.isCoarse else { return }
        price = dice.pick([2, 5, 8])
        if !writer.countsWhole { quantity = dice.pick([3, 6, 8]) }
        fee = dice.pick([2, 4, 8])
    }
}

/// One fill of an invented history, before an export writes it.
struct WrittenFill: Sendable {
    let market: WrittenMarket
    let side: Side
    /// In units of the last decimals that `scale` has, as are quantity and fee.
    let price: Int
    let quantity: Int
    /// Below zero for a rebate.
    let fee: Int
    let scale: WrittenScale
    let feeCoin: String
    var milliseconds: Int64
    /// From 1, in the order in which they happened.
    let id: Int
    /// What was held before, in the unit of `quantity`; above zero for a long.
    let held: Int

    /// Whether a long becomes a short, or a short a long.
    var isTurning: Bool { !isOpening && quantity > abs(held) }
    var isOpening: Bool { held == 0 || (held > 0) == (side == .buy) }
    var leg: Direction { isOpening == (side == .buy) ? .long : .short }

    /// `12345` with two decimals is `123.45`.
    static func decimal(_ units: some BinaryInteger, _ places: Int) -> String {
        let text = String(units.magnitude)
        let digits = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
        if places == 0 { return "\(units)" }
        return (units < 0 ? "-" : "") + "\(digits.dropLast(places)).\(digits.suffix(places))"
    }

    /// What the journal should have of it: `2026-09-14T16:20:11.000Z BTC_USDT buy 0.5 @ 60000 fee 3 BNB`.
    func shown(_ writer: LayoutWriter) -> String {
        let time = Timestamp(milliseconds: milliseconds / writer.resolution * writer.resolution)
        let amounts = [
            Self.decimal(quantity * writer.lotSize, scale.quantity), Self.decimal(price, scale.price),
            Self.decimal(fee, scale.fee),
        ]
        let read = amounts.map { Amount($0)?.description ?? "?" }
        let coin = fee == 0 || feeCoin == market.quote ? "" : " " + feeCoin
        return "\(time) \(market.name) \(side) \(read[0]) @ \(read[1]) fee \(read[2])\(coin)"
    }
}

/// Histories, each what one export can say.
enum WrittenHistory {
    /// In the order in which they happened. Of whole positions each has two: what opened it and what closed it.
    static func fills(_ writer: LayoutWriter, _ dice: inout Dice) -> [WrittenFill] {
        writer.isPositions ? positions(writer, &dice) : singles(writer, &dice)
    }

    private static func start(_ dice: inout Dice) -> Int64 {
        Int64.random(in: 1_650_000_000...1_750_000_000, using: &dice) * 1000
    }

    private static func singles(_ writer: LayoutWriter, _ dice: inout Dice) -> [WrittenFill] {
        var time = start(&dice)
        let scale = WrittenScale(writer, &dice)
        var held: [String: Int] = [:]
        var fills: [WrittenFill] = []
        for id in 1...Int.random(in: 20...45, using: &dice) {
            let isApart = writer.isOneForMoment || dice.chance(70)
            if isApart { time += step(writer, &dice) }
            let before = fills.last
            let isAgain = !isApart && dice.chance(40)
            let market = isAgain ? before?.market ?? writer.markets[0] : dice.pick(writer.markets)
            let stood = held[market.name, default: 0]
            let side: Side = isAgain ? before?.side ?? .buy : Bool.random(using: &dice) ? .buy : .sell
            var quantity =
                isAgain
                ? before?.quantity ?? 1
                : Int.random(in: 1...(writer.countsWhole ? 9999 : 9_999_999), using: &dice)
            // What is closed is at most what was held.
            if !writer.mayTurn, stood != 0, (stood > 0) != (side == .buy) { quantity = min(quantity, abs(stood)) }
            let fee = writer.fee(&dice)
            fills.append(
                WrittenFill(
                    market: market, side: side,
                    price: isAgain ? before?.price ?? 1 : Int.random(in: 1...9_999_999, using: &dice),
                    quantity: quantity, fee: fee, scale: scale, feeCoin: writer.feeCoin(market, side, &dice),
                    milliseconds: time, id: id, held: stood))
            held[market.name] = stood + (side == .buy ? quantity : -quantity)
        }
        return fills
    }

    /// Some in the same second, most hours apart.
    private static func step(_ writer: LayoutWriter, _ dice: inout Dice) -> Int64 {
        let seconds = Int64.random(in: 1...100_000, using: &dice) * 1000
        let isFine = writer.resolution == 1 && dice.chance(50)
        return isFine ? Int64.random(in: 1...5000, using: &dice) : seconds
    }

    private static func positions(_ writer: LayoutWriter, _ dice: inout Dice) -> [WrittenFill] {
        var time = start(&dice)
        let scale = WrittenScale(writer, &dice)
        return (1...Int.random(in: 10...20, using: &dice)).flatMap { id in
            let market = dice.pick(writer.markets)
            let side: Side = Bool.random(using: &dice) ? .buy : .sell
            let quantity = Int.random(in: 1...9999, using: &dice)
            time += Int64.random(in: 1...100_000, using: &dice) * 1000
            let opened = WrittenFill(
                market: market, side: side, price: Int.random(in: 1...99_999, using: &dice), quantity: quantity,
                fee: 0, scale: scale, feeCoin: market.quote, milliseconds: time, id: id, held: 0)
            // Some end in the moment in which they began.
            if dice.chance(80) { time += Int64.random(in: 1...100_000, using: &dice) * 1000 }
            let closed = WrittenFill(
                market: market, side: side == .buy ? .sell : .buy, price: Int.random(in: 1...99_999, using: &dice),
                quantity: quantity, fee: writer.fee(&dice), scale: scale, feeCoin: writer.feeCoin(market, side, &dice),
                milliseconds: time, id: id, held: side == .buy ? quantity : -quantity)
            return [opened, closed]
        }
    }
}
