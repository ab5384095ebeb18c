/// Names and what they are, one a line, for people.
struct Facts {
    private let facts: [(name: String, value: String, style: Terminal.Style?)]

    init(_ facts: [(name: String, value: String)]) { self.facts = facts.map { ($0.name, $0.value, nil) } }

    /// Leaves out what has no value.
    init(known facts: [(name: String, value: String, style: Terminal.Style?)]) {
        self.facts = facts.filter { !$0.value.isEmpty }
    }

    func printed(_ terminal: Terminal = .output) {
        let width = facts.map(\.name.cellCount).max() ?? 0
        for fact in facts {
            let name = terminal.styled(fact.name.padded(to: width), .dim)
            print("\(name)  \(terminal.styled(fact.value.onOneLine, fact.style))")
        }
    }
}
