import Foundation
import Journal
import Primitives
import Testing
import TestSupport

/// A history of fills, written as each layout has it, in any zone, order and form of numbers, reads back as it was.
@Suite struct LayoutPropertyTests {
    private struct Made {
        var base, quote: String
        var side: Side
        var price, quantity, fee: Int
        /// Seconds since 1970 by UTC.
        var second: Int

        /// As `shown` has it, but for line and place.
        var expected: String {
            "\(Timestamp(milliseconds: Int64(second) * 1000)) \(base)_\(quote) \(side) \(decimal(quantity, 3)) @ \(decimal(price, 2)) fee \(decimal(fee, 4))"
        }

        private func decimal(_ units: Int, _ places: Int) -> String {
            Amount(LayoutPropertyTests.written(units, places))?.description ?? "?"
        }
    }

    /// `12345` with two decimals is `123.45`.
    fileprivate static func written(_ units: Int, _ places: Int) -> String {
        let digits = String(repeating: "0", count: max(0, places + 1 - String(units).count)) + String(units)
        return "\(digits.dropLast(places)).\(digits.suffix(places))"
    }

    private static func history(_ dice: inout Dice) -> [Made] {
        var second = Int.random(in: 1_650_000_000...1_750_000_000, using: &dice)
        return (0..<Int.random(in: 25...60, using: &dice)).map { _ in
            // Some of one second.
            if Int.random(in: 0..<4, using: &dice) > 0 {
                second += Int.random(in: 60...400_000, using: &dice) / 60 * 60
            }
            return Made(
                base: ["BTC", "ETH", "SOL", "DOGE"].randomElement(using: &dice) ?? "BTC", quote: "USDT",
                side: Bool.random(using: &dice) ? .buy : .sell, price: Int.random(in: 1...9_999_999, using: &dice),
                quantity: Int.random(in: 1...9_999_999, using: &dice), fee: Int.random(in: 1...99_999, using: &dice),
                second: second)
        }
    }

    private enum Written: CaseIterable {
        case binanceSpot, binanceFutures, bybitContracts, kraken, generic
    }

    /// How one file is written.
    private struct Manner {
        let layout: Written
        let offsetMinutes: Int
        let isNewestFirst: Bool
        let hasComma: Bool
        /// 0 to 4: how dates are written.
        let dates: Int

        func number(_ units: Int, _ places: Int) -> String {
            let text = LayoutPropertyTests.written(units, places)
            return hasComma ? text.replacing(".", with: ",") : text
        }

        var delimiter: String { hasComma ? ";" : "," }
        var sign: String {
            (offsetMinutes < 0 ? "-" : "+") + two(offsetMinutes.magnitude / 60) + ":"
                + two(offsetMinutes.magnitude % 60)
        }

        private func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }

        func time(_ second: Int) -> String {
            let text = Timestamp(milliseconds: Int64(second + offsetMinutes * 60) * 1000).description
            let (date, clock) = (text.prefix(10), text.dropFirst(11).prefix(8))
            let parts = date.split(separator: "-")
            switch layout {
            case .bybitContracts: return "\(clock.prefix(5)) \(date)"
            case .binanceFutures: return "\(date.dropFirst(2)) \(clock)"
            case .binanceSpot, .kraken: return "\(date) \(clock)"
            case .generic:
                return switch dates {
                case 0: "\(date) \(clock)"
                case 1: "\(parts[2])/\(parts[1])/\(parts[0]) \(clock)"
                case 2: "\(parts[1])/\(parts[2])/\(parts[0]), \(clock)"
                case 3: "\(parts[2]).\(parts[1]).\(parts[0]) \(clock)"
                default: "\(parts[2])-\(parts[1])-\(parts[0]) - \(clock)"
                }
            }
        }

        func row(_ fill: Made, _ id: Int) -> [String] {
            let (price, quantity, fee) = (number(fill.price, 2), number(fill.quantity, 3), number(fill.fee, 4))
            let (time, side) = (time(fill.second), fill.side.rawValue)
            return switch layout {
            case .binanceSpot:
                [
                    time, fill.base + fill.quote, side.uppercased(), price, quantity + fill.base, "1.5" + fill.quote,
                    fee + fill.quote,
                ]
            case .binanceFutures:
                [
                    "1", time, fill.base + fill.quote, side.uppercased(), price, quantity, "1", "\(fee) \(fill.quote)",
                    "0", "\(id)",
                ]
            case .bybitContracts:
                [fill.base + fill.quote, "Trade", quantity, price, fee, side, "id-\(id)", time]
            case .kraken: ["T\(id)", "O", fill.base + fill.quote, time, side, "limit", price, "1", fee, quantity]
            case .generic: [time, "\(fill.base)/\(fill.quote)", side, price, quantity, fee]
            }
        }

        var header: [String] {
            switch layout {
            case .binanceSpot: ["Date(UTC\(sign))", "Pair", "Side", "Price", "Executed", "Amount", "Fee"]
            case .binanceFutures:
                ["Uid", "Time", "Symbol", "Side", "Price", "Quantity", "Amount", "Fee", "Realized Profit", "Trade ID"]
            case .bybitContracts:
                [
                    "Contracts", "Filled Type", "Filled Quantity", "Filled Price", "Fees", "Direction",
                    "Transaction ID", "Transaction Time(UTC\(sign))",
                ]
            case .kraken: ["txid", "ordertxid", "pair", "time", "type", "ordertype", "price", "cost", "fee", "vol"]
            case .generic: ["Time", "Symbol", "Side", "Price", "Quantity", "Fee"]
            }
        }

        /// What neither header nor habit says.
        var options: ImportOptions {
            switch layout {
            case .binanceSpot, .bybitContracts: ImportOptions()
            case .binanceFutures, .kraken, .generic: ImportOptions(zone: .utcOffset(minutes: offsetMinutes))
            }
        }

        func text(_ fills: [Made]) -> String {
            var rows = fills.enumerated().map { row($1, $0 + 1) }
            if isNewestFirst { rows.reverse() }
            return ([header] + rows).map { $0.map { "\"\($0)\"" }.joined(separator: delimiter) + "\n" }.joined()
        }
    }

    @Test(arguments: 1...60) func `what was written is read, in the order in which it happened`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let history = Self.history(&dice)
        for layout in Written.allCases {
            let manner = Manner(
                layout: layout, offsetMinutes: [0, 120, -300, 330, 60].randomElement(using: &dice) ?? 0,
                isNewestFirst: Bool.random(using: &dice), hasComma: Bool.random(using: &dice),
                dates: Int.random(in: 0...4, using: &dice))
            // A day above the twelfth tells the order of dates; Binance's amounts with a coin have points.
            let found = try fills(importRows(manner.text(history), manner.options)).sorted {
                ($0.time, $0.sequence) < ($1.time, $1.sequence)
            }
            let expected = history.map { fill in
                var fill = fill
                if layout == .bybitContracts { fill.second = fill.second / 60 * 60 }
                return fill.expected
            }
            let shownFills = found.map {
                "\($0.time) \($0.symbol) \($0.side) \($0.quantity) @ \($0.price) fee \($0.fee)"
            }
            // Fills of one moment keep their order within each market.
            for base in ["BTC", "ETH", "SOL", "DOGE"] {
                #expect(
                    shownFills.filter { $0.contains(" \(base)_") } == expected.filter { $0.contains(" \(base)_") },
                    "seed \(seed), \(manner)")
            }
        }
    }
}
