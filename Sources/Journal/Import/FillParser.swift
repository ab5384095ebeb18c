import Primitives

/// Makes of each record what it gives, by the file's layout.
struct FillParser {
    private var fields: FieldReader
    private let header: ImportHeader
    private let places: ColumnPlaces
    private let isEmpty: Bool
    /// Where a row is no fill.
    private var reader: (any RowReader)?

    init(_ sample: FileSample, _ options: ImportOptions) {
        header = sample.header
        fields = FieldReader(sample, options)
        places = fields.places
        isEmpty = sample.isEmpty
        reader = sample.header.layout.reader?()
    }

    var time: FieldTime { fields.time }
    var contracts: [ContractSize] { fields.contracts.values.sorted { $0.symbol < $1.symbol } }

    /// Hands what the record gives to `run`: nothing, where it waits for another.
    mutating func read(_ record: CSVRecord, into run: inout FillRun) {
        do throws(RowRefusal) {
            if let failure = record.failure { throw .refuse(failure.message) }
            try checkShape(record)
            if reader == nil {
                run.append(try fill(record))
            } else {
                for result in try results(record) { run.append(result) }
            }
        } catch {
            switch error {
            case .skip(let reason): run.append(ImportRow.skipped(line: record.line, reason: reason))
            case .refuse(let reason):
                let isRepeated = header.isRepeated(by: record)
                run.append(
                    isRepeated
                        ? ImportRow.skipped(line: record.line, reason: "The row is the header once more.")
                        : ImportRow.refused(line: record.line, reason: reason))
            }
        }
    }

    mutating func finish(into run: inout FillRun) {
        for result in reader?.finish(&fields) ?? [] { run.append(result) }
    }

    private mutating func fill(_ record: CSVRecord) throws(RowRefusal) -> ParsedFill {
        let result: Result<ParsedFill, RowRefusal> = record.bytes.withUnsafeBufferPointer { bytes in
            // A closure cannot yet throw a typed error through a rethrowing function.
            do throws(RowRefusal) {
                return .success(try fields.fill(RowFields(bytes, record.bounds, places, line: record.line)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func results(_ record: CSVRecord) throws(RowRefusal) -> [RowResult] {
        let result: Result<[RowResult], RowRefusal> = record.bytes.withUnsafeBufferPointer { bytes in
            do throws(RowRefusal) {
                let row = RowFields(bytes, record.bounds, places, line: record.line)
                return .success(try reader?.read(row, &fields) ?? [])
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A row with too few fields may be cut off in the middle of a number, one with too many has its fields displaced.
    private func checkShape(_ record: CSVRecord) throws(RowRefusal) {
        guard record.count != header.fieldCount else { return }
        // `No data matches the criteria.`
        if isEmpty { throw .skip("The file says that it has no rows: “\(record.text(0).trimmed.prefix(60))”") }
        if record.count < header.fieldCount {
            throw .refuse("The row has \(record.count) of \(header.fieldCount) fields: perhaps the file is cut off.")
        }
        for index in header.fieldCount..<record.count where !record[index].isEmpty {
            throw .refuse(
                "The row has \(record.count) fields under \(header.fieldCount) columns: perhaps a number with commas "
                    + "is not quoted.")
        }
    }
}
