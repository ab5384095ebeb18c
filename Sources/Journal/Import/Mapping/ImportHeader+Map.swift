import Primitives

/// Headers by what a person says of the columns.
extension ImportHeader {
    /// The header that has the columns of a map. Of a map that names all columns by their places, the line above the first
    /// one that has a time there; none where that is the first line of the file.
    ///
    /// Throws `import.empty`, `import.bad_map_column`, `import.incomplete_map`, `import.no_rows_for_map`.
    static func mapped(_ map: ColumnMap, in head: FileHead) throws -> ImportHeader {
        let titled = map.allColumns.filter { if case .title = $0 { true } else { false } }
        guard !titled.isEmpty else {
            return map.columns.isEmpty ? try named(map, [], in: head) : try placed(map, in: head)
        }
        return try named(map, titled, in: head)
    }

    private static func named(
        _ map: ColumnMap, _ titled: [ColumnMap.Column], in head: FileHead
    ) throws -> ImportHeader {
        var best: (count: Int, titles: [String], failure: Failure)?
        var isEmpty = true
        for delimiter in head.delimiters {
            var offsetAbove: Int?
            for (place, record) in try head.records(delimiter, atMost: linesAboveMax).enumerated() {
                isEmpty = false
                defer { offsetAbove = offsetAbove ?? zoneAbove(record) }
                guard record.count <= columnsMax else { continue }
                let titles = record.titles
                let folded = titles.map { ColumnLayout.folded($0) }
                do {
                    return ImportHeader(
                        try MappedColumns(map, titles: titles, folded: folded), titles: titles, delimiter: delimiter,
                        recordCount: place + 1, offsetAbove: offsetAbove)
                } catch {
                    // What is wrong is told of the line that looks most like the header.
                    let count = titled.count { !$0.matches(titles, folded).isEmpty }
                    if best.map({ ($0.count, $0.titles.count) < (count, titles.count) }) ?? true {
                        best = (count, titles, error)
                    }
                }
            }
        }
        throw isEmpty ? Failure.importEmpty : best?.failure ?? .importUnknownHeader(.auto, nil)
    }

    private static func placed(_ map: ColumnMap, in head: FileHead) throws -> ImportHeader {
        guard case .place(let time) = map.columns[.time] else { return try named(map, [], in: head) }
        var isEmpty = true
        for delimiter in head.delimiters {
            let records = try head.records(delimiter, atMost: linesAboveMax)
            isEmpty = isEmpty && records.isEmpty
            let first = records.firstIndex { $0.count <= columnsMax && $0.field(time - 1) { FieldTime.isTime($0) } }
            guard let first else { continue }
            let above = first > 0 && records[first - 1].count == records[first].count ? records[first - 1] : nil
            let titles = above?.titles ?? (1...max(1, records[first].count)).map { "#\($0)" }
            let folded = titles.map { above == nil ? "" : ColumnLayout.folded($0) }
            return ImportHeader(
                try MappedColumns(map, titles: titles, folded: folded), titles: titles, hasTitles: above != nil,
                delimiter: delimiter, recordCount: first,
                offsetAbove: records[..<first].compactMap { zoneAbove($0) }.first)
        }
        guard !isEmpty else { throw Failure.importEmpty }
        throw Failure(
            .invalid, "import.no_rows_for_map",
            "None of the first \(linesAboveMax) lines has a time in the column #\(time), where the map has it.")
    }

    /// The header that a mapping was saved for; nil where none of the first lines is one.
    ///
    /// Throws `import.two_mappings`, `import.broken_mapping`.
    static func saved(_ mappings: [SavedMapping], in head: FileHead) throws -> ImportHeader? {
        guard !mappings.isEmpty else { return nil }
        for delimiter in head.delimiters {
            var offsetAbove: Int?
            for (place, record) in try head.records(delimiter, atMost: linesAboveMax).enumerated() {
                defer { offsetAbove = offsetAbove ?? zoneAbove(record) }
                guard record.count <= columnsMax else { continue }
                let titles = record.titles
                let folded = titles.map { ColumnLayout.folded($0) }
                guard let saved = try mappings.matching(text(folded)) else { continue }
                do {
                    let columns = try MappedColumns(try ColumnMap(saved.map), titles: titles, folded: folded)
                    return ImportHeader(
                        columns, titles: titles, delimiter: delimiter, recordCount: place + 1,
                        offsetAbove: offsetAbove, by: saved)
                } catch { throw Failure.importBrokenMapping(saved.name, error) }
            }
        }
        return nil
    }

    /// `columns by your mapping “degiro”: time “Datum”, …`; nil where none was given.
    var mapNote: String? {
        guard isMapped else { return nil }
        let shown = ColumnLayout.Role.allCases.compactMap { role in
            places[role].map { "\(role.noun) “\(titles[$0].onOneLine(charactersMax: 24))”" }
        }
        let signed = layout.sides == .signOfQuantity ? ["side by the sign of the quantity"] : []
        let reason = saved.map { "by your mapping “\($0.name)”" } ?? "as you mapped them"
        let header = text == nil ? "; there is no header" : ""
        return "columns \(reason): \((shown + signed).joined(separator: ", "))\(header)"
    }
}

extension ColumnMap {
    var allColumns: [Column] { Array(columns.values) + ignored }
}

extension CSVRecord {
    /// Its fields as titles of columns.
    var titles: [String] { (0..<count).map { text($0).trimmed } }
}

extension FieldTime {
    /// Whether a field can be a time, a date or a time of day, in whatever order its numbers stand.
    static func isTime(_ field: FieldBytes) -> Bool {
        guard !field.isBlank else { return false }
        var time = FieldTime()
        time.hasCompactDates = true
        if case .unreadable = time.read(field) { return openDate(field) != nil || isClock(field) }
        return true
    }
}
