import Primitives

/// The shapes of a document as people read them: each named one once, and words that link to it.
struct NamedShapes {
    /// By name, in alphabetical order.
    private(set) var all: [(name: String, shape: Shape)] = []
    private var known: Set<String> = []

    init(of document: APIDocument) {
        add(document.failures.shape)
        for route in document.chapters.flatMap(\.routes) {
            for content in [route.takes] + route.answers.sorted(by: { $0.key < $1.key }).map(\.value) {
                for shape in content.shapes.compactMap(\.shape) { add(shape) }
            }
        }
        all.sort { $0.name < $1.name }
    }

    private mutating func add(_ shape: Shape) {
        if let name = shape.name {
            guard known.insert(name).inserted else { return }
            all.append((name: name, shape: shape))
        }
        switch shape.form {
        case .list(let element, _): add(element)
        case .map(let value): add(value)
        case .oneOf(let shapes): for shape in shapes { add(shape) }
        case .object(let members): for member in members { add(member.shape) }
        default: break
        }
    }

    func link(to name: String) -> HTML { "<a href=\"#shape-\(name)\">\(name)</a>" }

    // MARK: Words

    /// `a list of Trade, or null`
    func words(for shape: Shape) -> HTML {
        let words = shape.name.map { link(to: $0) } ?? words(for: shape.form)
        return shape.isNullable ? words + ", or null" : words
    }

    private func words(for form: Shape.Form) -> HTML {
        switch form {
        case .text("uuid", _, _): "id"
        case .text("date", _, _): "day"
        case .text("date-time", _, _): "time"
        case .text(_, let pattern?, _): "text like <code>\(pattern)</code>"
        case .text(_, nil, let length?): "text of \(Self.words(for: length)) characters"
        case .text: "text"
        case .choice(let choices): HTML.all(choices.map { "<code>\($0)</code>" }, between: " or ")
        case .amount(let isAboveZero): isAboveZero ? "amount above zero" : "amount"
        case .integer(let bounds): "whole number\(Self.words(for: bounds))"
        case .number(let bounds):
            "number\(bounds.map { " from \(String($0.lowerBound)) to \(String($0.upperBound))" } ?? "")"
        case .flag: "true or false"
        case .file(let mediaTypes): "file: \(mediaTypes.joined(separator: ", "))"
        case .list(let element, _): "list of \(words(for: element))"
        case .object: "object"
        case .map(let value): "object of \(words(for: value))"
        case .oneOf(let shapes): HTML.all(shapes.map { words(for: $0) }, between: " or ")
        case .anything: "anything"
        }
    }

    private static func words(for bounds: ClosedRange<Int64>) -> String {
        switch (bounds.lowerBound, bounds.upperBound) {
        case (.min, .max): ""
        case (let least, .max): " from \(least) on"
        case (.min, let most): " up to \(most)"
        case (let least, let most): " from \(least) to \(most)"
        }
    }

    private static func words(for length: ClosedRange<Int>) -> String {
        length.upperBound == .max ? "\(length.lowerBound) or more" : "\(length.lowerBound) to \(length.upperBound)"
    }

    // MARK: Tables

    struct Row {
        let name: String
        let shape: Shape
        let note: String
        var fallback: JSON?
    }

    /// What is in it, unless it has a name and is shown elsewhere.
    func members(of shape: Shape) -> HTML { shape.name == nil ? members(ofNamed: shape) : "" }

    func members(ofNamed shape: Shape) -> HTML {
        let rows = Self.rows(of: shape, below: "")
        return rows.isEmpty ? "<p>\(words(for: shape.form))</p>" : table(rows)
    }

    /// A row for each member, and for each of the objects in it that have no name: `tokens.expires_in`, `events[].id`.
    private static func rows(of shape: Shape, below path: String) -> [Row] {
        switch shape.form {
        case .object(let members):
            return members.flatMap { member -> [Row] in
                let name = path + member.name
                let row = Row(name: name, shape: member.shape, note: member.shape.note ?? "")
                return [row] + (member.shape.name == nil ? inner(member.shape, name) : [])
            }
        case .list(let element, _): return element.name == nil ? rows(of: element, below: path + "[].") : []
        default: return []
        }
    }

    private static func inner(_ shape: Shape, _ name: String) -> [Row] {
        switch shape.form {
        case .object: rows(of: shape, below: name + ".")
        case .list(let element, _) where element.name == nil: inner(element, name + "[]")
        default: []
        }
    }

    func table(_ rows: [Row]) -> HTML {
        let lines = rows.map { row -> HTML in
            let optional = row.shape.isOptional ? " <span class=\"quiet\">may be missing</span>" : "" as HTML
            let fallback =
                row.fallback.map { node -> HTML in " <code>\(node.description)</code> unless it says." } ?? ""
            return """
                <tr><th scope="row"><code>\(row.name)</code></th><td>\(words(for: row.shape))\(optional)</td>\
                <td>\(Self.text(row.note))\(fallback)</td></tr>

                """
        }
        return "<div class=\"wide\"><table>\n\(HTML.all(lines))</table></div>"
    }
}

extension NamedShapes {
    /// A note, with what stands between backticks as code.
    fileprivate static func text(_ note: String) -> HTML {
        let parts = note.split(separator: "`", omittingEmptySubsequences: false)
        return HTML.all(parts.enumerated().map { index, part in index % 2 == 1 ? "<code>\(part)</code>" : "\(part)" })
    }
}

typealias Row = NamedShapes.Row

extension JSON {
    /// As a person writes it.
    fileprivate var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): String(flag)
        case .integer(let integer): String(integer)
        case .ratio(let number): String(number)
        case .text(let text): text
        case .list(let list): list.map(\.description).joined(separator: ", ")
        case .object: "{…}"
        }
    }
}
