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
    /// The fields that stand above the header and are not blank.
    let above: [String]
    /// What the lines above the header say, or its time column, of the zone.
    let declaredOffset: (minutes: Int, place: String)?

    var fieldCount: Int { titles.count }

    /// Throws `import.empty`, `import.unknown_header` and `import.wrong_export`, and what `CSVReader` throws.
    static func find(in head: FileHead, format: ImportFormat) throws -> ImportHeader {
        var isEmpty = true
        for delimiter in head.delimiters {
            var offsetAbove: Int?
            var above: [String] = []
            for (place, record) in try head.records(delimiter, atMost: linesAboveMax).enumerated() {
                isEmpty = false
                if let header = ImportHeader(record, place + 1, delimiter, format, above, offsetAbove) {
                    if let refusal = header.layout.refusal { throw Failure.importWrongExport(header.layout, refusal) }
                    return header
                }
                offsetAbove = offsetAbove ?? zoneAbove(record)
                above += (0..<min(record.count, columnsMax)).map { record.text($0).trimmed }.filter { !$0.isEmpty }
            }
        }
        throw isEmpty ? Failure.importEmpty : .importUnknownHeader(format)
    }

    private init?(
        _ record: CSVRecord, _ recordCount: Int, _ delimiter: UInt8, _ format: ImportFormat, _ above: [String],
        _ offsetAbove: Int?
    ) {
        guard record.count <= Self.columnsMax else { return nil }
        let titles = (0..<record.count).map { record.text($0).trimmed }
        let folded = titles.map { ColumnLayout.folded($0) }
        for layout in ColumnLayout.all where format == .auto || layout.format == format {
            guard let places = layout.places(in: folded) else { continue }
            self.layout = layout
            self.places = places
            self.titles = titles
            self.folded = folded
            self.delimiter = delimiter
            self.recordCount = recordCount
            self.above = above
            let columns = [places[.time], places[.clock]].compactMap { $0 }
            let declared = columns.compactMap { place in
                FieldTime.declaredOffsetMinutes(titles[place]).map { (place: "the column “\(titles[place])”", $0) }
            }.first
            declaredOffset =
                declared.map { ($0.1, $0.place) } ?? offsetAbove.map { ($0, "the line above the header") }
            return
        }
        return nil
    }

    private static let columnsMax = 1000

    /// `Time Zone:UTC+8`.
    private static func zoneAbove(_ record: CSVRecord) -> Int? {
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

    static func importUnknownHeader(_ format: ImportFormat) -> Failure {
        let names = ImportFormat.allCases.filter { other in ColumnLayout.all.contains { $0.format == other } }
            .filter { $0 != .generic }.map(\.title)
        let known =
            "trade histories of \(names.dropLast().joined(separator: ", ")) and \(names.last ?? ""), and any CSV with the "
            + "header \(ImportFormat.genericHeader) (fee, fee_currency and id may be missing)"
        let problem =
            format == .auto
            ? "None of the first lines is a header that Daybook knows."
            : "None of the first lines is a header of the format \(format.rawValue)."
        return Failure(.invalid, "import.unknown_header", "\(problem) It reads the \(known).")
    }

    static func importWrongExport(_ layout: ColumnLayout, _ refusal: String) -> Failure {
        Failure(.invalid, "import.wrong_export", "This is the export “\(layout.title)”. \(refusal)")
    }
}
