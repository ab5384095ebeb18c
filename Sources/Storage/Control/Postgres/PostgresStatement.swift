/// A statement as PostgreSQL reads it: `$1` for `:name`.
struct PostgresStatement {
    /// The database's clock, in milliseconds.
    static let clock = "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)"

    let text: String
    /// Whose values `$1`, `$2` … are.
    let names: [String]

    /// - Parameter isMomentKnown: else `:now` is the database's clock itself.
    init(_ sql: String, isMomentKnown: Bool) {
        var text = ""
        var names: [String] = []
        var rest = Substring(sql)
        var quote: Character?
        while let character = rest.popFirst() {
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            if quote == nil, character == ":", !name.isEmpty {
                rest.removeFirst(name.count)
                text += Self.placeholder(String(name), &names, isMomentKnown)
                continue
            }
            if character == quote { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
            text.append(character)
        }
        self.text = text
        self.names = names
    }

    private static func placeholder(_ name: String, _ names: inout [String], _ isMomentKnown: Bool) -> String {
        if name == "now", !isMomentKnown { return clock }
        if let index = names.firstIndex(of: name) { return "$\(index + 1)" }
        names.append(name)
        return "$\(names.count)"
    }
}
