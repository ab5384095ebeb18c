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
    /// What the trader calls it. With exchange and environment it makes the id, so two devices that name one account
    /// mean one account.
    package let label: String
    package let costBasis: CostBasis

    package init(
        id: ID<Account>, exchange: String, environment: Environment, label: String, costBasis: CostBasis = .average
    ) {
        self.id = id
        self.exchange = exchange
        self.environment = environment
        self.label = label
        self.costBasis = costBasis
    }
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
