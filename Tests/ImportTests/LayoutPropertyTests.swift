import Journal
import Primitives
import Testing
import TestSupport

/// A history of fills, written as each layout has it, in any zone, order and form of numbers, reads back as it was.
@Suite struct LayoutPropertyTests {
    private static let writers =
        LayoutWriter.spot + LayoutWriter.otherSpot + LayoutWriter.contracts + LayoutWriter.brokers

    private static let seeds: ClosedRange<UInt64> = 1...6

    private func read(_ text: String, _ options: ImportOptions) throws -> (layout: String, rows: [ImportRow]) {
        var reader = try ImportReader(account: .main, options: options, nextChunk: chunks(Array(text.utf8)))
        var rows: [ImportRow] = []
        while let next = try reader.nextBatch() { rows += next }
        return (reader.layoutName, rows)
    }

    /// As `WrittenFill.shown` has it.
    private func money(_ fill: Fill) -> String {
        "\(fill.time) \(fill.symbol) \(fill.side) \(fill.quantity) @ \(fill.price) fee \(fill.fee)"
            + (fill.feeCurrency.isEmpty ? "" : " \(fill.feeCurrency)")
    }

    private func inTime(_ fills: [Fill]) -> [Fill] {
        fills.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
    }

    @Test(arguments: writers) func `what was written is read, in the order in which it happened`(
        writer: LayoutWriter
    ) throws {
        for seed in Self.seeds {
            var dice = Dice(seed: seed)
            let history = WrittenHistory.fills(writer, &dice)
            let sheet = WrittenSheet(writer, &dice)
            let (layout, rows) = try read(sheet.text(history), sheet.options)
            #expect(layout == writer.layout, "seed \(seed)")
            let found = inTime(fills(rows))
            // Fills of one moment keep their order within each market.
            for market in writer.markets {
                let expected = history.filter { $0.market.name == market.name }
                let read = found.filter { $0.symbol == market.name }
                #expect(
                    read.map(money) == expected.map { $0.shown(writer) }, "seed \(seed), \(rows.first.map(shown) ?? "")"
                )
                let effects = zip(read, expected).filter { fill, written in
                    fill.effect.map { ($0 == .opens) != written.isOpening || written.isTurning && $0 != .reduces }
                        == true
                        || fill.leg.map { $0 != written.leg } == true
                }
                #expect(effects.map(\.0) == [], "seed \(seed): another effect")
            }
            #expect(found.count == history.count, "seed \(seed)")
        }
    }

    @Test(arguments: writers) func `parts that overlap give the fills of the whole, in any order`(
        writer: LayoutWriter
    ) throws {
        for seed in Self.seeds {
            var dice = Dice(seed: seed &* 1000)
            let history = WrittenHistory.fills(writer, &dice)
            let sheet = WrittenSheet(writer, &dice)
            var options = sheet.options
            // Few days may leave the order of their numbers open, and the report says so.
            options.dateOrder = sheet.dates == 2 || writer.layout != "generic" ? .monthFirst : .dayFirst
            let whole = try fills(read(sheet.text(history), options).rows)
            var joined: [ID<Fill>: Fill] = [:]
            for part in parts(history, writer, &dice) {
                let turned = WrittenSheet(sheet, isNewestFirst: Bool.random(using: &dice))
                for fill in try fills(read(turned.text(Array(history[part])), options).rows) {
                    joined[fill.id] = joined[fill.id] ?? fill
                }
            }
            #expect(Set(whole.map(\.id)) == Set(joined.keys), "seed \(seed)")
            for fill in whole { #expect(joined[fill.id].map(money) == money(fill), "seed \(seed)") }
            // Where a moment is not cut, its order is kept too.
            for market in writer.markets where !writer.hasIDs {
                let one = inTime(whole.filter { $0.symbol == market.name })
                let other = inTime(joined.values.filter { $0.symbol == market.name })
                #expect(one.map(money) == other.map(money), "seed \(seed)")
            }
        }
    }

    /// Three parts that cover all and overlap, shuffled. Where fills have no names, none is cut within a moment.
    private func parts(_ history: [WrittenFill], _ writer: LayoutWriter, _ dice: inout Dice) -> [Range<Int>] {
        let ends = (1..<history.count).filter { index in
            let times = [history[index - 1], history[index]].map { $0.milliseconds / writer.resolution }
            return (writer.hasIDs || times[0] != times[1]) && (!writer.isPositions || index.isMultiple(of: 2))
        }
        // A part of one moment does not say which row of it came first.
        let cuts = Array(ends.dropFirst().dropLast())
        let third = max(cuts.count / 3, 1)
        let early = dice.pick(Array(cuts.prefix(third)))
        let late = dice.pick(Array(cuts.suffix(third)))
        let middle = dice.pick(cuts.filter { early <= $0 && $0 <= late })
        return [0..<late, early..<history.count, middle..<history.count].shuffled(using: &dice)
    }
}
