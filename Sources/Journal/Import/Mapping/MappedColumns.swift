import Primitives

/// A map on the columns of one file.
struct MappedColumns: Sendable {
    /// The generic layout, as far as the map leaves it.
    let layout: ColumnLayout
    let places: [ColumnLayout.Role: Int]
    /// What the person decided.
    let decided: Set<ColumnLayout.Role>
    /// Columns that count as absent.
    let ignored: Set<Int>

    /// - Parameters:
    ///   - titles: the columns as the file calls them.
    ///   - folded: the same for comparison.
    /// - Throws: `import.bad_map_column`, `import.incomplete_map`.
    init(_ map: ColumnMap, titles: [String], folded: [String]) throws(Failure) {
        var decided: [ColumnLayout.Role: Int] = [:]
        for role in ColumnLayout.Role.allCases {
            guard let column = map.columns[role] else { continue }
            decided[role] = try column.place(titles, folded, for: map.name(of: role))
        }
        try Self.checkApart(decided, map, titles)
        var ignored: Set<Int> = []
        for column in map.ignored { ignored.insert(try column.place(titles, folded, for: "ignore")) }
        let layout = ColumnLayout.mapped(by: map, decided: Set(decided.keys))
        // A column that has its role, or none, is not up for another.
        var open = folded
        for place in ignored.union(decided.values) { open[place] = "" }
        let found = layout.places(in: open) ?? [:]
        places = found.merging(decided) { $1 }
        self.layout = layout
        self.decided = Set(decided.keys).union(map.sideIsSign ? [.side] : [])
        self.ignored = ignored
        try checkNeeds(titles)
    }

    /// Two kinds of money do not stand in one column.
    private static func checkApart(
        _ decided: [ColumnLayout.Role: Int], _ map: ColumnMap, _ titles: [String]
    ) throws(Failure) {
        let amounts: [ColumnLayout.Role] = [.price, .quantity, .total, .fee, .secondFee, .thirdFee]
        for (index, role) in amounts.enumerated() {
            guard let place = decided[role] else { continue }
            guard let other = amounts[(index + 1)...].first(where: { decided[$0] == place }) else { continue }
            throw .importBadMapColumn(
                "The column “\(titles[place].onOneLine(charactersMax: 60))” is given for two roles, \(map.name(of: role)) and "
                    + "\(map.name(of: other)).", titles)
        }
    }

    /// - Throws: `import.incomplete_map`, `import.bad_map_column`.
    private func checkNeeds(_ titles: [String]) throws(Failure) {
        var missing: [String] = []
        func need(_ word: String, _ roles: ColumnLayout.Role...) {
            if !roles.contains(where: { places[$0] != nil }) { missing.append(word) }
        }
        need("time", .time)
        if places[.base] == nil { need("symbol", .symbol) } else { need("currency", .currency) }
        if layout.sides == .words { need("side (side=- where what was sold has a quantity below zero)", .side) }
        need("price or total", .price, .total)
        need("quantity", .quantity)
        guard missing.isEmpty else { throw .importIncompleteMap(missing, titles) }
        if let place = places[.quantity], layout.quantities == .base,
            ColumnLayout.contractColumns.contains(ColumnLayout.folded(titles[place]))
        {
            throw .importBadMapColumn(
                "The column “\(titles[place].onOneLine(charactersMax: 60))” seems to count contracts or lots: write "
                    + "contracts=… for it, and their size is the instrument's.", titles)
        }
    }
}

extension ColumnMap.Column {
    /// - Throws: `import.bad_map_column`.
    fileprivate func place(_ titles: [String], _ folded: [String], for role: String) throws(Failure) -> Int {
        switch self {
        case .place(let place):
            guard place <= titles.count else {
                throw .importBadMapColumn("The file has no column #\(place) (\(role)): it has \(titles.count).", titles)
            }
            return place - 1
        case .title(let title):
            let places = matches(titles, folded)
            guard let place = places.first else {
                throw .importBadMapColumn("The file has no column \(quoted) (\(role)).", titles)
            }
            guard places.count == 1 else {
                let named = places.prefix(5).map { "#\($0 + 1)" }.joined(separator: ", ")
                throw .importBadMapColumn(
                    "The file has several columns “\(title.onOneLine(charactersMax: 60))” (\(role)), \(named): name the one "
                        + "by its place.", titles)
            }
            return place
        }
    }

    /// The places of the columns that are meant, from 0; one that is written the same goes before those that are like it.
    func matches(_ titles: [String], _ folded: [String]) -> [Int] {
        switch self {
        case .place(let place): return titles.indices.contains(place - 1) ? [place - 1] : []
        case .title(let title):
            let same = titles.indices.filter { titles[$0] == title }
            let key = ColumnLayout.folded(title)
            return same.isEmpty && !key.isEmpty ? titles.indices.filter { folded[$0] == key } : same
        }
    }
}

extension ColumnLayout {
    /// Columns that count what is of no size of its own.
    static let contractColumns: Set<String> = ["lots", "lot", "contracts"]

    /// The generic layout with what a person says: a role that is decided is not looked for by name.
    fileprivate static func mapped(by map: ColumnMap, decided: Set<Role>) -> ColumnLayout {
        var layout = ColumnLayout.generic
        layout.needed = []
        for role in decided { layout.names[role] = nil }
        // Whoever says what the fee is says all of it.
        if decided.contains(.fee) {
            layout.names[.secondFee] = nil
            layout.names[.thirdFee] = nil
        }
        if map.sideIsSign {
            layout.sides = .signOfQuantity
            layout.names[.side] = nil
        }
        if map.countsContracts { layout.quantities = .contracts }
        layout.marketWords = RowWord.markets
        layout.said = map.words.isEmpty ? nil : map.words
        return layout
    }
}

extension RowWord<MarketKind> {
    /// The words for kinds of markets in a column that a person names.
    static let markets: [RowWord<MarketKind>] = [
        .init("spot", .spot), .init("margin", .margin), .init("perpetual", .perpetual), .init("perp", .perpetual),
        .init("swap", .perpetual), .init("future", .future), .init("futures", .future), .init("option", .option),
        .init("options", .option), .init("stock", .stock), .init("stocks", .stock), .init("share", .stock),
        .init("shares", .stock), .init("equity", .stock), .init("etf", .stock), .init("forex", .forex),
        .init("fx", .forex), .init("cfd", .cfd),
    ]
}

extension Failure {
    static func importBadMapColumn(_ problem: String, _ titles: [String]) -> Failure {
        Failure(.invalid, "import.bad_map_column", "\(problem) \(columns(titles))")
    }

    static func importIncompleteMap(_ missing: [String], _ titles: [String]) -> Failure {
        Failure(
            .invalid, "import.incomplete_map",
            "The map leaves open which column is the \(missing.joined(separator: ", the ")), and no column is known as one. "
                + columns(titles))
    }

    private static let (columnsShown, titleShown) = (40, 40)

    /// `Its columns are “a”, “b”.`, in one line of bounded length.
    static func columns(_ titles: [String]) -> String {
        let shown = titles.prefix(columnsShown).map { "“\($0.onOneLine(charactersMax: titleShown))”" }
        let more = titles.count > columnsShown ? " and \(titles.count - columnsShown) more" : ""
        return "Its columns are \(shown.joined(separator: ", "))\(more)."
    }
}
