import Primitives

/// Whether the columns of a foreign file mean what their names suggest. One that leaves it open is refused as a whole,
/// with what was found and what is missing: wrong money is never booked in silence.
struct MeaningCheck {
    private let header: ImportHeader
    private let rows: [CSVRecord]

    init(_ header: ImportHeader, _ rows: [CSVRecord]) {
        self.header = header
        self.rows = rows
    }

    /// Throws `import.unsure_side`, `import.unsure_kind`, `import.unsure_status`, `import.unsure_contracts`,
    /// `import.unsure_unit`, `import.unsure_market`.
    func check(_ options: ImportOptions) throws {
        guard header.layout.isForeign else { return }
        try checkSides()
        try checkStatuses()
        try checkKinds()
        try checkContracts(options)
        try checkUnits()
        try checkMarkets()
    }

    /// Finds out which column has the date and which the time of day, and gives up a kind that is the side.
    ///
    /// Throws `import.unsure_time`.
    func splitTime(_ header: inout ImportHeader) throws {
        if header.places[.kind] == header.places[.side] { header.put(.kind, at: nil) }
        if header.folded.contains(where: {
            $0.hasPrefix("total") && header.places[.fee] == header.folded.firstIndex(of: $0)
        }) {
            for role in [ColumnLayout.Role.secondFee, .thirdFee] where !header.decided.contains(role) {
                header.put(role, at: nil)
            }
        }
        guard let time = header.places[.time], !header.decided.contains(.clock) else { return }
        let generic = ColumnLayout.generic.names
        let names = (generic[.time] ?? []) + (generic[.clock] ?? []) + ["day"]
        let taken = header.ignored.union(header.decided.compactMap { header.places[$0] })
        let others = header.folded.indices.filter { place in
            place != time && !taken.contains(place) && names.contains(header.folded[place])
        }
        header.put(.clock, at: nil)
        if isAll(time, FieldTime.isClock) {
            guard let date = others.first(where: { !isAll($0, FieldTime.isClock) }) else {
                throw Failure.importUnsureTime(
                    "The column “\(header.titles[time])” has times of day, and no column has dates.")
            }
            header.put(.time, at: date)
            header.put(.clock, at: time)
            return
        }
        if isAll(time, { !$0.contains(UInt8(ascii: ":")) && $0.count <= 11 }),
            let clock = others.first(where: { isAll($0, FieldTime.isClock) })
        {
            header.put(.clock, at: clock)
            return
        }
        guard !header.decided.contains(.time) else { return }
        let rival = others.first { other in rows.contains { isOtherTime($0, time, other) } }
        if let rival {
            throw Failure.importUnsureTime(
                "The columns “\(header.titles[time])” and “\(header.titles[rival])” have different times: take out the one "
                    + "that is not the time of the fill, or name the one that is, as --map time=….")
        }
    }

    private func isAll(_ place: Int, _ test: (FieldBytes) -> Bool) -> Bool {
        rows.contains { $0.field(place) { !$0.isBlank } }
            && rows.allSatisfy { $0.field(place) { $0.isBlank || test($0) } }
    }

    private func isOtherTime(_ row: CSVRecord, _ place: Int, _ other: Int) -> Bool {
        var time = FieldTime()
        let (one, two) = (row.field(place) { time.read($0) }, row.field(other) { time.read($0) })
        let hasClock = row.field(other) { $0.contains(UInt8(ascii: ":")) || $0.allSatisfy(\.isDigit) }
        guard hasClock, case .time(let first) = one, case .time(let second) = two else { return false }
        // One of them may be cut to the minute.
        return (first.milliseconds - second.milliseconds).magnitude >= 60_000
    }

    /// Throws `import.not_fills`, `import.unsure_columns`, `import.unsure_contracts`.
    func checkColumns() throws {
        let position = header.folded.indices.first { place in
            ColumnLayout.positionColumns.contains(header.folded[place]) && !header.ignored.contains(place)
        }
        if let position { throw Failure.importNotFills(header.titles[position]) }
        for role in ColumnLayout.Role.allCases where !header.decided.contains(role) {
            guard let place = header.places[role], header.folded.count(where: { $0 == header.folded[place] }) > 1 else {
                continue
            }
            throw Failure.importUnsureColumns(header.titles[place], role)
        }
        if let place = header.places[.quantity], header.layout.quantities == .base,
            ColumnLayout.contractColumns.contains(header.folded[place])
        {
            throw Failure.importUnsureContracts("The column “\(header.titles[place])” counts")
        }
    }

    private func checkSides() throws {
        guard let place = header.places[.side] else { return }
        var found: [String] = []
        for row in rows where !isSkipped(row) {
            row.field(place) { field in
                guard !field.isBlank, header.layout.side(field) == nil, found.count < 3 else { return }
                let word = "\(field.quoted) in line \(row.line)"
                if !found.contains(word) { found.append(word) }
            }
        }
        guard !found.isEmpty else { return }
        throw Failure.importUnsureSide(header.titles[place], found)
    }

    private func checkKinds() throws {
        guard let place = header.places[.kind] else { return }
        for row in rows where !isSkipped(row) {
            let isKnown = row.field(place) { header.layout.isForeignFill($0) }
            guard isKnown else { throw Failure.importUnsureKind(header.titles[place], row.text(place), row.line) }
        }
    }

    private func checkStatuses() throws {
        guard let place = header.places[.status] else { return }
        for row in rows where !isSkipped(row) {
            let isKnown = row.field(place) { field in field.isBlank || header.layout.status(field) != nil }
            guard isKnown else { throw Failure.importUnsureStatus(header.titles[place], row.text(place), row.line) }
        }
    }

    /// Whether a person says that rows with such a word are no fills.
    private func isSkipped(_ row: CSVRecord) -> Bool {
        guard let said = header.layout.said else { return false }
        return [ColumnLayout.Role.kind, .status, .side].contains { role in
            header.places[role].map { row.field($0) { said.isSkipped($0) } } ?? false
        }
    }

    /// A column of markets that a person names.
    private func checkMarkets() throws {
        guard header.decided.contains(.marketKind), let place = header.places[.marketKind] else { return }
        for row in rows where !isSkipped(row) {
            let isKnown = row.field(place) { $0.isBlank || header.layout.marketWords.meaning(of: $0) != nil }
            guard isKnown else { throw Failure.importUnsureMarket(header.titles[place], row.text(place), row.line) }
        }
    }

    /// OKX lists the two legs of a fill, each in its own coin.
    private func checkUnits() throws {
        let names = ["unit", "tradingunit", "quantityunit", "qtyunit", "sizeunit", "amountunit", "quantitycurrency"]
        let unit = header.folded.indices.first { names.contains(header.folded[$0]) && !header.ignored.contains($0) }
        guard let place = unit, let symbol = header.places[.symbol] else { return }
        for row in rows {
            let unit = row.text(place).trimmed.uppercased()
            let name = SymbolName.read(row.text(symbol).trimmed, header.layout.dialect)
            guard let name, !unit.isEmpty, unit != name.base else { continue }
            throw Failure.importUnsureUnit(header.titles[place], unit, name.base, row.line)
        }
    }

    /// OKX counts its swaps in contracts of a size that the name does not say.
    private func checkContracts(_ options: ImportOptions) throws {
        guard let place = header.places[.symbol], options.market == nil else { return }
        for row in rows {
            let name = row.text(place).trimmed.uppercased()
            guard name.hasSuffix("-SWAP") else { continue }
            throw Failure.importUnsureContracts("“\(name.prefix(40))” in line \(row.line) may be counted")
        }
    }
}

extension Failure {
    static func importUnsureTime(_ problem: String) -> Failure { Failure(.invalid, "import.unsure_time", problem) }

    static func importNotFills(_ column: String) -> Failure {
        Failure(
            .invalid, "import.not_fills",
            "The file has a column “\(column)”, so its rows seem to be whole positions and no fills. Export the list of "
                + "fills, executions or trades instead.")
    }

    static func importUnsureColumns(_ column: String, _ role: ColumnLayout.Role) -> Failure {
        Failure(
            .invalid, "import.unsure_columns",
            "The file has several columns “\(column)”, and nothing says which is the \(role.noun): rename or take out the others, "
                + "or name the one by its place, as --map \(ColumnMap.word(for: role))=#3."
        )
    }

    static func importUnsureSide(_ column: String, _ found: [String]) -> Failure {
        Failure(
            .invalid, "import.unsure_side",
            "The column “\(column)” was taken for the side, and has what is neither buy nor sell: "
                + "\(found.joined(separator: ", ")). Name the column that says it “side”, and take out rows that are no fills; or say "
                + "it, as --map side=…,buy=…,sell=…,skip=…."
        )
    }

    static func importUnsureKind(_ column: String, _ found: String, _ line: Int) -> Failure {
        Failure(
            .invalid, "import.unsure_kind",
            "The column “\(column)” has “\(found.prefix(40))” in line \(line), which may be no fill. Export the list of "
                + "fills, or take out such rows; --map skip=… or fill=… says what they are.")
    }

    static func importUnsureStatus(_ column: String, _ found: String, _ line: Int) -> Failure {
        Failure(
            .invalid, "import.unsure_status",
            "The column “\(column)” has “\(found.prefix(40))” in line \(line), so the file seems to list orders. Export the "
                + "list of fills, executions or trades instead.")
    }

    static func importUnsureMarket(_ column: String, _ found: String, _ line: Int) -> Failure {
        Failure(
            .invalid, "import.unsure_market",
            "The column “\(column)” has “\(found.prefix(40))” in line \(line), which is no kind of market: it must be "
                + "\(MarketKind.sayable.map(\.rawValue).joined(separator: ", ")). --market says one kind for all rows."
        )
    }

    static func importUnsureUnit(_ column: String, _ found: String, _ base: String, _ line: Int) -> Failure {
        Failure(
            .invalid, "import.unsure_unit",
            "The column “\(column)” has “\(found.prefix(20))” in line \(line), and quantities are read in \(base.prefix(20)): the "
                + "file counts some rows otherwise. Export the list of fills, one row each.")
    }

    static func importUnsureContracts(_ problem: String) -> Failure {
        Failure(
            .invalid, "import.unsure_contracts",
            "\(problem) in contracts of a size that the file does not say. Import the exchange's own export, or write "
                + "quantities in the coin; --market perpetual says that they are.")
    }
}
