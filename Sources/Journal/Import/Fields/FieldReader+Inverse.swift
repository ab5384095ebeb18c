import Primitives

/// Contracts that are counted in the quote currency and pay in their base: `BTCUSD_PERP`, `XBTUSD`, `BTC-USD-SWAP`.
extension FieldReader {
    /// A number of contracts, by the way in which the layout counts them.
    ///
    /// Throws where that is no number of contracts whose size is known, or where the row says that it was worth something
    /// else.
    func inverseQuantity(
        _ amount: Amount, _ row: RowFields, _ symbol: SymbolName, _ kind: MarketKind?
    ) throws(RowRefusal) -> Amount {
        let known = options.contractSize(symbol.name, kind)
        let contracts: Amount
        switch layout.inverseQuantities {
        case nil: throw .inverse(row[.symbol])
        case .contractsOfRow: return amount
        case .contracts:
            guard let known else {
                throw .refuse(
                    "\(row[.quantity].quoted) is a number of contracts of \(symbol.name), and nobody has said how much "
                        + "\(symbol.quote) one is: say it by `daybook instrument set \(symbol.name) --kind "
                        + "\((kind?.inverse ?? .inversePerpetual).rawValue) --multiplier …` and import again.")
            }
            guard amount.units % ContractTerms.one.units == 0 else {
                throw .refuse(
                    "The \(name(.quantity)) \(row[.quantity].quoted) is no whole number of contracts of \(known) "
                        + "\(symbol.quote): export the quantities in contracts, not in \(symbol.settlement).")
            }
            contracts = amount
        case .money:
            let size = known ?? ContractTerms.one
            guard let count = try? amount / size, (try? count * size) == amount else {
                throw .refuse(
                    "The \(name(.quantity)) \(row[.quantity].quoted) is no number of contracts of \(size) \(symbol.quote)."
                )
            }
            contracts = count
        }
        try checkWorth(of: contracts, known ?? ContractTerms.one, row, symbol)
        return contracts
    }

    /// A quantity in another unit than was taken for granted shows in what the row says it was worth.
    private func checkWorth(
        of contracts: Amount, _ size: Amount, _ row: RowFields, _ symbol: SymbolName
    ) throws(RowRefusal) {
        guard places.has(.worth), !row[.worth].isBlank else { return }
        let said = try number(.worth, row[.worth], likely: [symbol.settlement]).amount.magnitude
        let price = try amount(.price, row, likely: [symbol.quote])
        let worth = ContractTerms(multiplier: size, isInverse: true).notional(contracts, at: price)
        guard Self.isAbout(said, worth) || Self.isAbout(said, try? contracts * size) else {
            throw .refuse(
                "\(contracts) contracts of \(size) \(symbol.quote) at \(price) do not make the \(name(.worth)) "
                    + "\(row[.worth].quoted): export the quantities in contracts, not in \(symbol.settlement).")
        }
    }

    /// To a thousandth.
    private static func isAbout(_ said: Amount, _ expected: Amount?) -> Bool {
        guard let expected, let difference = try? expected - said, let allowed = try? expected / Amount(whole: 1000)
        else { return false }
        return difference.magnitude <= allowed
    }
}

extension RowRefusal {
    /// Of an export that may count coins, contracts or money.
    static func inverse(_ symbol: FieldBytes) -> RowRefusal {
        .refuse(
            "\(symbol.quoted) is an inverse contract, which pays in its coin. Whether this export counts such contracts in "
                + "coins, contracts or money is not known, so the row is left out.")
    }
}
