import Primitives

extension ContractSize {
    /// How much of the base one contract is, where a row says what all of it was worth: 100, 50, 0.01. Nil where the
    /// quotient is no round number, since then something else is in the sum.
    static func told(by sum: Amount, quantity: Amount, price: Amount) -> Amount? {
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
}
