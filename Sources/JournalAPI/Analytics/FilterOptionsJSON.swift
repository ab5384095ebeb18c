import Journal
import Primitives
import Storage

/// What there is to filter by.
enum FilterOptionsJSON {
    static func json(_ book: StatisticsBook, accounts: [Account], tags: [(tag: Tag, tradeCount: Int)]) throws -> JSON {
        var symbols: [String: Int] = [:]
        var setups: [String: Int] = [:]
        var traded: [ID<Account>: Int] = [:]
        for (quote, _) in book.quotes {
            let closed = book.closed(in: quote)
            for row in try Breakdown(of: closed, by: .symbol).rows {
                symbols[row.key.name, default: 0] += row.tally.count
            }
            for row in try Breakdown(of: closed, by: .setup).rows where row.key != .noSetup {
                setups[row.key.name, default: 0] += row.tally.count
            }
            for row in try Breakdown(of: closed, by: .account).rows {
                if case .account(let id) = row.key { traded[id, default: 0] += row.tally.count }
            }
        }
        let exchanges = Set(accounts.filter { traded[$0.id] != nil }.map(\.exchange))
        return .object([
            "data": .object([
                "exchanges": .list(exchanges.sorted().map { .text($0) }), "symbols": counted(symbols, "symbol"),
                "setups": counted(setups, "setup_tag"),
                "tags": .list(
                    tags.map {
                        .object(["tag": .text($0.tag.name), "id": .id($0.tag.id), "count": .count($0.tradeCount)])
                    }),
                "accounts": .list(
                    accounts.map { account in
                        .object([
                            "id": .id(account.id), "exchange": .text(account.exchange), "label": .text(account.label),
                            "count": .count(traded[account.id] ?? 0),
                        ])
                    }),
                "quotes": .list(book.quotes.map { .object(["quote": .text($0.quote), "count": .count($0.count)]) }),
                "sides": .list(Direction.allCases.map { .text($0.rawValue.uppercased()) }),
                "sources": .list(TradeSource.allCases.map { .text($0.rawValue) }),
            ])
        ])
    }

    /// The most frequent first, then by name.
    private static func counted(_ counts: [String: Int], _ name: String) -> JSON {
        .list(
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(AnswerLimits.optionsMax).map {
                .object([name: .text($0.key), "count": .count($0.value)])
            })
    }
}
