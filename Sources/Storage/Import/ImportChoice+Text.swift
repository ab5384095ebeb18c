import Primitives

/// The words of a choice as one line, for what is saved of it: `zone=Europe/Berlin,decimal=comma`.
extension ImportChoice.Words {
    private static let exchangeName = "exchange"

    /// In the order in which they are written; no value that an option admits has a comma in it.
    private static var names: [(name: String, place: WritableKeyPath<Self, String?>)] {
        [
            ("utc_offset", \.utcOffset), ("zone", \.zone), ("date_order", \.dateOrder), ("decimal", \.decimal),
            ("currency", \.currency), ("market", \.market), ("order", \.order), ("paid_fees", \.paidFees),
        ]
    }

    /// Empty where nothing was said but a map.
    func text(exchange: String?) -> String {
        let said = Self.names.compactMap { name, place in self[keyPath: place].map { "\(name)=\($0)" } }
        return (said + (exchange.map { ["\(Self.exchangeName)=\($0)"] } ?? [])).joined(separator: ",")
    }

    /// - Throws: `import.unknown_option` for what only a later version writes.
    static func read(_ text: String) throws(Failure) -> (words: Self, exchange: String?) {
        var (words, exchange) = (Self(), String?.none)
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let known = names.first { $0.name == parts[0] }
            if parts.count == 2, parts[0] == exchangeName {
                exchange = parts[1]
            } else if parts.count == 2, let known {
                words[keyPath: known.place] = parts[1]
            } else {
                throw Failure(
                    .invalid, "import.unknown_option",
                    "This version of Daybook does not know the option “\(item.prefix(60))”.")
            }
        }
        return (words, exchange)
    }
}
