import Foundation
import Primitives

/// What the beginning of a file says about all of it.
///
/// Everything that is decided once for a file is decided here, from the same number of bytes however they arrive, so
/// that neither chunks nor chance change what a row means. What was not proven is said in `notes`, with the option that
/// says otherwise.
struct FileSample {
    private(set) var header: ImportHeader
    private(set) var time = FieldTime()
    private(set) var form = NumberForm.point
    /// Fees below zero were paid.
    private(set) var isMinusPaid = false
    /// Newest first, as most exchanges write.
    private(set) var isDescending = false
    private(set) var notes: [String] = []
    /// There is nothing under the header but, perhaps, a sentence that says so.
    private(set) var isEmpty = false

    private let rows: [CSVRecord]
    private let options: ImportOptions

    /// Throws `import.not_fills`, `import.unsure_…`: see `MeaningCheck`.
    init(_ header: ImportHeader, head: FileHead, fileName: String, _ options: ImportOptions) throws {
        self.header = header
        self.options = options
        let all = Array(try head.records(header.delimiter).dropFirst(header.recordCount))
        rows = all.filter { $0.count >= header.fieldCount && !header.isRepeated(by: $0) }
        if header.layout.isForeign {
            let check = MeaningCheck(header, rows)
            try check.checkColumns()
            try check.splitTime(&self.header)
        }
        if let note = self.header.mapNote { notes.append(note) }
        guard !rows.isEmpty else {
            noteEmpty(all)
            return
        }
        time.hasCompactDates = header.layout.hasCompactDates || self.header.places[.clock] != nil
        try chooseZone(fileName)
        try chooseDates()
        try chooseNumbers()
        chooseFees()
        try MeaningCheck(self.header, rows).check(options)
        if let note = try AmountCheck(self.header, rows, form)?.check() { notes.append(note) }
        chooseOrder()
        noteUnread()
    }

    private mutating func noteEmpty(_ all: [CSVRecord]) {
        // Anything else that stands alone is refused by its line.
        guard all.count <= 1, all.allSatisfy({ $0.count == 1 }) else { return }
        isEmpty = true
        let said = all.first.map { ": “\($0.text(0).prefix(60))”" } ?? ""
        notes.append("the export is empty\(said); nothing is missing")
    }

    /// Calls `body` with the trimmed field of each row.
    private func each(_ role: ColumnLayout.Role, _ body: (FieldBytes, CSVRecord) -> Void) {
        guard let place = header.places[role] else { return }
        for row in rows { row.field(place) { body($0, row) } }
    }

    // MARK: The zone

    private mutating func chooseZone(_ fileName: String) throws {
        // The name of a file goes before that of the archive, which stands before it.
        let fromName = Self.bracketed(fileName).compactMap { FieldTime.declaredOffsetMinutes($0) }.last
        let declared = header.declaredOffset ?? fromName.map { ($0, "the file's name") }
        let found: (zone: FileZone, place: String)? =
            declared.map { (.utcOffset(minutes: $0.minutes), $0.place) } ?? habitualZone
        if let zone = options.zone, areTimesZoned {
            notes.append("times in their own zones, not in \(zone.title)")
        } else if let zone = options.zone {
            time.zone = ZoneClock(zone)
            let instead = found.map { $0.zone == zone ? "" : ", as was given; \($0.place) says \($0.zone.title)" }
            notes.append("times in \(zone.title)\(instead ?? "")")
        } else if areTimesZoned {
            return
        } else if let found {
            time.zone = ZoneClock(found.zone)
            notes.append("times in \(found.zone.title), by \(found.place)")
        } else {
            notes.append("times in UTC, since the file names no zone (--zone or --utc-offset says otherwise)")
        }
    }

    private var habitualZone: (zone: FileZone, place: String)? {
        let layout = header.layout
        let place = "\(layout.format.title)'s habit"
        if let minutes = layout.utcOffsetMinutes { return (.utcOffset(minutes: minutes), place) }
        return layout.zoneName.flatMap { TimeZone(identifier: $0) }.map { (.named($0), place) }
    }

    /// Whether the times themselves leave no question open: all have a zone of their own, or count from 1970.
    private var areTimesZoned: Bool {
        guard header.places[.clock] == nil else { return false }
        var probe = FieldTime()
        probe.hasCompactDates = header.layout.hasCompactDates
        var isOpen = false
        each(.time) { field, _ in
            let isCount = field.count >= 9 && field.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
            guard !field.isBlank, !isCount else { return }
            let before = probe.zonedCount
            _ = probe.read(field)
            if probe.zonedCount == before { isOpen = true }
        }
        return !isOpen
    }

    /// What stands in brackets: `…(UTC--6)_abcd.csv`.
    private static func bracketed(_ name: String) -> [Substring] {
        name.split(separator: "(").dropFirst().compactMap { $0.firstIndex(of: ")").map($0.prefix(upTo:)) }
    }

    // MARK: Dates

    private mutating func chooseDates() throws {
        var dates = DateEvidence()
        each(.time) { field, _ in dates.add(field) }
        each(.closeTime) { field, _ in dates.add(field) }
        for order in DateOrder.allCases {
            var trend = TimeTrend(time: time, order: order)
            eachTime { trend.add($0, clock: $1) }
            dates.disorder[order] = trend.disorder
        }
        if let (order, isProven) = dates.longOrder(given: options.dateOrder, habit: header.layout.dateOrder) {
            time.dateOrder = order
            if !isProven { noteDates(order, dates.longSample, [.monthFirst, .dayFirst]) }
        }
        if dates.hasShort {
            guard let (order, isProven) = dates.shortOrder(given: options.dateOrder, habit: header.layout.dateOrder)
            else { throw Failure.importUnsureDates(header.title(.time), dates.shortSample) }
            time.shortOrder = order
            if !isProven { noteDates(order, dates.shortSample, DateOrder.allCases) }
        }
    }

    private mutating func noteDates(_ order: DateOrder, _ sample: String, _ orders: [DateOrder]) {
        let others = orders.filter { $0 != order }
        notes.append(
            "dates like \(sample) \(order.title), which nothing in the file proves "
                + "(--date-order \(others.map(\.word).joined(separator: " or ")) says otherwise)")
    }

    private func eachTime(_ body: (FieldBytes, FieldBytes) -> Void) {
        guard let place = header.places[.time] else { return }
        for row in rows {
            row.field(place) { date in
                guard let clock = header.places[.clock] else { return body(date, FieldBytes(start: nil, count: 0)) }
                row.field(clock) { body(date, $0) }
            }
        }
    }

    // MARK: Numbers and fees

    private mutating func chooseNumbers() throws {
        if let given = options.decimal {
            form = given
            return
        }
        var evidence = NumberEvidence()
        for role in [ColumnLayout.Role.price, .quantity, .total, .fee, .secondFee, .otherFee, .profit, .closePrice] {
            each(role) { field, _ in evidence.add(field) }
        }
        if evidence.commaCount > evidence.pointCount {
            form = .comma
            notes.append("numbers with a decimal comma (--decimal point says otherwise)")
        } else if evidence.pointCount == 0 {
            // In a file with semicolons a decimal comma is the rule; between commas it is the exception.
            let open = evidence.openComma ?? evidence.openPoint
            if let open, header.delimiter == UInt8(ascii: ";") { throw Failure.importUnsureNumbers(open) }
            if let open = evidence.openComma {
                notes.append("numbers like \(open) as thousands (--decimal comma says otherwise)")
            }
        }
    }

    private mutating func chooseFees() {
        let rule = header.layout.feeSign
        var (above, below) = (0, 0)
        for role in [ColumnLayout.Role.fee, .secondFee, .thirdFee] {
            each(role) { field, _ in
                guard let (fee, _) = FieldNumber.amountAndCoin(field, likely: [], form) else { return }
                if fee > .zero { above += 1 }
                if fee < .zero { below += 1 }
            }
        }
        if let given = options.paidFees {
            isMinusPaid = given == .minus
            notes.append("fees \(isMinusPaid ? "below" : "above") zero as paid, as was given")
        } else if rule == .minus {
            isMinusPaid = true
        } else if rule == .byFile, below > 0 {
            isMinusPaid = above == 0
            notes.append(
                isMinusPaid
                    ? "fees below zero as paid, since there are no others (--paid-fees plus says otherwise)"
                    : "fees above zero as paid and those below as rebates (--paid-fees minus says otherwise)")
        }
        let hasFee = [ColumnLayout.Role.fee, .secondFee, .thirdFee].contains { header.places[$0] != nil }
        if !hasFee { notes.append("no fees, since no column is known as one") }
    }

    // MARK: Order

    private mutating func chooseOrder() {
        var trend = TimeTrend(time: time)
        eachTime { trend.add($0, clock: $1) }
        if let given = options.isNewestFirst {
            isDescending = given
            return
        }
        guard !trend.isDecided else {
            isDescending = trend.isDescending
            return
        }
        guard trend.count > 1 else { return }
        let (order, reason) = tiedOrder
        isDescending = order
        notes.append(
            "rows of one moment \(order ? "newest" : "oldest") first, \(reason) "
                + "(--order \(order ? "oldest" : "newest")-first says otherwise)")
    }

    /// Which row happened first where all times are the same.
    private var tiedOrder: (isDescending: Bool, reason: String) {
        if let habit = header.layout.isNewestFirst { return (habit, "as \(header.layout.format.title) lists them") }
        var numbers: [Int64] = []
        each(.tradeID) { field, _ in
            if let number = Int64(field.text) { numbers.append(number) }
        }
        let later = zip(numbers, numbers.dropFirst()).count { $0 < $1 }
        let earlier = zip(numbers, numbers.dropFirst()).count { $0 > $1 }
        if later != earlier { return (earlier > later, "by their trade ids") }
        var effects: [Fill.Effect] = []
        each(.effect) { field, _ in
            if let effect = Fill.Effect(exported: field) { effects.append(effect) }
        }
        if let first = effects.first, let last = effects.last, first != last {
            return (first == .closes, "since nothing is closed before it is opened then")
        }
        let (down, up) = (shortSales(rows.reversed()), shortSales(rows))
        if down != up { return (down < up, "since nothing is sold before it is bought then") }
        return (false, "as they stand")
    }

    /// How many rows sell what was not bought before.
    private func shortSales(_ rows: some Sequence<CSVRecord>) -> Int {
        guard let symbol = header.places[.symbol], let side = header.places[.side],
            let quantity = header.places[.quantity]
        else { return 0 }
        var held: [String: Amount] = [:]
        var count = 0
        for row in rows {
            row.field(quantity) { field in
                let words = row.field(side) { header.layout.side($0) }
                guard let words, let amount = FieldNumber.amountAndCoin(field, likely: [], form)?.amount else { return }
                let before = held[row.text(symbol), default: .zero]
                guard let after = words == .buy ? try? before + amount : try? before - amount else { return }
                if after < .zero { count += 1 }
                held[row.text(symbol)] = after
            }
        }
        return count
    }

    // MARK: What was left out

    private mutating func noteUnread() {
        let read = Set(header.places.values)
        let matters = ["fee", "commission", "swap", "pnl", "profit", "tax", "rebate", "funding", "interest"]
        let unread = header.folded.indices.filter { index in
            !read.contains(index) && !header.ignored.contains(index) && header.folded[index] != "feerate"
                && (matters.contains { header.folded[index].contains($0) } || header.folded[index] == "comm"
                    || header.titles[index].contains("P&L")
                    || header.titles[index].contains("P/L"))
        }
        guard !unread.isEmpty else { return }
        notes.append("not read: " + unread.prefix(10).map { "“\(header.titles[$0])”" }.joined(separator: ", "))
    }
}

extension CSVRecord {
    /// Calls `body` with the trimmed bytes of a field; empty for one that the record does not have.
    func field<Result>(_ index: Int, _ body: (FieldBytes) -> Result) -> Result {
        guard bounds.indices.contains(index) else { return body(FieldBytes(start: nil, count: 0)) }
        return bytes.withUnsafeBufferPointer { body(FieldBytes(rebasing: $0[bounds[index]]).trimmed) }
    }
}

extension ImportHeader {
    /// Whether a record is the header once more, as where files were put together.
    func isRepeated(by record: CSVRecord) -> Bool {
        guard record.count == fieldCount, let place = places[.time] else { return false }
        return ColumnLayout.folded(record.text(place)) == folded[place] && !folded[place].isEmpty
    }
}

extension Failure {
    static func importUnsureDates(_ column: String, _ sample: String) -> Failure {
        Failure(
            .invalid, "import.unsure_dates",
            "The dates in the column “\(column)”, as \(sample), do not tell the day, the month and the year apart. Say it by "
                + "--date-order ymd, dmy or mdy.")
    }

    static func importUnsureNumbers(_ sample: String) -> Failure {
        Failure(
            .invalid, "import.unsure_numbers",
            "Nothing in the file says whether \(sample) is more or less than a thousand. Say which sign parts the decimals "
                + "by --decimal comma or --decimal point.")
    }
}
