import Primitives

/// What a person says of the columns of a file that no layout knows: `time=Date,symbol=Ticker,side=Action,price=Px,…`.
///
/// What is said is decided; what is left open is found by the names that any file may use, and checked as there.
package struct ColumnMap: Hashable, Sendable {
    /// A column as a person points at it.
    enum Column: Hashable, Sendable {
        case title(String)
        /// Its place in the header, from 1: `#3`.
        case place(Int)
    }

    /// Of the whole text, in bytes: as much as one line of a journal may have.
    package static let bytesMax = 4096
    package static let ignoredMax = 100

    private(set) var columns: [ColumnLayout.Role: Column] = [:]
    /// The quantity is a number of contracts, whose size the instrument says.
    private(set) var countsContracts = false
    /// What was sold has a quantity below zero, and no column says the side.
    private(set) var sideIsSign = false
    private(set) var words = SaidWords()
    /// Columns that count as absent.
    private(set) var ignored: [Column] = []

    /// - Throws: `import.bad_map`.
    package init(_ text: String) throws(Failure) {
        guard text.utf8.count <= Self.bytesMax else {
            throw .importBadMap("It is longer than \(Self.bytesMax) bytes.")
        }
        // A title may have a line break in it; names are compared by their letters and digits, so a blank will do.
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .importBadMap("It has a line break, a tab or another sign that cannot be seen: write a blank for it.")
        }
        var items = MapItems(text)
        var date: Column?
        while let (name, value) = try items.next() {
            let name = name.lowercased().replacing("-", with: "_")
            switch name {
            case "buy": try Self.add(&words.buys, value, name)
            case "sell": try Self.add(&words.sells, value, name)
            case "fill": try Self.add(&words.fills, value, name)
            case "skip": try Self.add(&words.skips, value, name)
            case "ignore":
                for part in value.isQuoted ? [value.text] : try value.alternatives(name) {
                    ignored.append(try Self.column(part, isQuoted: value.isQuoted))
                }
            case "date":
                guard date == nil else { throw .importBadMap("“date” is given twice.") }
                date = try Self.column(value.text, isQuoted: value.isQuoted)
            case "side" where value.text == Self.signWord && !value.isQuoted:
                guard columns[.side] == nil, !sideIsSign else { throw .importBadMap("“side” is given twice.") }
                sideIsSign = true
            default: try put(name, try Self.column(value.text, isQuoted: value.isQuoted))
            }
        }
        if let date { try put(date: date) }
        guard !columns.isEmpty || sideIsSign || !words.isEmpty || !ignored.isEmpty else {
            throw .importBadMap("It is empty.")
        }
        try checkSense()
    }

    private mutating func put(_ name: String, _ column: Column) throws(Failure) {
        let known = Self.roles.first { $0.name == name }
        let role: ColumnLayout.Role? = name == Self.contracts ? .quantity : known?.role
        guard let role else {
            throw .importBadMap(
                "“\(name.onOneLine(charactersMax: 40))” is no role. There are \(Self.roleNames.joined(separator: ", ")); and for words buy, sell, "
                    + "fill, skip; and ignore.")
        }
        guard columns[role] == nil, !(role == .side && sideIsSign) else {
            throw .importBadMap(
                role == .quantity ? "The quantity is given twice." : "“\(name)” is given twice.")
        }
        columns[role] = column
        if name == Self.contracts { countsContracts = true }
    }

    /// A date beside a time: the time is that of the day.
    private mutating func put(date: Column) throws(Failure) {
        if let time = columns[.time] {
            guard columns[.clock] == nil else {
                throw .importBadMap("“date”, “time” and “clock” are given: give two of them.")
            }
            columns[.clock] = time
        }
        columns[.time] = date
    }

    private func checkSense() throws(Failure) {
        guard ignored.count <= Self.ignoredMax else {
            throw .importBadMap("It ignores more than \(Self.ignoredMax) columns.")
        }
        let both = words.buys.first(where: words.sells.contains) ?? words.fills.first(where: words.skips.contains)
        if let both {
            throw .importBadMap("“\(both.onOneLine(charactersMax: 40))” is given two meanings.")
        }
        if columns[.clock] != nil, columns[.time] == nil {
            throw .importBadMap("“clock” is the time of day: give the column of the date too, as date=….")
        }
    }

    private static func add(_ words: inout [String], _ value: MapItems.Value, _ name: String) throws(Failure) {
        guard words.isEmpty else { throw .importBadMap("“\(name)” is given twice.") }
        words = try value.alternatives(name).map { $0.lowercased() }
    }

    private static func column(_ text: String, isQuoted: Bool) throws(Failure) -> Column {
        guard !isQuoted, text.hasPrefix("#"), text.utf8.count > 1, text.utf8.dropFirst().allSatisfy(\.isDigit) else {
            return .title(text)
        }
        guard let place = Int(text.dropFirst()), (1...ImportHeader.columnsMax).contains(place) else {
            throw .importBadMap("“\(text.prefix(40))” is no place of a column: they are counted from #1 on.")
        }
        return .place(place)
    }

    // MARK: The words for roles

    private static let signWord = "-"
    private static let contracts = "contracts"

    /// In the order in which a map is written.
    private static let roles: [(name: String, role: ColumnLayout.Role)] = [
        ("time", .time), ("clock", .clock), ("symbol", .symbol), ("base", .base), ("currency", .currency),
        ("side", .side), ("price", .price), ("quantity", .quantity), ("total", .total), ("fee", .fee),
        ("second_fee", .secondFee), ("third_fee", .thirdFee), ("fee_currency", .feeCoin), ("id", .tradeID),
        ("order", .orderID), ("kind", .kind), ("status", .status), ("position_side", .leg), ("effect", .effect),
        ("profit", .profit), ("market", .marketKind),
    ]

    /// As messages list them.
    static let roleNames: [String] =
        ["date"] + roles.flatMap { $0.role == .quantity ? [$0.name, contracts] : [$0.name] }

    func name(of role: ColumnLayout.Role) -> String {
        role == .quantity && countsContracts ? Self.contracts : Self.word(for: role)
    }

    static func word(for role: ColumnLayout.Role) -> String { roles.first { $0.role == role }?.name ?? role.noun }

    // MARK: As text

    /// The same map, always written alike: read again, it is the same.
    package var text: String {
        var items = Self.roles.compactMap { _, role in
            columns[role].map { "\(name(of: role))=\($0.text)" }
        }
        if sideIsSign { items.append("side=\(Self.signWord)") }
        for (name, said) in [("buy", words.buys), ("sell", words.sells), ("fill", words.fills), ("skip", words.skips)]
        where !said.isEmpty { items.append("\(name)=\(MapItems.quoted(said.joined(separator: "|")))") }
        return (items + ignored.map { "ignore=\($0.alone)" }).joined(separator: ",")
    }
}

extension ColumnMap.Column {
    /// As a map has it.
    var text: String {
        switch self {
        case .place(let place): "#\(place)"
        case .title(let title): MapItems.quoted(title)
        }
    }

    /// As a map has it where others may follow after `|`.
    var alone: String {
        guard case .title(let title) = self, title.utf8.contains(UInt8(ascii: "|")) else { return text }
        return MapItems.inQuotes(title)
    }

    /// Without the quotes.
    var bare: String {
        switch self {
        case .place(let place): "#\(place)"
        case .title(let title): title
        }
    }

    /// For messages.
    var quoted: String { "“\(bare.onOneLine(charactersMax: 60))”" }
}

/// The words by which a file says what a row is, as a person says; in lower case.
struct SaidWords: Hashable, Sendable {
    var buys: [String] = []
    var sells: [String] = []
    /// Kinds and statuses of rows that are fills.
    var fills: [String] = []
    /// Kinds, statuses and sides of rows that are none.
    var skips: [String] = []

    var isEmpty: Bool { buys.isEmpty && sells.isEmpty && fills.isEmpty && skips.isEmpty }

    func side(_ field: FieldBytes) -> Side? {
        guard !buys.isEmpty || !sells.isEmpty else { return nil }
        let word = field.text.lowercased()
        return buys.contains(word) ? .buy : sells.contains(word) ? .sell : nil
    }

    func isFill(_ field: FieldBytes) -> Bool { !fills.isEmpty && fills.contains(field.text.lowercased()) }
    func isSkipped(_ field: FieldBytes) -> Bool { !skips.isEmpty && skips.contains(field.text.lowercased()) }
}

extension Failure {
    static func importBadMap(_ problem: String) -> Failure {
        Failure(
            .invalid, "import.bad_map",
            "The map of columns cannot be read. \(problem) Write it as time=Date,symbol=Ticker,side=Action,price=Px,quantity=Qty."
        )
    }
}
