/// Where a trade comes from.
package enum TradeSource: String, Sendable, CaseIterable {
    /// A person entered it.
    case manual
    /// Fills of an exchange make it.
    case imported = "import"

    package init(isDerived: Bool) { self = isDerived ? .imported : .manual }
}
