/// Names and what they are, one below the other, for people. A long one goes on below itself.
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
            let value = fact.value.onOneLine
            let room = max((terminal.width ?? .max) - width - 2, 20)
            let lines = terminal.width == nil ? [value] : value.wrapped(to: room)
            for (index, line) in lines.enumerated() {
                let lead = index == 0 ? name : String(repeating: " ", count: width)
                print("\(lead)  \(terminal.styled(line, fact.style))")
            }
        }
    }
}
