import Primitives

/// Where a file's header is, and whose export it makes the file.
struct ImportHeader: Sendable {
    /// Some exports begin with lines about the account.
    static let linesAboveMax = 20

    let layout: ColumnLayout
    private(set) var places: [ColumnLayout.Role: Int]
    /// The columns as the file calls them.
    let titles: [String]
    let folded: [String]
    let delimiter: UInt8
    /// The header and the records above it.
    let recordCount: Int
    /// What the lines above the header say, or its time column, of the zone.
    let declaredOffset: (minutes: Int, place: String)?
    /// The columns that a person named.
    private(set) var decided: Set<ColumnLayout.Role> = []
    /// Columns that a person wants to count as absent, by their places.
    private(set) var ignored: Set<Int> = []
    /// Whether a map was applied.
    private(set) var isMapped = false
    /// Where it was saved before.
    private(set) var saved: SavedMapping?

    var fieldCount: Int { titles.count }

    /// Where options have a map, by that; else, where no format was given, by a saved mapping for this very header; else by
    /// the layouts that are known.
    ///
    /// Throws `import.empty`, `import.unknown_header` and `import.wrong_export`, what `CSVReader` throws, and what
    /// `mapped` and `saved` throw.
    static func find(
        in head: FileHead, format: ImportFormat, _ options: ImportOptions = ImportOptions()
    ) throws -> ImportHeader {
        if let map = options.columns { return try mapped(map, in: head) }
        if format == .auto, let found = try saved(options.saved, in: head) { return found }
        var isEmpty = true
        for delimiter in head.delimiters {
            var offsetAbove: Int?
            for (place, record) in try head.records(delimiter, atMost: linesAboveMax).enumerated() {
                isEmpty = false
                if let header = ImportHeader(record, place + 1, delimiter, format, offsetAbove) {
                    if let refusal = header.layout.refusal { throw Failure.importWrongExport(header.layout, refusal) }
                    return header
                }
                offsetAbove = offsetAbove ?? zoneAbove(record)
            }
        }
        guard !isEmpty else { throw Failure.importEmpty }
        // A map does not go with the format of an exchange.
        let mayBeMapped = [.auto, .generic].contains(format)
        throw Failure.importUnknownHeader(format, mayBeMapped ? try ColumnGuess(in: head) : nil)
    }

    /// Of a layout that is known; nil where none has such a header.
    private init?(
        _ record: CSVRecord, _ recordCount: Int, _ delimiter: UInt8, _ format: ImportFormat, _ offsetAbove: Int?
    ) {
        guard record.count <= Self.columnsMax else { return nil }
        let titles = record.titles
        let folded = titles.map { ColumnLayout.folded($0) }
        for layout in ColumnLayout.all where format == .auto || layout.format == format {
            guard let places = layout.places(in: folded) else { continue }
            self.init(layout, places, titles, folded, delimiter, recordCount, offsetAbove)
            return
        }
        return nil
    }

    /// Of columns that a person named.
    ///
    /// - Parameter titles: as they are looked for; nil for a file that has none, whose columns go by their places.
    init(
        _ columns: MappedColumns, titles: [String], hasTitles: Bool = true, delimiter: UInt8, recordCount: Int,
        offsetAbove: Int?, by saved: SavedMapping? = nil
    ) {
        let folded = titles.map { hasTitles ? ColumnLayout.folded($0) : "" }
        self.init(columns.layout, columns.places, titles, folded, delimiter, recordCount, offsetAbove)
        decided = columns.decided
        ignored = columns.ignored
        isMapped = true
        self.saved = saved
    }

    private init(
        _ layout: ColumnLayout, _ places: [ColumnLayout.Role: Int], _ titles: [String], _ folded: [String],
        _ delimiter: UInt8, _ recordCount: Int, _ offsetAbove: Int?
    ) {
        self.layout = layout
        self.places = places
        self.titles = titles
        self.folded = folded
        self.delimiter = delimiter
        self.recordCount = recordCount
        let columns = [places[.time], places[.clock]].compactMap { $0 }
        let declared = columns.compactMap { place in
            FieldTime.declaredOffsetMinutes(titles[place]).map { (place: "the column “\(titles[place])”", $0) }
        }.first
        declaredOffset = declared.map { ($0.1, $0.place) } ?? offsetAbove.map { ($0, "the line above the header") }
    }

    static let columnsMax = 1000

    /// The titles as a saved mapping knows a header by.
    static func text(_ folded: [String]) -> String { folded.joined(separator: ",") }

    /// Nil for a header that has no titles.
    var text: String? { folded.contains { !$0.isEmpty } ? Self.text(folded) : nil }

    /// `Time Zone:UTC+8`.
    static func zoneAbove(_ record: CSVRecord) -> Int? {
        for index in 0..<min(record.count, columnsMax) {
            let text = record.text(index).trimmed
            let word = text.uppercased()
            guard word.contains("ZONE") || word.hasPrefix("UTC") || word.hasPrefix("(UTC") else { continue }
            // The name in one column, its value in the next.
            let both = word.contains("UTC") || word.contains("GMT") ? text : text + record.text(index + 1)
            if let minutes = FieldTime.declaredOffsetMinutes(both) { return minutes }
        }
        return nil
    }

    /// Moves a role to another column, or takes it from all.
    mutating func put(_ role: ColumnLayout.Role, at place: Int?) { places[role] = place }

    func title(_ role: ColumnLayout.Role) -> String { places[role].map { titles[$0] } ?? role.noun }
}

extension String {
    /// Without the blanks around it.
    var trimmed: String {
        var bytes = Array(utf8)
        return bytes.withUnsafeMutableBufferPointer { FieldBytes($0).trimmed.text }
    }
}

extension Failure {
    static let importEmpty = Failure(.invalid, "import.empty", "The file is empty: there is nothing to import.")

    static func importUnknownHeader(_ format: ImportFormat, _ guess: ColumnGuess?) -> Failure {
        let names = ImportFormat.allCases.filter { other in ColumnLayout.all.contains { $0.format == other } }
            .filter { $0 != .generic }.map(\.title)
        let known =
            "trade histories of \(names.dropLast().joined(separator: ", ")) and \(names.last ?? ""), and any CSV with the "
            + "header \(ImportFormat.genericHeader) (fee, fee_currency and id may be missing)"
        let problem =
            format == .auto
            ? "None of the first lines is a header that Daybook knows."
            : "None of the first lines is a header of the format \(format.rawValue)."
        let way = guess.map { " \($0.sentence)" } ?? ""
        return Failure(.invalid, "import.unknown_header", "\(problem) It reads the \(known).\(way)")
    }

    static func importWrongExport(_ layout: ColumnLayout, _ refusal: String) -> Failure {
        Failure(.invalid, "import.wrong_export", "This is the export “\(layout.title)”. \(refusal)")
    }
}
