import Primitives

/// Reads an exchange's export and hands out its fills, a batch at a time.
///
/// What it promises: a bad row never stops an import, it comes out as `.refused` with its line and a reason; the same
/// rows get the same ids in whatever file, order and chunks they arrive; memory stays bounded however long the file is,
/// but for 25 bytes to tell equal rows apart by.
///
/// It reads no files and no clock. `nextChunk` brings the bytes, in pieces of any size, and nil at the end.
package struct ImportReader {
    private let header: ImportHeader
    private var reader: CSVReader
    private var record = CSVRecord()
    private var parser: FillParser
    private var run: FillRun
    private var isAtEnd = false

    /// Reads the beginning of the file and finds its header.
    ///
    /// `utcOffsetMinutes` is how far ahead of UTC the file's times are, where the file does not say. `dateOrder` settles
    /// dates like 03/04/2026; without it they are read as the dates in the file's beginning suggest, month first if
    /// those suggest nothing.
    ///
    /// Throws `import.unknown_header`, `import.empty`, `import.utf_16`, `import.not_text`, and what `nextChunk` throws.
    package init(
        account: Account, format: ImportFormat = .auto, utcOffsetMinutes: Int = 0, dateOrder: DateOrder? = nil,
        nextChunk: @escaping () throws -> [UInt8]?
    ) throws {
        var head: [UInt8] = []
        var hasMore = true
        while head.count < ImportHeader.headBytesMax, hasMore {
            if let chunk = try nextChunk() { head.append(contentsOf: chunk) } else { hasMore = false }
        }
        header = try ImportHeader.find(
            in: Array(head.prefix(ImportHeader.headBytesMax)), format: format, offsetMinutes: utcOffsetMinutes,
            dateOrder: dateOrder)
        var pending: [UInt8]? = head
        reader = CSVReader(delimiter: header.delimiter) {
            if let first = pending {
                pending = nil
                return first
            }
            return hasMore ? try nextChunk() : nil
        }
        parser = FillParser(header)
        run = FillRun(
            account, isDescending: header.isDescending, idsAreTrades: header.layout.format != .generic)
        for _ in 0..<header.recordCount { _ = try reader.next(&record) }
    }

    /// The format that was given or found; never `auto`.
    package var format: ImportFormat { header.layout.format }

    /// How far the reader is, in bytes of the source: for a progress bar.
    package var bytesConsumed: Int64 { reader.bytesConsumed }

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
            run.finish()
            isAtEnd = true
            return
        }
        do throws(RowRefusal) {
            run.append(try parser.fill(record))
        } catch {
            switch error {
            case .skip(let reason): run.append(.skipped(line: record.line, reason: reason))
            case .refuse(let reason): run.append(.refused(line: record.line, reason: reason))
            }
        }
    }
}
