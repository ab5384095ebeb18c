import Primitives

/// Whether a column “Amount” is the quantity or what it cost: exports have it for either.
///
/// Where another column is the quotient or the product of it and the price in all rows, that tells.
struct AmountCheck {
    private static let names: Set<String> = ["amount", "volume", "vol"]
    private static let rowsMax = 200
    /// Figures are rounded, and a sum may have a fee in it: one part in so many is no difference.
    private static let parts: Int64 = 100

    private let header: ImportHeader
    private let rows: ArraySlice<CSVRecord>
    private let form: NumberForm
    private let place: Int
    private let price: Int

    /// Nil where nothing is open: the export is known, a person says it, or the column has a plainer name.
    init?(_ header: ImportHeader, _ rows: [CSVRecord], _ form: NumberForm) {
        guard header.layout.isForeign, !header.decided.contains(.quantity), let place = header.places[.quantity],
            let price = header.places[.price], Self.names.contains(header.folded[place])
        else { return nil }
        self.header = header
        self.rows = rows.prefix(Self.rowsMax)
        self.form = form
        self.place = place
        self.price = price
    }

    private enum Verdict { case isQuantity, isTotal }

    /// What was assumed, for people; nil where the file proves it. Throws `import.unsure_amount`.
    func check() throws -> String? {
        let taken = header.ignored.union(header.places.values)
        let others = header.titles.indices.filter { !taken.contains($0) }
        let verdicts = others.compactMap { other in verdict(by: other).map { (other, $0) } }
        if let (other, _) = verdicts.first(where: { $0.1 == .isTotal }) {
            throw Failure.importUnsureAmount(header.titles[place], header.titles[other])
        }
        guard verdicts.isEmpty else { return nil }
        return
            "quantities in the column “\(header.titles[place])”, which nothing in the file proves to be no sum of money "
            + "(--map quantity=… says otherwise)"
    }

    /// Nil where the other column says nothing, or not in all rows the same.
    private func verdict(by other: Int) -> Verdict? {
        var found: Verdict?
        for row in rows {
            guard let amount = number(row, place), let price = number(row, price), let figure = number(row, other)
            else {
                continue
            }
            let isTotal = Self.isProduct(amount, of: figure, price)
            // At a price of one both are true.
            guard isTotal != Self.isProduct(figure, of: amount, price) else {
                guard isTotal else { return nil }
                continue
            }
            let verdict: Verdict = isTotal ? .isTotal : .isQuantity
            guard found == nil || found == verdict else { return nil }
            found = verdict
        }
        return found
    }

    /// Nil for what is no number, and for zero.
    private func number(_ row: CSVRecord, _ place: Int) -> Amount? {
        row.field(place) { FieldNumber.amount($0, form)?.magnitude }.flatMap { $0.isZero ? nil : $0 }
    }

    private static func isProduct(_ product: Amount, of one: Amount, _ other: Amount) -> Bool {
        guard let exact = try? one * other, let rest = try? exact - product,
            let scaled = try? rest.magnitude * Amount(whole: parts)
        else { return false }
        return scaled <= product
    }
}

extension Failure {
    static func importUnsureAmount(_ column: String, _ other: String) -> Failure {
        Failure(
            .invalid, "import.unsure_amount",
            "The column “\(column)” is the price times “\(other)”, so it is a sum of money and no quantity. Say which column "
                + "is the quantity, as --map quantity=\(MapItems.quoted(other.onOneLine(charactersMax: 60))).")
    }
}
