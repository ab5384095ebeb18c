import Primitives

/// The fills of a thinkorswim account statement, which puts many tables into one file: Account Trade History has what was
/// traded, Cash Balance and Futures Statements before it what that cost.
///
/// A row of the one and a row of the other are the same where moment, side, quantity, symbol, price and, of an option, day
/// and strike agree. What has no partner is handed on without it.
package struct ThinkorswimStatement: RecordSource {
    /// As a row of Cash Balance or Futures Statements has it.
    private struct Cash {
        let line: Int
        let description: String
        let miscFees: String
        let commissions: String
        let amount: String
    }

    private enum Section { case cash, futures, trades, other }

    /// How many rows about money may wait for their trades; those behind them are not kept, and their trades refused.
    package static let cashMax = 50_000

    private static let columns = [
        "Exec Time", "Spread", "Side", "Qty", "Pos Effect", "Symbol", "Exp", "Strike", "Type", "Price",
        "Misc Fees", "Commissions & Fees", "Amount", "Description",
    ]
    /// What the trade history itself has of them.
    private static let tradeColumnCount = 10

    private var source: any RecordSource
    private var record = CSVRecord()
    private var section = Section.other
    /// Nil until the header of the section was read.
    private var titles: [String]?
    /// By what a trade has in common with its money.
    private var cash: [String: [Cash]] = [:]
    /// Rows that are no single trade.
    private var loose: [Cash] = []
    private var cashCount = 0
    private var hasHeader = false
    /// What is left of `cash` at the end, the last line first.
    private var rest: [Cash]?

    init(_ source: any RecordSource) { self.source = source }

    /// Whether a file begins as such a statement.
    static func begins(_ head: FileHead) -> Bool {
        guard let first = try? head.records(UInt8(ascii: ","), atMost: ImportHeader.linesAboveMax) else { return false }
        let titles = first.map { $0.text(0).trimmed.uppercased() }
        return zip(titles, titles.dropFirst()).contains { isCashHeading($0) && $1 == "DATE" }
    }

    private static func isCashHeading(_ title: String) -> Bool {
        title == "CASH BALANCE" || title == "CASH & SWEEP VEHICLE"
    }

    package var bytesConsumed: Int64 { source.bytesConsumed }

    package mutating func next(_ record: inout CSVRecord) throws -> Bool {
        if !hasHeader {
            hasHeader = true
            record.begin(line: 1)
            for column in Self.columns { record.append(column.utf8) }
            return true
        }
        while rest == nil {
            guard try source.next(&self.record) else {
                rest = (loose + cash.values.joined()).sorted { $0.line > $1.line }
                break
            }
            if take(&record) { return true }
        }
        guard let left = rest?.popLast() else { return false }
        record.begin(line: left.line)
        write(Array(repeating: "", count: Self.tradeColumnCount), left, &record)
        return true
    }

    /// Whether the record was one to hand on.
    private mutating func take(_ next: inout CSVRecord) -> Bool {
        if record.failure != nil {
            next = record
            return section == .trades
        }
        let fields = (0..<record.count).map { record.text($0).trimmed }
        guard let last = fields.lastIndex(where: { !$0.isEmpty }) else { return false }
        if last == 0 {
            section = Self.section(fields[0].uppercased())
            titles = nil
            return false
        }
        guard section != .other else { return false }
        guard let titles else {
            self.titles = fields.map { $0.uppercased() }
            return false
        }
        let value = { (title: String) in
            titles.firstIndex(of: title).flatMap { fields.indices.contains($0) ? fields[$0] : nil } ?? ""
        }
        guard section == .trades else {
            keep(value)
            return false
        }
        let trade = Self.columns.prefix(Self.tradeColumnCount).map { value($0.uppercased()) }
        next.begin(line: record.line)
        write(trade, partner(trade), &next)
        return true
    }

    private static func section(_ title: String) -> Section {
        if isCashHeading(title) { return .cash }
        if title == "FUTURES STATEMENTS" { return .futures }
        return title == "ACCOUNT TRADE HISTORY" ? .trades : .other
    }

    private func write(_ trade: [String], _ cash: Cash?, _ next: inout CSVRecord) {
        let money = [cash?.miscFees, cash?.commissions, cash?.amount, cash?.description]
        for field in trade + money.map({ $0 ?? "" }) { next.append(field.utf8) }
    }

    /// Trades, and options that were taken out because they expired or were assigned.
    private mutating func keep(_ value: (String) -> String) {
        let description = value("DESCRIPTION")
        let isRemoval = value("TYPE") == "RAD" && description.uppercased().contains("OPTION")
        guard value("TYPE") == "TRD" || isRemoval, cashCount < Self.cashMax else { return }
        let moment =
            section == .futures ? value("EXEC DATE") + " " + value("EXEC TIME") : value("DATE") + " " + value("TIME")
        let row = Cash(
            line: record.line, description: description, miscFees: value("MISC FEES"),
            commissions: value("COMMISSIONS & FEES"), amount: value("AMOUNT"))
        if let key = Self.key(moment, description) { cash[key, default: []].append(row) } else { loose.append(row) }
        cashCount += 1
    }

    /// The row about the money of a trade; it is nobody else's from then on. Of several that are alike it is the last: money
    /// is listed oldest first, and trades newest first.
    private mutating func partner(_ trade: [String]) -> Cash? {
        let option = trade[7].isEmpty ? [] : trade[6].split(separator: " ").map(String.init) + [trade[7], trade[8]]
        guard let key = Self.key(trade[0], trade[2] == "BUY" ? "BOT" : "SOLD", trade[3], trade[5], option, trade[9])
        else { return nil }
        return cash[key]?.popLast()
    }

    /// `BOT +100 TMDE @4.52`, `SOLD -1 QQQ 100 (Weeklys) 8 JUN 26 721 CALL @.48 CBOE`. Nil for what is no single trade.
    private static func key(_ moment: String, _ description: String) -> String? {
        let words = description.split(separator: " ").map(String.init)
        guard let place = words.lastIndex(where: { $0.hasPrefix("@") }), place == 3 || place >= 8 else { return nil }
        let option = place == 3 ? [] : Array(words[(place - 5)..<place])
        return key(moment, words[0], words[1], words[2], option, String(words[place].dropFirst()))
    }

    /// - Parameter option: `8`, `JUN`, `26`, the strike, `CALL`; none for what is no option.
    private static func key(
        _ moment: String, _ side: String, _ quantity: String, _ symbol: String, _ option: [String], _ price: String
    ) -> String? {
        guard let quantity = amount(quantity), let price = amount(price), option.isEmpty || option.count == 5 else {
            return nil
        }
        return ([moment, side, quantity.description, symbol, price.description] + option).joined(separator: "|")
    }

    private static func amount(_ text: String) -> Amount? {
        var bytes = Array(text.utf8)
        return bytes.withUnsafeMutableBufferPointer { FieldNumber.amount(FieldBytes($0)) }
    }
}
