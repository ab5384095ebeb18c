import Primitives

/// Reads an exchange's export and hands out its fills, a batch at a time.
///
/// What it promises: a bad row never stops an import, it comes out as `.refused` with its line and a reason; the same
/// rows get the same ids in whatever file, order and chunks they arrive; memory stays bounded however long the file is.
///
/// It reads no files and no clock. `nextChunk` brings the bytes, in pieces of any size, and nil at the end.
package struct ImportReader {
    private let sample: FileSample
    private let decoder: TextDecoder?
    private var reader: any RecordSource
    private var record = CSVRecord()
    private var parser: FillParser
    private var run: FillRun
    private var isAtEnd = false
    /// What is to be said beside what the sample says.
    private var notes: [String] = []

    /// Reads the beginning of the file and finds its header.
    ///
    /// `fileName` may say the zone of the times: `…(UTC--6)….csv`. `options` go before what the file says.
    ///
    /// Throws `import.unknown_header`, `import.wrong_export`, `import.empty`, `import.not_text`, `import.not_fills`,
    /// `import.unknown_markup`, `import.unsure_…` for a file whose meaning is open, and what `nextChunk` throws.
    package init(
        account: Account, format: ImportFormat = .auto, fileName: String = "", options: ImportOptions = ImportOptions(),
        nextChunk: @escaping () throws -> [UInt8]?
    ) throws {
        var head: [UInt8] = []
        var hasMore = true
        while head.count < FileHead.bytesMax, hasMore {
            if let chunk = try nextChunk() { head.append(contentsOf: chunk) } else { hasMore = false }
        }
        let start = Array(head.prefix(FileHead.bytesMax))
        let encoding = TextDecoder.encoding(of: start)
        let text = FileHead.text(
            try TextDecoder(head: start, encoding: encoding) { nil }.next() ?? [],
            isCut: start.count == FileHead.bytesMax)
        let mayHaveMore = hasMore
        let decoder = TextDecoder(head: head, encoding: encoding) { mayHaveMore ? try nextChunk() : nil }
        let isMapped =
            try options.columns != nil || (format == .auto && ImportHeader.saved(options.saved, in: text) != nil)
        if let records = try Self.records(of: text, isMapped: isMapped, { try decoder.next() }) {
            try self.init(account, format, fileName, options, records, decoder)
            return
        }
        let found = try ImportHeader.find(in: text, format: format, options)
        let options = try options.completed(by: found.saved)
        let sample = try FileSample(found, head: text, fileName: fileName, options)
        let reader = CSVReader(delimiter: found.delimiter) { try decoder.next() }
        try self.init(account, sample, options, reader, decoder)
    }

    /// Reads a table that is no CSV: of a spreadsheet, a page or a list. See above.
    package init(
        account: Account, format: ImportFormat = .auto, fileName: String = "", options: ImportOptions = ImportOptions(),
        records: any RecordSource
    ) throws {
        try self.init(account, format, fileName, options, records, nil)
    }

    private init(
        _ account: Account, _ format: ImportFormat, _ fileName: String, _ options: ImportOptions,
        _ records: any RecordSource, _ decoder: TextDecoder?
    ) throws {
        var source = records
        var ahead = try FileHead.ahead(&source)
        if !(source is MetaTraderReport), MetaTraderReport.begins(ahead) {
            source = MetaTraderReport(ReplayedRecords(ahead, then: source))
            ahead = try FileHead.ahead(&source)
        }
        let found = try ImportHeader.find(in: .records(ahead), format: format, options)
        let options = try options.completed(by: found.saved)
        let sample = try FileSample(found, head: .records(ahead), fileName: fileName, options)
        try self.init(account, sample, options, ReplayedRecords(ahead, then: source), decoder)
    }

    /// The records of a text that is no plain table; nil for one that is.
    ///
    /// - Parameter isMapped: whether a person says what its columns are: then it is a plain table, unless it is JSON or markup.
    private static func records(
        of head: FileHead, isMapped: Bool, _ nextChunk: @escaping () throws -> [UInt8]?
    ) throws -> (any RecordSource)? {
        guard case .text(let bytes, _) = head else { return nil }
        if JSONTrades.begins(bytes) { return JSONTrades(nextChunk: nextChunk) }
        switch MarkupForm.of(bytes) {
        case .flex: return FlexXML(nextChunk: nextChunk)
        case .html: return MetaTraderReport(HTMLRows(nextChunk: nextChunk), isHTML: true)
        case .xml: throw Failure.importUnknownMarkup("XML")
        case nil: break
        }
        guard !isMapped else { return nil }
        if let form = StatementSections.form(of: head) {
            return StatementSections(CSVReader(nextChunk: nextChunk), form)
        }
        if ThinkorswimStatement.begins(head) { return ThinkorswimStatement(CSVReader(nextChunk: nextChunk)) }
        // A report that a spreadsheet has saved as CSV.
        for delimiter in head.delimiters where MetaTraderReport.begins(try head.records(delimiter, atMost: 20)) {
            return MetaTraderReport(CSVReader(delimiter: delimiter, nextChunk: nextChunk))
        }
        return nil
    }

    /// Reads a sheet of a workbook. See above.
    package init(
        account: Account, format: ImportFormat = .auto, fileName: String = "", options: ImportOptions = ImportOptions(),
        sheet: Workbook.Sheet
    ) throws {
        // Before it is known which sign parts the decimals of its texts, its numbers are to prove nothing.
        let ahead = try sheet.table(.neutral).ahead
        let found = try ImportHeader.find(in: .records(ahead), format: format, options)
        let options = try options.completed(by: found.saved)
        let sample = try FileSample(found, head: .records(ahead), fileName: fileName, options)
        let table = try sheet.table(.sign(sample.form))
        try self.init(account, sample, options, ReplayedRecords(table.ahead, then: table.rest), nil)
        notes = sheet.notes
    }

    private init(
        _ account: Account, _ sample: FileSample, _ options: ImportOptions, _ reader: any RecordSource,
        _ decoder: TextDecoder?
    ) throws {
        self.sample = sample
        self.decoder = decoder
        self.reader = reader
        parser = FillParser(sample, options)
        run = FillRun(
            account, isDescending: sample.isDescending, idsAreTrades: Self.hasTradeIDs(sample.header.layout))
        for _ in 0..<sample.header.recordCount { _ = try self.reader.next(&record) }
    }

    /// The format that was given or found; never `auto`.
    package var format: ImportFormat { sample.header.layout.format }

    /// The layout by which it is read: `binance_spot`.
    package var layoutName: String { sample.header.layout.name }

    /// The exchange of the saved mapping by which it is read; nil where that says none, or there is none.
    package var savedExchange: String? { sample.header.saved?.exchange }

    /// What a mapping is saved for: the titles of the header, in the form in which headers are compared. Nil for a file that
    /// has none.
    package var headerText: String? { sample.header.text }

    /// How far the reader is, in bytes of the source: for a progress bar.
    package var bytesConsumed: Int64 {
        if let decoder, decoder.encoding != .utf8 { decoder.bytesTaken } else { reader.bytesConsumed }
    }

    /// What was chosen or guessed, for people, a sentence's part each: “times in UTC+02:00, by the file's name”.
    package var reading: [String] {
        var notes = sample.notes + self.notes
        if decoder?.encoding == .windows1252 { notes.append("letters as windows-1252") }
        notes += reader.notes
        let zone = parser.time.zone
        if zone.twiceCount > 0 {
            notes.append(
                "\(zone.twiceCount) times that occur twice when the clocks are put back, as the first of the two")
        }
        if zone.neverCount > 0 {
            notes.append("\(zone.neverCount) times that the clocks leave out, by the offset before the change")
        }
        return notes
    }

    /// How finely its times are told, as far as it was read: 1, 1,000 or 60,000 milliseconds, or a day.
    package var resolutionMilliseconds: Int64 { parser.time.resolutionMilliseconds }

    /// Whether the ids of its fills, where it has any, are the exchange's own ids of trades.
    package var hasTradeIDs: Bool { Self.hasTradeIDs(sample.header.layout) }

    /// In a generic file an id may be an order's.
    private static func hasTradeIDs(_ layout: ColumnLayout) -> Bool {
        layout.hasTradeIDs && layout.format != .generic
    }

    /// What rows said of the size of contracts that nobody else had said.
    package var contracts: [ContractSize] { parser.contracts }

    /// The next rows in the order of the file, at most `countMax` of them and at least one; nil at the end. Throws only
    /// what `nextChunk` throws.
    package mutating func nextBatch(_ countMax: Int = 1000) throws -> [ImportRow]? {
        let wanted = max(countMax, 1)
        while run.finishedCount < wanted, !isAtEnd { try readRow() }
        let batch = run.takeFinished(wanted)
        return batch.isEmpty ? nil : batch
    }

    private mutating func readRow() throws {
        guard try reader.next(&record) else {
            parser.finish(into: &run)
            run.finish()
            isAtEnd = true
            return
        }
        parser.read(record, into: &run)
    }
}
