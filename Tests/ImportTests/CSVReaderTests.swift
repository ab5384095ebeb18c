import Journal
import Primitives
import Testing

/// A record as the tests compare it.
private struct Seen: Equatable {
    var line: Int
    var fields: [String]
    var failure: String?

    init(_ line: Int, _ fields: String...) {
        self.line = line
        self.fields = fields
    }

    init(_ line: Int, failing code: String) {
        self.line = line
        fields = []
        failure = code
    }

    init(_ record: CSVRecord) {
        line = record.line
        fields = (0..<record.count).map { record.text($0) }
        failure = record.failure?.code
    }
}

private func read(_ bytes: [UInt8], delimiter: Character = ",", chunk: Int = 1000) throws -> [Seen] {
    var reader = CSVReader(delimiter: delimiter.asciiValue ?? 0, nextChunk: chunks(bytes) { chunk })
    var record = CSVRecord()
    var seen: [Seen] = []
    while try reader.next(&record) { seen.append(Seen(record)) }
    #expect(reader.bytesConsumed == bytes.count)
    return seen
}

private func read(_ text: String, delimiter: Character = ",", chunk: Int = 1000) throws -> [Seen] {
    try read(Array(text.utf8), delimiter: delimiter, chunk: chunk)
}

@Suite struct CSVReaderTests {
    @Test func `an equals sign before a quotation mark keeps a spreadsheet from reading a number`() throws {
        #expect(
            try read("=\"00123\",b\nc,=\"1,2\"\n=x,y\n") == [
                Seen(1, "00123", "b"), Seen(2, "c", "1,2"), Seen(3, "=x", "y"),
            ])
    }

    @Test func `a quoted comma stays in its field`() throws {
        #expect(try read("a,\"b,c\",d") == [Seen(1, "a", "b,c", "d")])
    }

    @Test func `a doubled quotation mark is one`() throws {
        #expect(try read("\"say \"\"hi\"\"\",\"\"\"\",\"\"\n") == [Seen(1, "say \"hi\"", "\"", "")])
    }

    @Test func `a line break in quotation marks stays in its field and counts as a line`() throws {
        #expect(
            try read("\"a\nb\r\nc\rd\",e\nf,g\n") == [Seen(1, "a\nb\r\nc\rd", "e"), Seen(5, "f", "g")])
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 1000])
    func `lines may end in any of three ways`(ending: String, chunk: Int) throws {
        let text = ["a,b", "", "c,\"d\"", "", ""].joined(separator: ending)
        #expect(try read(text, chunk: chunk) == [Seen(1, "a", "b"), Seen(3, "c", "d")])
    }

    @Test func `the last line needs no end`() throws {
        #expect(try read("a,b\nc,") == [Seen(1, "a", "b"), Seen(2, "c", "")])
    }

    @Test func `a file of nothing has no records`() throws {
        #expect(try read("") == [])
        #expect(try read("\n\r\n\n") == [])
    }

    @Test(arguments: [1, 2, 1000]) func `a byte order mark is not part of the first field`(chunk: Int) throws {
        #expect(try read([0xef, 0xbb, 0xbf] + Array("\"a\",b".utf8), chunk: chunk) == [Seen(1, "a", "b")])
    }

    @Test(arguments: [[0xff, 0xfe], [0xfe, 0xff]] as [[UInt8]])
    func `a file in UTF-16 is refused with advice`(mark: [UInt8]) throws {
        let failure = #expect(throws: Failure.self) { try read(mark + [0x61, 0x00], chunk: 1) }
        #expect(failure?.code == "import.utf_16")
        #expect(failure?.message.contains("UTF-8") == true)
    }

    @Test func `an archive is refused with advice`() throws {
        let failure = #expect(throws: Failure.self) { try read([0x50, 0x4b, 0x03, 0x04, 0x14]) }
        #expect(failure?.code == "import.not_text")
    }

    @Test(arguments: [1, 7, 1000]) func `a quotation mark that is not closed costs one row`(chunk: Int) throws {
        let seen = try read("a,b\nc,\"d\ne,f\ng,h\n", chunk: chunk)
        #expect(
            seen == [
                Seen(1, "a", "b"), Seen(2, failing: "import.quote_not_closed"), Seen(3, "e", "f"), Seen(4, "g", "h"),
            ])
    }

    @Test func `two stray quotation marks do not swallow the rows between them`() throws {
        let seen = try read("5\" disk,1\na,2\nb,3\n3\" disk,4\nc,5\n")
        #expect(
            seen == [
                Seen(1, failing: "import.stray_quote"), Seen(2, "a", "2"), Seen(3, "b", "3"),
                Seen(4, failing: "import.quote_not_closed"), Seen(5, "c", "5"),
            ])
    }

    @Test func `text behind a closing quotation mark is refused`() throws {
        #expect(try read("\"a\"b,c\nd,e") == [Seen(1, failing: "import.text_after_quote"), Seen(2, "d", "e")])
    }

    @Test func `a field may have 64 KiB and not a byte more`() throws {
        let longest = String(repeating: "x", count: CSVReader.fieldBytesMax)
        #expect(try read("\(longest),a\nb") == [Seen(1, longest, "a"), Seen(2, "b")])
        #expect(try read("\"\(longest)\",a\nb") == [Seen(1, longest, "a"), Seen(2, "b")])
        let tooLong = Seen(1, failing: "import.field_too_long")
        #expect(try read("\(longest)x,a\nb") == [tooLong, Seen(2, "b")])
        #expect(try read("\"\(longest)x\",a\nb") == [tooLong, Seen(2, "b")])
    }

    @Test(arguments: [4096, 10_000_000]) func `a record may have 1 MiB and not a byte more`(chunk: Int) throws {
        let fields = String(repeating: "1234567,", count: CSVReader.recordBytesMax / 8 - 1)
        let seen = try read(fields + "12345678\nb\n" + fields + "123456789\nc", chunk: chunk)
        #expect(seen.map(\.line) == [1, 2, 3, 4])
        #expect(seen.map(\.failure) == [nil, nil, "import.record_too_long", nil])
    }

    @Test func `a quotation mark left open for more than 1 MiB costs one row`() throws {
        let rows = 200_000
        let seen = try read("a,\"b\n" + String(repeating: "c,d,e,f\n", count: rows), chunk: 4096)
        #expect(seen.count == rows + 1)
        #expect(seen.first == Seen(1, failing: "import.record_too_long"))
        #expect(seen.last == Seen(rows + 1, "c", "d", "e", "f"))
    }

    @Test func `other delimiters leave commas alone`() throws {
        #expect(try read("a;1,5;\"b;c\"", delimiter: ";") == [Seen(1, "a", "1,5", "b;c")])
    }

    @Test func `an error of the source comes through`() throws {
        var chunks = [Array("a,b\nc".utf8)]
        var reader = CSVReader {
            guard let chunk = chunks.popLast() else { throw Failure(.unavailable, "disk.gone", "The disk is gone.") }
            return chunk
        }
        var record = CSVRecord()
        #expect(try reader.next(&record))
        let failure = #expect(throws: Failure.self) { try reader.next(&record) }
        #expect(failure?.code == "disk.gone")
    }
}
