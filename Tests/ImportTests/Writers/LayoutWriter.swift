import Journal
import Primitives
import Testing
import TestSupport

/// How one layout writes fills: the other direction of a `ColumnLayout`.
struct LayoutWriter: Sendable, CustomTestStringConvertible {
    /// What says the zone of its times.
    enum Zone { case utc, column, line, option }
    /// Which coin fees are paid in.
    enum Fees {
        case quote, received, account
        /// The quote, the base or a third.
        case any
    }

    /// As the reader names it: `binance_spot`.
    let layout: String
    let markets: [WrittenMarket]
    /// The columns, with `{zone}` where the zone stands.
    let header: String
    /// Lines above the header, as they stand in the file.
    var above = ""
    var zone = Zone.utc
    /// Of its times, in milliseconds.
    var resolution: Int64 = 1000
    var fees = Fees.quote
    var hasRebates = false
    /// Whether a fill has a name of its own.
    var hasIDs = true
    /// Quantities are whole contracts or shares.
    var countsWhole = false
    /// Two, three and four decimals, not more.
    var isCoarse = false
    /// A fill may turn a position around.
    var mayTurn = false
    /// How much one unit of a quantity is in the journal.
    var lotSize = 1
    /// The export cannot tell two fills of one moment apart.
    var isOneForMoment = false
    /// A row is a whole position.
    var isPositions = false
    /// Not where numbers stand within texts, and in files that no spreadsheet saves.
    var mayHaveComma = true
    var isJSON = false
    /// The export is never sorted otherwise.
    var isAlwaysNewestFirst = false
    /// A table above with other rows of the same fills.
    var tableAbove: (@Sendable (WrittenRow) -> String)?
    /// What the file does not say.
    var options = ImportOptions()
    /// The rows of a fill in the order of time, with `|` between the fields.
    let rows: @Sendable (WrittenRow) -> [String]

    var testDescription: String { "\(layout) (\(header.prefix(24))…)" }

    func fee(_ dice: inout Dice) -> Int {
        if dice.chance(10) { return 0 }
        let fee = Int.random(in: 1...99_999, using: &dice)
        return hasRebates && dice.chance(20) ? -fee : fee
    }

    func feeCoin(_ market: WrittenMarket, _ side: Side, _ dice: inout Dice) -> String {
        switch fees {
        case .quote: market.quote
        case .account: "USD"
        case .received: side == .buy ? market.base : market.quote
        case .any: dice.pick([market.base, market.quote, "BNB"])
        }
    }

    /// Sizes of contracts that a person said.
    static func sized(_ size: Amount, currency: String? = nil) -> ImportOptions {
        var options = ImportOptions(currency: currency)
        options.contractSize = { _, _ in size }
        return options
    }
}

/// How one file is written.
struct WrittenSheet: Sendable {
    let writer: LayoutWriter
    let offsetMinutes: Int
    let isNewestFirst: Bool
    let hasComma: Bool
    /// How dates are written where that differs from trader to trader; 0 to 4.
    let dates: Int

    init(_ writer: LayoutWriter, _ dice: inout Dice) {
        self.writer = writer
        offsetMinutes = writer.zone == .utc ? 0 : dice.pick([0, 120, -300, 330, 60])
        isNewestFirst = writer.isAlwaysNewestFirst || Bool.random(using: &dice)
        hasComma = writer.mayHaveComma && Bool.random(using: &dice)
        dates = dice.roll(5)
    }

    /// The same, perhaps the other way around.
    init(_ sheet: WrittenSheet, isNewestFirst: Bool) {
        writer = sheet.writer
        offsetMinutes = sheet.offsetMinutes
        self.isNewestFirst = writer.isAlwaysNewestFirst || isNewestFirst
        hasComma = sheet.hasComma
        dates = sheet.dates
    }

    /// What neither the file nor the exchange's habit says.
    var options: ImportOptions {
        var options = writer.options
        if writer.zone == .option { options.zone = .utcOffset(minutes: offsetMinutes) }
        return options
    }

    private var sign: String {
        let (hours, minutes) = offsetMinutes.magnitude.quotientAndRemainder(dividingBy: 60)
        return (offsetMinutes < 0 ? "-" : "+") + "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }

    func text(_ fills: [WrittenFill]) -> String {
        let step = writer.isPositions ? 2 : 1
        var rows = stride(from: 0, to: fills.count, by: step).flatMap { index in
            writer.rows(
                WrittenRow(sheet: self, fill: fills[index], end: step == 2 ? fills[index + 1] : nil))
        }
        if isNewestFirst { rows.reverse() }
        let table = fills.compactMap { fill in
            writer.tableAbove?(WrittenRow(sheet: self, fill: fill, end: nil))
        }.joined(separator: "\n")
        if writer.isJSON { return "[" + rows.joined(separator: ",\n") + "]" }
        let lines = [writer.header.replacing("{zone}", with: sign).replacing(",", with: "|")] + rows
        return writer.above.replacing("{zone}", with: sign).replacing("{table}", with: table)
            + lines.map { line in
                line.split(separator: "|", omittingEmptySubsequences: false).map { "\"\($0)\"" }
                    .joined(separator: hasComma ? ";" : ",") + "\n"
            }.joined()
    }
}

/// A fill in the words of one file.
struct WrittenRow {
    let sheet: WrittenSheet
    let fill: WrittenFill
    /// Where a row is a whole position: what closed it.
    let end: WrittenFill?

    func number(_ units: some BinaryInteger, _ places: Int) -> String {
        let text = WrittenFill.decimal(units, places)
        return sheet.hasComma ? text.replacing(".", with: ",") : text
    }

    var price: String { number(fill.price, fill.scale.price) }
    var quantity: String { number(fill.quantity, fill.scale.quantity) }
    /// Below zero for what was sold.
    var signedQuantity: String { signed(fill.quantity, fill.scale.quantity) }
    var fee: String { number(fill.fee, fill.scale.fee) }
    /// Of exports where what was paid stands below zero.
    var minusFee: String { number(-fill.fee, fill.scale.fee) }
    var total: String { number(fill.price * fill.quantity, fill.scale.price + fill.scale.quantity) }
    /// Above zero for what came in.
    var cash: String { signed(-fill.price * fill.quantity, fill.scale.price + fill.scale.quantity) }
    /// What was paid or received with the fee, of so many units.
    func net(_ size: Int = 1) -> String {
        let places = fill.scale.price + fill.scale.quantity
        let power = { (count: Int) in (0..<max(count, 0)).reduce(Int128(1)) { power, _ in power * 10 } }
        let worth = Int128(fill.price * fill.quantity * size) * power(fill.scale.fee - places)
        let fee = Int128(fill.fee) * power(places - fill.scale.fee)
        return number(fill.side == .buy ? worth + fee : worth - fee, max(places, fill.scale.fee))
    }
    private func signed(_ units: Int, _ places: Int) -> String { number(fill.side == .buy ? units : -units, places) }
    var feeCoin: String { fill.feeCoin }
    var base: String { fill.market.base }
    var quote: String { fill.market.quote }
    var symbol: String { fill.market.written }
    var id: Int { fill.id }
    /// `BUY`.
    var side: String { fill.side == .buy ? "BUY" : "SELL" }
    /// `Buy`.
    var word: String { fill.side == .buy ? "Buy" : "Sell" }
    /// `Open`.
    var effect: String { fill.isOpening ? "Open" : "Close" }
    var leg: String { fill.leg.rawValue }

    // MARK: Times

    private static func written(_ milliseconds: Int64, _ sheet: WrittenSheet) -> String {
        Timestamp(milliseconds: milliseconds + Int64(sheet.offsetMinutes) * 60_000).description
    }

    private var local: String { Self.written(fill.milliseconds, sheet) }
    /// `2026-09-14`.
    var date: String { String(local.prefix(10)) }
    /// `16:20:11`.
    var clock: String { String(local.dropFirst(11).prefix(8)) }
    /// `123`.
    var thousandths: String { String(local.dropFirst(20).prefix(3)) }
    /// `2026-09-14 16:20:11`.
    var time: String { "\(date) \(clock)" }
    /// `2026-09-14T16:20:11.123Z`, always by UTC.
    var instant: String { Timestamp(milliseconds: fill.milliseconds).description }
    /// `09/14/2026`.
    var slashed: String { "\(date.dropFirst(5).prefix(2))/\(date.suffix(2))/\(date.prefix(4))" }
    /// `9/14/26`.
    var shortSlashed: String {
        "\(Int(date.dropFirst(5).prefix(2)) ?? 0)/\(Int(date.suffix(2)) ?? 0)/\(date.dropFirst(2).prefix(2))"
    }
    /// `4:20:11 PM`.
    var halfDayClock: String {
        let hour = Int(clock.prefix(2)) ?? 0
        return "\(hour % 12 == 0 ? 12 : hour % 12)\(clock.dropFirst(2)) \(hour < 12 ? "AM" : "PM")"
    }
    /// When the position ended.
    var endTime: String {
        let local = Self.written(end?.milliseconds ?? 0, sheet)
        return "\(local.prefix(10)) \(local.dropFirst(11).prefix(8))"
    }

    /// As the browser or the spreadsheet of a trader writes it.
    var anyTime: String {
        let parts = date.split(separator: "-")
        return switch sheet.dates {
        case 0: time
        case 1: "\(parts[2])/\(parts[1])/\(parts[0]) \(clock)"
        case 2: "\(slashed), \(clock)"
        case 3: "\(parts[2]).\(parts[1]).\(parts[0]) \(clock)"
        default: "\(parts[2])-\(parts[1])-\(parts[0]) - \(clock)"
        }
    }
}
