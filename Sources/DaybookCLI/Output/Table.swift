/// Rows under headings, for people. On a terminal the flexible column gives way so that a row stays on one line.
struct Table: Sendable {
    struct Column: Sendable {
        enum Alignment: Sendable { case left, right }

        let title: String
        let alignment: Alignment
        /// Cut first when a row is too long.
        let isFlexible: Bool

        init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
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

    func printed(_ terminal: Terminal = .output) {
        for line in lines(terminal) { print(line) }
    }

    func lines(_ terminal: Terminal) -> [String] {
        let widths = widths(terminal.width)
        let head = columns.map { Cell($0.title, .bold) }
        return ([head] + rows).map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let isLast = index == columns.count - 1
                let isRight = columns[index].alignment == .right
                let text = cell.text.cut(to: widths[index])
                let blanks = isLast && !isRight ? 0 : widths[index] - text.cellCount
                let padding = String(repeating: " ", count: max(blanks, 0))
                let styled = terminal.styled(text, cell.style)
                line += (isRight ? padding + styled : styled + padding) + (isLast ? "" : "  ")
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    private func widths(_ available: Int?) -> [Int] {
        var widths = columns.map(\.title.cellCount)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.cellCount) }
        }
        guard let available else { return widths }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - available
        for index in columns.indices where columns[index].isFlexible && excess > 0 {
            let narrower = max(widths[index] - excess, min(widths[index], 8))
            excess -= widths[index] - narrower
            widths[index] = narrower
        }
        return widths
    }
}
