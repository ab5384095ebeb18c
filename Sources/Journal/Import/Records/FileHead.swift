/// The beginning of a file, from which all of it is told.
enum FileHead {
    /// UTF-8; the last record may be cut off.
    case text([UInt8], isCut: Bool)
    /// Of a source whose records need no taking apart.
    case records([CSVRecord])

    /// How much of a file is looked at before the first row is read.
    static let bytesMax = 256 * 1024
    static let recordsMax = 5000
    /// What the fields of these records come to, in bytes.
    static let recordBytesMax = 8 << 20

    /// What may part the fields.
    var delimiters: [UInt8] {
        switch self {
        case .text: [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        case .records: [UInt8(ascii: ",")]
        }
    }

    /// The first records of a source, as far as they are looked at; it goes on behind them.
    static func ahead(_ source: inout any RecordSource) throws -> [CSVRecord] {
        var records: [CSVRecord] = []
        var record = CSVRecord()
        var byteCount = 0
        while records.count < recordsMax, byteCount < recordBytesMax, try source.next(&record) {
            byteCount += record.bytes.count
            records.append(record)
        }
        return records
    }

    func records(_ delimiter: UInt8, atMost countMax: Int = .max) throws -> [CSVRecord] {
        switch self {
        case .records(let records): return Array(records.prefix(countMax))
        case .text(let bytes, let isCut):
            var chunks = [bytes]
            var reader = CSVReader(delimiter: delimiter) { chunks.popLast() }
            var record = CSVRecord()
            var records: [CSVRecord] = []
            while records.count < countMax, try reader.next(&record) { records.append(record) }
            if isCut, records.count < countMax { _ = records.popLast() }
            return records
        }
    }
}

/// Hands out what was read ahead, and then the rest.
struct ReplayedRecords: RecordSource {
    private var source: any RecordSource
    private let ahead: [CSVRecord]
    private var next = 0

    init(_ ahead: [CSVRecord], then source: any RecordSource) {
        self.ahead = ahead
        self.source = source
    }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        guard next < ahead.count else { return try source.next(&record) }
        record = ahead[next]
        next += 1
        return true
    }

    var bytesConsumed: Int64 { source.bytesConsumed }
    var notes: [String] { source.notes }
}
