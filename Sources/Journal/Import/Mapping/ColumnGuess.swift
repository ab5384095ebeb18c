import Primitives

/// What the columns of a file that nobody knows may be: a map for a person to complete.
struct ColumnGuess {
    let titles: [String]
    private let items: [String]

    /// Parts of folded titles by which a role is guessed where no name that is known is there, the surest first.
    private static let parts: [(role: ColumnLayout.Role, parts: [String])] = [
        (.fee, ["commission", "brokerage", "fee"]),
        (.time, ["datetime", "timestamp", "date", "time", "datum", "fecha"]),
        (
            .symbol,
            ["symbol", "ticker", "instrument", "pair", "market", "security", "product", "contract", "asset", "isin"]
        ),
        (.side, ["side", "buysell", "action", "direction", "operation", "type"]),
        (.quantity, ["quantity", "qty", "filled", "executed", "units", "shares", "amount", "volume", "size"]),
        (.price, ["price", "kurs", "cours", "precio"]),
    ]
    /// What sounds like a time or a fee and is none.
    private static let misleading = ["timeinforce", "rate", "perc"]
    private static let needed: [ColumnLayout.Role] = [.time, .symbol, .side, .price, .quantity]

    /// Looks at the first lines for the one that is most likely the header. Nil where none can be one.
    init?(in head: FileHead) throws {
        var best: (score: Int, titles: [String], found: [ColumnLayout.Role: Int])?
        for delimiter in head.delimiters {
            for record in try head.records(delimiter, atMost: ImportHeader.linesAboveMax) {
                guard (2...ImportHeader.columnsMax).contains(record.count) else { continue }
                let titles = record.titles
                guard !titles.contains(where: Self.isNumber), titles.count(where: { !$0.isEmpty }) > 1 else { continue }
                let found = Self.guess(titles.map { ColumnLayout.folded($0) })
                let score = found.count * ImportHeader.columnsMax + titles.count
                if best.map({ $0.score < score }) ?? true { best = (score, titles, found) }
            }
        }
        guard let best else { return nil }
        titles = best.titles
        let roles = Self.needed + (best.found[.fee] == nil ? [] : [.fee])
        items = roles.map { role in
            let column = best.found[role].map { place in Self.column(place, best.titles) } ?? "…"
            return "\(ColumnMap.word(for: role))=\(column)"
        }
    }

    /// The columns, and the line that says which is which, as far as it can be told.
    var sentence: String {
        let map = items.joined(separator: ",")
        let isPlain = map.utf8.allSatisfy {
            $0.isDigit || $0.asciiLowercased != $0.asciiUppercased || "_=,.#…".utf8.contains($0)
        }
        let given = isPlain ? map : "'\(map.replacing("'", with: "'\\''"))'"
        return "\(Failure.columns(titles)) Say which is which: --map \(given)"
    }

    /// By its place where its name is another's too, or would be cut short.
    private static func column(_ place: Int, _ titles: [String]) -> String {
        let title = titles[place]
        let column = ColumnMap.Column.title(title)
        let isOwn = column.matches(titles, titles.map { ColumnLayout.folded($0) }).count == 1
        return isOwn && title.count <= 40
            ? ColumnMap.Column.title(title.onOneLine(charactersMax: 40)).text : "#\(place + 1)"
    }

    private static func guess(_ folded: [String]) -> [ColumnLayout.Role: Int] {
        var found: [ColumnLayout.Role: Int] = [:]
        func free(_ test: (String) -> Bool) -> Int? {
            folded.indices.first { place in test(folded[place]) && !found.values.contains(place) }
        }
        for (role, _) in parts {
            found[role] = (ColumnLayout.generic.names[role] ?? []).lazy.compactMap { name in free { $0 == name } }.first
        }
        for (role, parts) in parts where found[role] == nil {
            found[role] =
                parts.lazy.compactMap { part in
                    free { title in title.contains(part) && !misleading.contains { title.contains($0) } }
                }.first
        }
        return found
    }

    private static func isNumber(_ title: String) -> Bool {
        !title.isEmpty && title.utf8.allSatisfy { $0.isDigit || ".,+-: ".utf8.contains($0) }
    }
}
