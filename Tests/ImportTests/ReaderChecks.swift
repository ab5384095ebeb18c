import Journal
import Primitives
import Testing

/// Reads a fixture, found by its header and by its format's name, and compares it row by row.
func expectRows(
    _ name: String, _ format: ImportFormat, _ expected: [String], _ options: ImportOptions = ImportOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let bytes = try Fixture.bytes(name)
    #expect(try importRows(bytes, options).map(shown) == expected, sourceLocation: sourceLocation)
    #expect(try importRows(bytes, format: format, options).map(shown) == expected, sourceLocation: sourceLocation)
    let reader = try ImportReader(account: .main, nextChunk: chunks(bytes))
    #expect(reader.format == format, sourceLocation: sourceLocation)
}

/// What each fill does: `perpetual long closes`.
func expectTraits(
    _ name: String, _ expected: [String], _ options: ImportOptions = ImportOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let found = try fills(importRows(Fixture.bytes(name), options)).map { fill in
        [fill.marketKind?.rawValue, fill.leg?.rawValue, fill.effect.map { "\($0)" }].compactMap { $0 }
            .joined(separator: " ")
    }
    #expect(found == expected, sourceLocation: sourceLocation)
}

/// Expects a file of this header to be refused as a whole, by its name and with the export that is wanted.
func expectWrongExport(
    _ header: String, _ title: String, wants: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let failure = #expect(throws: Failure.self, sourceLocation: sourceLocation) {
        _ = try importRows(header + "\n")
    }
    #expect(failure?.code == "import.wrong_export", sourceLocation: sourceLocation)
    #expect(failure?.message.contains("“\(title)”") == true, sourceLocation: sourceLocation)
    #expect(failure?.message.contains(wants) == true, sourceLocation: sourceLocation)
}

extension ImportOptions {
    /// With the sizes of contracts that come with the program.
    static func shipped(_ exchange: String) -> ImportOptions {
        var options = ImportOptions()
        options.contractSize = { symbol, kind in
            KnownInstruments.find(exchange: exchange, symbol: symbol, kind: kind)?.multiplier
        }
        return options
    }
}
