import Journal
import Primitives
import Sync

/// What is to be said of a symbol. Exchange, symbol and kind make the id, so that devices that speak of one instrument mean
/// one.
package struct InstrumentFields: Sendable {
    /// In lower case; empty for all exchanges.
    package let exchange: String
    /// As the journal writes it; of a future that has no date, its root.
    package let symbol: String
    package let kind: MarketKind?
    package var base: Change<String> = .keep
    package var quote: Change<String> = .keep
    package var multiplier: Change<Amount> = .keep
    package var tick: Change<Amount> = .keep
    package var lot: Change<Amount> = .keep
    package var expiry: Change<CivilDay> = .keep
    package var strike: Change<Amount> = .keep

    private static let exchangeBytesMax = 40

    /// - Throws: `symbol.bad_name`, `instrument.bad_exchange`.
    package init(exchange: String, symbol: String, kind: MarketKind?) throws(Failure) {
        let exchange = exchange.lowercased()
        guard exchange.utf8.count <= Self.exchangeBytesMax, exchange.unicodeScalars.allSatisfy({ $0.value > 0x20 })
        else {
            throw Failure(
                .invalid, "instrument.bad_exchange",
                "“\(exchange.prefix(60))” names no exchange: give one word, or none for all exchanges.")
        }
        self.exchange = exchange
        self.symbol = try Symbol.canonical(symbol)
        self.kind = kind
    }

    /// What a file said of a contract.
    init(_ contract: ContractSize, exchange: String) throws(Failure) {
        try self.init(exchange: exchange, symbol: contract.symbol, kind: contract.kind)
        multiplier = .set(contract.size)
    }

    package var id: ID<Instrument> { .derived("instrument", [exchange, symbol, kind?.rawValue ?? ""]) }

    /// Whether anything is said.
    package var isSomething: Bool {
        let areKept = [
            base.isKept, quote.isKept, multiplier.isKept, tick.isKept, lot.isKept, expiry.isKept, strike.isKept,
        ]
        return areKept.contains(false)
    }

    /// - Throws: `instrument.nothing_to_set`, `instrument.bad_size`, `account.bad_currency`.
    func values() throws(Failure) -> [String: Value] {
        guard isSomething else {
            throw Failure(
                .invalid, "instrument.nothing_to_set",
                "Say what \(symbol) is: how much one contract is, what its prices are in, its tick, lot, expiry or strike."
            )
        }
        var values: [String: Value] = ["exchange": .text(exchange), "symbol": .text(symbol)]
        if let kind { values["market_kind"] = .text(kind.rawValue) }
        for (name, change) in [("base", base), ("quote", quote)] {
            switch change {
            case .keep: break
            case .clear: values[name] = .null
            case .set(let text): values[name] = .text(try AccountFields.currency(text))
            }
        }
        for (name, change) in [("multiplier", multiplier), ("tick", tick), ("lot", lot), ("strike", strike)] {
            switch change {
            case .keep: break
            case .clear: values[name] = .null
            case .set(let amount):
                guard amount > .zero else {
                    throw Failure(
                        .invalid, "instrument.bad_size",
                        "The \(name) of \(symbol) is \(amount): give one above zero, or `none` to take it away.")
                }
                values[name] = .text(amount.description)
            }
        }
        switch expiry {
        case .keep: break
        case .clear: values["expiry"] = .null
        case .set(let day): values["expiry"] = .text(day.description)
        }
        return values
    }
}
