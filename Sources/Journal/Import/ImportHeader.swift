import Primitives

/// What the beginning of a file says about all of it.
///
/// Everything that is decided once for a file is decided here, from the same number of bytes however they arrive, so
/// that neither chunks nor chance change what a row means.
struct ImportHeader: Sendable {
    /// How much of a file is looked at before the first row is read.
    static let headBytesMax = 256 * 1024
    /// Some exports begin with lines about the account.
    static let linesAboveMax = 20

    let layout: ColumnLayout
    let places: [ColumnLayout.Role: Int]
    let delimiter: UInt8
    /// The header and the records above it.
    let recordCount: Int
    let fieldCount: Int
    private(set) var time: FieldTime
    /// Newest first, as most exchanges write.
    private(set) var isDescending = false

    /// Throws `import.empty` and `import.unknown_header`, and what `CSVReader` throws.
    ///
    /// `offsetMinutes` counts for times that neither carry a zone nor have one in their column's name; `dateOrder`
    /// overrules what the dates themselves say.
    static func find(
        in head: [UInt8], format: ImportFormat, offsetMinutes: Int, dateOrder: DateOrder?
    ) throws -> ImportHeader {
        var isEmpty = true
        for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            var reader = reader(of: head, delimiter)
            var record = CSVRecord()
            var count = 0
            while count < linesAboveMax, try reader.next(&record) {
                isEmpty = false
                count += 1
                guard var header = ImportHeader(record, count, delimiter, format, offsetMinutes) else { continue }
                try header.sample(&reader, dateOrder)
                return header
            }
        }
        throw isEmpty ? Failure.importEmpty : .importUnknownHeader(format)
    }

    private init?(
        _ record: CSVRecord, _ recordCount: Int, _ delimiter: UInt8, _ format: ImportFormat, _ offsetMinutes: Int
    ) {
        let titles = (0..<record.count).map { record.text($0) }
        let folded = titles.map { ColumnLayout.folded($0) }
        for layout in ColumnLayout.all where format == .auto || layout.format == format {
            guard let places = layout.places(in: folded), let timePlace = places[.time] else { continue }
            self.layout = layout
            self.places = places
            self.delimiter = delimiter
            self.recordCount = recordCount
            fieldCount = record.count
            time = FieldTime(
                offsetMinutes: FieldTime.declaredOffsetMinutes(titles[timePlace]) ?? offsetMinutes)
            return
        }
        return nil
    }

    private static func reader(of head: [UInt8], _ delimiter: UInt8) -> CSVReader {
        var chunks = [head]
        return CSVReader(delimiter: delimiter) { chunks.popLast() }
    }

    /// Reads the times in the head to tell the order of the rows, and that of day and month.
    private mutating func sample(_ reader: inout CSVReader, _ dateOrder: DateOrder?) throws {
        var record = CSVRecord()
        var monthFirst = TimeTrend(time: time, order: .monthFirst)
        var dayFirst = TimeTrend(time: time, order: .dayFirst)
        var dayFirstCount = 0
        while try reader.next(&record) {
            guard record.count == fieldCount, let place = places[.time] else { continue }
            record[place].withUnsafeBufferPointer { bytes in
                let field = bytes.trimmed
                if let (first, second) = FieldTime.slashedDate(field) {
                    if first > 12 { dayFirstCount += 1 }
                    if second > 12 { dayFirstCount -= 1 }
                }
                monthFirst.add(field)
                dayFirst.add(field)
            }
        }
        // If every day was below the thirteenth, the reading in which the rows are in order is the likelier one.
        let isDayFirst = dayFirstCount == 0 ? dayFirst.disorder < monthFirst.disorder : dayFirstCount > 0
        time.dateOrder = dateOrder ?? (isDayFirst ? .dayFirst : .monthFirst)
        isDescending = time.dateOrder == .dayFirst ? dayFirst.isDescending : monthFirst.isDescending
    }
}

/// Counts how often a time is later and earlier than the one above it.
private struct TimeTrend {
    private var time: FieldTime
    private var last: Timestamp?
    private var laterCount = 0
    private var earlierCount = 0

    init(time: FieldTime, order: DateOrder) {
        self.time = time
        self.time.dateOrder = order
    }

    mutating func add(_ field: FieldBytes) {
        guard case .time(let moment) = time.read(field) else { return }
        if let last {
            if moment > last { laterCount += 1 }
            if moment < last { earlierCount += 1 }
        }
        last = moment
    }

    var isDescending: Bool { earlierCount > laterCount }
    var disorder: Int { min(earlierCount, laterCount) }
}

extension Failure {
    static let importEmpty = Failure(.invalid, "import.empty", "The file is empty: there is nothing to import.")

    static func importUnknownHeader(_ format: ImportFormat) -> Failure {
        let known =
            "trade histories of Binance, Bybit, Kraken and Hyperliquid, and any CSV with the header "
            + "\(ImportFormat.genericHeader) (fee, fee_currency and id may be missing)"
        let problem =
            format == .auto
            ? "None of the first lines is a header that Daybook knows."
            : "None of the first lines is a header of the format \(format.rawValue)."
        return Failure(.invalid, "import.unknown_header", "\(problem) It reads the \(known).")
    }
}
