import Primitives

package enum Side: String, Sendable, CaseIterable { case buy, sell }

/// One execution on an exchange. Imported, it is a fact: only its source corrects it.
package struct Fill: Hashable, Sendable {
    package let id: ID<Fill>
    package let account: ID<Account>
    /// `BASE_QUOTE` in upper case, as `BTC_USDT`.
    package let symbol: String
    package let side: Side
    /// In the quote currency, above zero.
    package let price: Amount
    /// In the base currency, above zero.
    package let quantity: Amount
    /// Paid when positive, received (a rebate) when negative.
    package let fee: Amount
    /// Upper case; empty means the quote currency.
    package let feeCurrency: String
    package let time: Timestamp
    /// The order at the source among fills of one moment: the exchange's trade number, or the place in the file.
    package let sequence: Int64
    /// The exchange's own name for the fill; empty when the source has none.
    package let externalID: String

    package init(
        id: ID<Fill>, account: ID<Account>, symbol: String, side: Side, price: Amount, quantity: Amount, fee: Amount,
        feeCurrency: String, time: Timestamp, sequence: Int64, externalID: String
    ) {
        self.id = id
        self.account = account
        self.symbol = symbol
        self.side = side
        self.price = price
        self.quantity = quantity
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.time = time
        self.sequence = sequence
        self.externalID = externalID
    }
}
