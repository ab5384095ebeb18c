import Foundation
import GRDB
import Journal
import Primitives

/// Gathers what the statistics are figured from.
package struct StatisticsStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// The trades in one quote currency. Sums over several would add apples and pears: there are no exchange rates here.
    package struct Population: Sendable {
        /// Empty where the symbols do not say.
        package let quote: String
        package let closed: [TradeFacts]
        package let openCount: Int
        /// Closed trades whose profit cannot be told: they are in no figure.
        package let uncertainCount: Int
        /// Trades with fees in other coins, which are in no figure.
        package let otherFeesCount: Int
    }

    /// The quote currency with the most closed trades first.
    package func populations() throws -> [Population] {
        var builders: [String: Builder] = [:]
        try TradeStore(db).forEach { trade in builders[Symbol.quote(of: trade.symbol), default: Builder()].add(trade) }
        return builders.map { quote, builder in
            Population(
                quote: quote, closed: builder.closed, openCount: builder.openCount,
                uncertainCount: builder.uncertainCount, otherFeesCount: builder.otherFeesCount)
        }.sorted { ($1.closed.count, $0.quote) < ($0.closed.count, $1.quote) }
    }

    private struct Builder {
        var closed: [TradeFacts] = []
        var openCount = 0
        var uncertainCount = 0
        var otherFeesCount = 0

        mutating func add(_ trade: TradeSummary) {
            if trade.isOpen {
                openCount += 1
            } else if let facts = trade.facts {
                closed.append(facts)
            } else {
                uncertainCount += 1
            }
            if trade.otherFees != nil { otherFeesCount += 1 }
        }
    }
}
