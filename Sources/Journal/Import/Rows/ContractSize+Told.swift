import Primitives

extension ContractSize {
    /// How much of the base one contract is, where a row says what all of it was worth: 100, 50, 0.01; of an inverse
    /// contract, how much of the quote currency. Nil where the quotient is no round number, since then something else is in
    /// the sum.
    static func told(by sum: Amount, quantity: Amount, price: Amount, isInverse: Bool = false) -> Amount? {
        if isInverse { return toldInverse(by: sum, quantity: quantity, price: price) }
        guard sum > .zero, let unit = try? price * quantity, unit > .zero, let ratio = try? sum / unit else {
            return nil
        }
        // Whole numbers from one on, and so many decimals below it.
        let step: Int128 = ratio >= Amount(whole: 1) ? 500_000_000_000_000_000 : 1_000_000_000_000_000
        let (units, isOver) = ratio.units.addingReportingOverflow(step / 2)
        let size = Amount(units: isOver ? 0 : units / step * step)
        guard size > .zero, let back = try? unit * size, let rest = try? back - sum,
            let tolerance = try? sum / Amount(whole: 10_000)
        else { return nil }
        return rest.magnitude <= tolerance ? size : nil
    }

    /// Of a sum in the coin: 1, 10 or 100 of the quote currency, since the sum has few digits.
    private static func toldInverse(by sum: Amount, quantity: Amount, price: Amount) -> Amount? {
        let one = ContractTerms.one
        guard let money = try? sum * price, let ratio = try? money / quantity,
            let above = try? ratio + Amount(units: one.units / 2)
        else { return nil }
        let size = Amount(units: above.units / one.units * one.units)
        guard size > .zero, let rest = try? ratio - size, let allowed = try? size / Amount(whole: 500),
            rest.magnitude <= allowed
        else { return nil }
        return size
    }
}
