import Primitives
import Sync

/// Where fills come from: one login of one exchange, or a book kept by hand.
package struct Account: Hashable, Sendable {
    package enum Environment: String, Sendable, CaseIterable { case live, sandbox, paper }

    /// How the realised profit of a partly closed position is figured. A closed round trip is the same under both.
    package enum CostBasis: String, Sendable, CaseIterable { case average, fifo }

    package let id: ID<Account>
    /// Lower case: `binance`, `bybit`, `kraken`, `hyperliquid`, or any other word.
    package let exchange: String
    package let environment: Environment
    /// What the trader calls it. With exchange and environment its first one makes the id, so two devices that name one
    /// account mean one account. The id stays when it is renamed.
    package let label: String
    package let costBasis: CostBasis
    /// Of what is traded without a quote currency in its name, as stocks; nil where nobody has said.
    package let currency: String?
    /// Whether what is sold on spot markets may be borrowed; nil where nobody has said.
    package let isMargin: Bool?

    package init(
        id: ID<Account>, exchange: String, environment: Environment, label: String, costBasis: CostBasis = .average,
        currency: String? = nil, isMargin: Bool? = nil
    ) {
        self.id = id
        self.exchange = exchange
        self.environment = environment
        self.label = label
        self.costBasis = costBasis
        self.currency = currency
        self.isMargin = isMargin
    }

    /// `binance/main`.
    package var name: String { "\(exchange)/\(label)" }
}

extension Account {
    /// The account of that name. The exchange is put in lower case, so that "Binance" and "binance" are one.
    package static func named(
        exchange: String, environment: Environment, label: String, costBasis: CostBasis = .average
    ) -> Account {
        let exchange = exchange.lowercased()
        return Account(
            id: .derived("account", [exchange, environment.rawValue, label]), exchange: exchange,
            environment: environment, label: label, costBasis: costBasis)
    }
}
