/// The trades of a statement that puts many tables into one file.
struct StatementSections: RecordSource {
    enum Form {
        /// `Trades,Header,…` and `Trades,Data,…`: an activity statement of Interactive Brokers.
        case activity
        /// `BOF` … `BOS,TRNT,…`, the header, the rows, `EOS`; or `HEADER,TRNT,…` and `DATA,TRNT,…`: a Flex query of
        /// Interactive Brokers with several sections.
        case flex
    }

    private var source: any RecordSource
    private let form: Form
    private var record = CSVRecord()
    /// The columns that are handed out: those of the first header.
    private var columns: [String] = []
    /// For each of `columns` its place under the last header; -1 for a column that it does not have.
    private var places: [Int] = []
    private var isInTrades = false
    private var awaitsHeader = false

    init(_ source: any RecordSource, _ form: Form) {
        self.source = source
        self.form = form
    }

    /// Nil for a file that is one table.
    static func form(of head: FileHead) -> Form? {
        guard let first = try? head.records(UInt8(ascii: ","), atMost: 20) else { return nil }
        if first.first?.text(0).trimmed == "BOF" { return .flex }
        let isActivity = first.contains { $0.count > 2 && $0.text(1) == "Header" && $0.text(0) != "HEADER" }
        return isActivity ? .activity : nil
    }

    var bytesConsumed: Int64 { source.bytesConsumed }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        while try source.next(&self.record) {
            let isWanted = form == .activity ? activity(&record) : flex(&record)
            if isWanted { return true }
        }
        return false
    }

    // MARK: Activity statements

    /// What is read of a table of trades. The tables of shares, futures and currencies have different columns; the name of
    /// a column with a commission may say its currency: `Comm in USD`.
    private static let activityColumns = [
        "DataDiscriminator", "Asset Category", "Currency", "Symbol", "Date/Time", "Quantity", "T. Price", "Proceeds",
        "Notional Value", "Comm/Fee", "Comm Currency", "Code",
    ]

    private mutating func activity(_ next: inout CSVRecord) -> Bool {
        if record.failure != nil {
            next = record
            return !columns.isEmpty
        }
        guard record.text(0) == "Trades" else { return false }
        let titles = (0..<record.count).map { record.text($0).trimmed }
        switch record.text(1) {
        case "Header":
            let isFirst = columns.isEmpty
            columns = Self.activityColumns
            places = columns.map { titles.firstIndex(of: $0) ?? -1 }
            commissionCurrency = ""
            if let place = titles.firstIndex(where: { $0.hasPrefix("Comm in ") }) {
                places[Self.commissionPlace] = place
                commissionCurrency = String(titles[place].dropFirst(8))
            }
            guard isFirst else { return false }
            next.begin(line: record.line)
            for column in columns { next.append(column.utf8) }
            return true
        case "Data" where !columns.isEmpty:
            take(&next)
            return true
        default: return false
        }
    }

    private static let commissionPlace = activityColumns.firstIndex(of: "Comm/Fee") ?? 0
    private static let currencyPlace = activityColumns.firstIndex(of: "Comm Currency") ?? 0
    private var commissionCurrency = ""

    private func take(_ next: inout CSVRecord) {
        next.begin(line: record.line)
        for (index, place) in places.enumerated() {
            if form == .activity, index == Self.currencyPlace {
                next.append(commissionCurrency.utf8)
            } else {
                next.append(place < 0 ? [] : record[place])
            }
        }
    }

    // MARK: Flex queries

    private mutating func flex(_ next: inout CSVRecord) -> Bool {
        if record.failure != nil {
            next = record
            return isInTrades && !columns.isEmpty
        }
        switch record.text(0) {
        case "BOF", "BOA", "EOA", "EOF": return false
        case "BOS":
            isInTrades = record.text(1) == "TRNT"
            awaitsHeader = isInTrades
            return false
        case "EOS":
            isInTrades = false
            return false
        case "HEADER":
            isInTrades = record.text(1) == "TRNT"
            return isInTrades && header(from: 2, &next)
        case "DATA":
            guard isInTrades, record.text(1) == "TRNT" else { return false }
        default:
            guard isInTrades else { return false }
            if awaitsHeader {
                awaitsHeader = false
                return header(from: 0, &next)
            }
        }
        // A row of another shape is handed on as it is, to be refused.
        guard record.count == fieldCount else {
            next = record
            return true
        }
        take(&next)
        return true
    }

    /// How many fields a row has under the last header.
    private var fieldCount = 0

    private mutating func header(from start: Int, _ next: inout CSVRecord) -> Bool {
        let titles = (0..<record.count).map { record.text($0).trimmed }
        fieldCount = titles.count
        let isFirst = columns.isEmpty
        if isFirst { columns = Array(titles.dropFirst(start)) }
        places = columns.map { name in titles[start...].firstIndex(of: name) ?? -1 }
        guard isFirst else { return false }
        take(&next)
        return true
    }
}
