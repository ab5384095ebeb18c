import Primitives

/// A strict and forgiving reader of RFC 4180: a stream of chunks in, one record at a time out.
///
/// Strict, because a quotation mark in the wrong place would otherwise swallow rows without a word. Forgiving, because
/// one bad record must not cost the rest of the file: it is handed out with its `failure`, and reading goes on with the
/// line after its first. Lines end in LF, CRLF or CR; a byte order mark is skipped; blank lines are no records.
///
/// What is held in memory is one chunk and at most one record, whatever the size of the file. How the bytes are cut into
/// chunks changes nothing.
package struct CSVReader {
    /// One field, unescaped. A longer one is a refused record.
    package static let fieldBytesMax = 64 * 1024
    /// One record, with its quotation marks and line breaks. A longer one is refused.
    package static let recordBytesMax = 1024 * 1024

    private let delimiter: UInt8
    private let nextChunk: () throws -> [UInt8]?
    /// Bytes that are not handed out yet begin at `start`.
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var hasBegun = false
    /// A CR ended the last record: an LF right after it belongs to it.
    private var skipsLineFeed = false
    private var line = 1
    private var bytesTaken: Int64 = 0

    /// Reads what `nextChunk` returns until it returns nil. An empty chunk is allowed and means nothing. An error that it
    /// throws is passed on by `next`.
    package init(delimiter: UInt8 = UInt8(ascii: ","), nextChunk: @escaping () throws -> [UInt8]?) {
        self.delimiter = delimiter
        self.nextChunk = nextChunk
    }

    /// How many bytes of the source lie before the end of the last record: for a progress bar.
    package var bytesConsumed: Int64 { bytesTaken - Int64(buffer.count - start) }

    /// Fills `record` with the next record; false at the end. A record that cannot be read has a `failure` and no
    /// fields. Throws what the source throws, and `import.utf_16` or `import.not_text` for a file that is no text.
    package mutating func next(_ record: inout CSVRecord) throws -> Bool {
        if !hasBegun { try begin() }
        while true {
            guard let frame = try nextFrame() else { return false }
            if frame.isEmpty {
                consume(frame)
                continue
            }
            record.begin(line: line)
            let failure: Failure?
            if frame.isTooLong {
                failure = .csvRecordTooLong
            } else if frame.hasQuotes {
                failure = splitQuoted(frame, into: &record)
            } else {
                failure = splitPlain(frame, into: &record)
            }
            if let failure {
                record.refuse(failure)
                try skipLine()
            } else {
                consume(frame)
            }
            return true
        }
    }
}

/// Where the next record lies in the buffer, before it is cut into fields.
private struct CSVFrame {
    var bytes: Range<Int>
    var hasQuotes = false
    var isTooLong = false
    /// Line breaks inside of quotation marks.
    var breakCount = 0
    /// 0 at the end of the file.
    var terminator: UInt8 = 0
    var isClosed = true

    var isEmpty: Bool { bytes.isEmpty && !isTooLong }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let quotationMark = UInt8(ascii: "\"")

extension CSVReader {
    private mutating func begin() throws {
        hasBegun = true
        while buffer.count < 4, try takeChunk() {}
        if buffer.starts(with: [0xff, 0xfe]) || buffer.starts(with: [0xfe, 0xff]) { throw Failure.importUTF16 }
        if buffer.starts(with: [0x50, 0x4b, 0x03, 0x04]) || buffer.starts(with: [0x1f, 0x8b]) {
            throw Failure.importNotText
        }
        if buffer.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
    }

    /// False when the source has no more.
    private mutating func takeChunk() throws -> Bool {
        guard !isAtEnd else { return false }
        guard let chunk = try nextChunk() else {
            isAtEnd = true
            return false
        }
        bytesTaken += Int64(chunk.count)
        if start == buffer.count {
            buffer = chunk
            start = 0
        } else {
            // Moving the rest for each of many tiny chunks would be quadratic.
            if start > buffer.count / 2 {
                buffer.removeSubrange(0..<start)
                start = 0
            }
            buffer.append(contentsOf: chunk)
        }
        return true
    }

    /// Finds the end of the record by the parity of quotation marks: a well-formed record needs no more, and a malformed
    /// one is found out when it is split. Nil at the end of the file.
    private mutating func nextFrame() throws -> CSVFrame? {
        while start == buffer.count || skipsLineFeed {
            guard try start < buffer.count || takeChunk() else { return nil }
            guard start < buffer.count else { continue }
            if skipsLineFeed, buffer[start] == lineFeed { start += 1 }
            skipsLineFeed = false
        }
        var frame = CSVFrame(bytes: start..<start)
        var scanned = 0
        var isQuoted = false
        var previous: UInt8 = 0
        while true {
            let limit = min(buffer.count - start, Self.recordBytesMax + 1)
            let from = scanned
            var found = false
            buffer.withUnsafeBufferPointer { all in
                let bytes = UnsafeBufferPointer(rebasing: all[start..<(start + limit)])
                var index = from
                while index < limit {
                    let byte = bytes[index]
                    if byte == quotationMark {
                        isQuoted.toggle()
                        frame.hasQuotes = true
                    } else if byte == lineFeed || byte == carriageReturn {
                        if !isQuoted {
                            frame.terminator = byte
                            found = true
                            break
                        }
                        if byte == carriageReturn || previous != carriageReturn { frame.breakCount += 1 }
                    }
                    previous = byte
                    index += 1
                }
                scanned = index
            }
            if found { break }
            if scanned > Self.recordBytesMax {
                frame.isTooLong = true
                break
            }
            if try !takeChunk() { break }
        }
        frame.bytes = start..<(start + scanned)
        frame.isClosed = !isQuoted
        return frame
    }

    private mutating func consume(_ frame: CSVFrame) {
        line += frame.breakCount
        start = frame.bytes.upperBound
        guard frame.terminator != 0 else { return }
        start += 1
        line += 1
        skipsLineFeed = frame.terminator == carriageReturn
    }

    /// Goes to the line after the first line of a refused record. What that line opened and did not close was most
    /// likely a stray quotation mark, and the lines below it are rows. Reading them again costs each byte at most once
    /// more: a record that runs over many lines has no line with an odd number of marks between its first and its last.
    private mutating func skipLine() throws {
        while true {
            if let end = buffer[start...].firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) {
                skipsLineFeed = buffer[end] == carriageReturn
                start = end + 1
                line += 1
                return
            }
            start = buffer.count
            guard try takeChunk() else { return }
        }
    }

    private func splitPlain(_ frame: CSVFrame, into record: inout CSVRecord) -> Failure? {
        record.bytes.append(contentsOf: buffer[frame.bytes])
        var longest = 0
        record.bytes.withUnsafeBufferPointer { bytes in
            var begin = 0
            for index in 0..<bytes.count where bytes[index] == delimiter {
                record.bounds.append(begin..<index)
                longest = max(longest, index - begin)
                begin = index + 1
            }
            record.bounds.append(begin..<bytes.count)
            longest = max(longest, bytes.count - begin)
        }
        return longest > Self.fieldBytesMax ? .csvFieldTooLong : nil
    }

    private func splitQuoted(_ frame: CSVFrame, into record: inout CSVRecord) -> Failure? {
        guard frame.isClosed else { return .csvQuoteNotClosed }
        return buffer.withUnsafeBufferPointer { all -> Failure? in
            let bytes = UnsafeBufferPointer(rebasing: all[frame.bytes])
            var index = 0
            while true {
                let begin = record.bytes.count
                // `="00123"`, by which a spreadsheet is told to leave a number alone.
                if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "="), bytes[index + 1] == quotationMark {
                    index += 1
                }
                if index < bytes.count, bytes[index] == quotationMark {
                    index += 1
                    while true {
                        let from = index
                        while index < bytes.count, bytes[index] != quotationMark { index += 1 }
                        guard index < bytes.count else { return .csvQuoteNotClosed }
                        record.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[from..<index]))
                        index += 1
                        guard index < bytes.count, bytes[index] == quotationMark else { break }
                        record.bytes.append(quotationMark)
                        index += 1
                    }
                    guard index == bytes.count || bytes[index] == delimiter else { return .csvTextAfterQuote }
                } else {
                    let from = index
                    while index < bytes.count, bytes[index] != delimiter {
                        guard bytes[index] != quotationMark else { return .csvStrayQuote }
                        index += 1
                    }
                    record.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[from..<index]))
                }
                guard record.bytes.count - begin <= Self.fieldBytesMax else { return .csvFieldTooLong }
                record.bounds.append(begin..<record.bytes.count)
                guard index < bytes.count else { return nil }
                index += 1
            }
        }
    }
}

extension Failure {
    static let importUTF16 = Failure(
        .invalid, "import.utf_16", "The file is in UTF-16: save it as UTF-8 (\"CSV UTF-8\" in Excel) and import that.")
    static let importNotText = Failure(
        .invalid, "import.not_text",
        "The file is an archive or a spreadsheet, not text: unpack it, or export it as CSV, and import that.")
    static let csvFieldTooLong = Failure(.tooLarge, "import.field_too_long", "A field is longer than 64 KiB.")
    static let csvRecordTooLong = Failure(
        .tooLarge, "import.record_too_long",
        "The row is longer than 1 MiB: perhaps a quotation mark is not closed.")
    static let csvQuoteNotClosed = Failure(
        .invalid, "import.quote_not_closed", "A quotation mark is opened and not closed.")
    static let csvStrayQuote = Failure(
        .invalid, "import.stray_quote", "There is a quotation mark inside of a field that is not quoted.")
    static let csvTextAfterQuote = Failure(
        .invalid, "import.text_after_quote", "There is text between a closing quotation mark and the next comma.")
}
