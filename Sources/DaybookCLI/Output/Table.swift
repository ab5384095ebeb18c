/// Rows under headings, for people.
///
/// On a terminal a row stays on one line: flexible columns give way first, then those that matter least are left out,
/// which is said below the table; and when all that is not enough, the widest are cut.
struct Table: Sendable {
    struct Column: Sendable {
        enum Alignment: Sendable { case left, right }

        let title: String
        let alignment: Alignment
        /// Cut first when a row is too long.
        let isFlexible: Bool
        /// Left out when rows are too long, the lowest number first; nil for what a row says nothing without.
        let rank: Int?

        init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false, rank: Int? = nil) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
            self.rank = rank
        }
    }

    struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let style: Terminal.Style?

        init(_ text: String, _ style: Terminal.Style? = nil) {
            self.text = text.onOneLine
            self.style = style
        }

        /// Shows nothing for a value that is not known.
        init(_ text: String?, _ style: Terminal.Style? = nil) { self.init(text ?? "", style) }

        init(stringLiteral value: String) { self.init(value) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// Missing cells are empty, those past the last column are dropped.
    mutating func add(_ cells: [Cell]) {
        let missing = max(columns.count - cells.count, 0)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: Cell(""), count: missing))
    }

    /// How narrow a flexible column is made before others are left out, and any column in the end.
    private static let (flexibleMin, cellsMin) = (8, 3)
    private static let gap = 2

    func printed(_ terminal: Terminal = .output) {
        for line in lines(terminal) { print(line) }
    }

    func lines(_ terminal: Terminal) -> [String] {
        let (widths, absent) = layout(terminal.width)
        let shown = columns.indices.filter { !absent.contains($0) }
        let head = columns.map { Cell($0.title, .bold) }
        let lines = ([head] + rows).map { row in
            var line = ""
            for index in shown {
                let cell = row[index]
                let isLast = index == shown.last
                let isRight = columns[index].alignment == .right
                let text = cell.text.cut(to: widths[index])
                let blanks = isLast && !isRight ? 0 : widths[index] - text.cellCount
                let padding = String(repeating: " ", count: max(blanks, 0))
                let styled = terminal.styled(text, cell.style)
                line += (isRight ? padding + styled : styled + padding)
                if !isLast { line += String(repeating: " ", count: Self.gap) }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
        guard !absent.isEmpty else { return lines }
        let names = absent.sorted().map { columns[$0].title }.joined(separator: ", ")
        return lines + [terminal.styled("(no room for \(names))".cut(to: terminal.width ?? .max), .dim)]
    }

    /// How wide each column is, and which are left out.
    private func layout(_ available: Int?) -> (widths: [Int], absent: Set<Int>) {
        var natural = columns.map(\.title.cellCount)
        for row in rows {
            for (index, cell) in row.enumerated() { natural[index] = max(natural[index], cell.text.cellCount) }
        }
        guard let available else { return (natural, []) }
        let floors = columns.indices.map {
            columns[$0].isFlexible ? min(natural[$0], Self.flexibleMin) : natural[$0]
        }
        var absent: Set<Int> = []
        func excess(_ widths: [Int]) -> Int {
            let shown = columns.indices.filter { !absent.contains($0) }
            return shown.reduce(0) { $0 + widths[$1] } + Self.gap * (shown.count - 1) - available
        }
        let ranked = columns.indices.filter { columns[$0].rank != nil }
            .sorted { (columns[$0].rank ?? 0) < (columns[$1].rank ?? 0) }
        for index in ranked where excess(floors) > 0 { absent.insert(index) }
        var widths = natural
        for index in columns.indices where columns[index].isFlexible && !absent.contains(index) {
            widths[index] = max(widths[index] - max(excess(widths), 0), floors[index])
        }
        // What is still too long has nothing left to give: the widest are cut, a cell at a time.
        while excess(widths) > 0 {
            let shown = columns.indices.filter { !absent.contains($0) }
            guard let widest = shown.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.cellsMin else { break }
            widths[widest] -= 1
        }
        return (widths, absent)
    }
}
