import Foundation
import Journal
import Primitives
import Testing

/// A journal of `fixtures/statistics`, with what Python made of it.
struct StatisticsFixture: Sendable {
    static let names = [
        "none", "one_win", "one_loss", "mixed_berlin", "mixed_kolkata", "mixed_new_york_evening", "ties",
        "dst_new_york", "dst_lord_howe", "dst_santiago", "ruin", "ruin_on_the_last_day", "no_losses", "breakevens",
        "back_at_the_peak",
        "edges",
    ]

    let expected: JSONTree
    let trades: [TradeFacts]
    let calendar: TradingCalendar
    let startBalance: Amount?

    var closed: ClosedTrades { ClosedTrades(trades, in: calendar) }

    /// Read once: most tests look at every journal.
    private static let journals = names.map { name in Result { try StatisticsFixture(reading: name) } }

    init(_ name: String) throws {
        let index = try #require(Self.names.firstIndex(of: name))
        self = try Self.journals[index].get()
    }

    private init(reading name: String) throws {
        expected = try Fixture.tree("statistics/\(name).json")
        let zone = try #require(expected["zone"].string.flatMap(TimeZone.init(identifier:)))
        calendar = TradingCalendar(zone: zone, startOfDayMinutes: expected["start_of_day_minutes"].int ?? 0)
        startBalance = expected["start_balance"].amount
        var trades: [TradeFacts] = []
        for book in expected["books"].elements {
            let symbol = try #require(book["symbol"].string)
            let account = ID<Account>(rawValue: UInt128(try #require(book["account"].int)))
            let fills = try Fixture.fills(book["fills"], account: account, symbol: symbol, kind: .perpetual)
            for trip in try RoundTrip.derive(from: fills) {
                let anchor = String(trip.anchor.rawValue)
                let tags = expected["tags"][anchor].elements.compactMap(\.string)
                let stop = expected["stops"][anchor].amount
                guard let facts = TradeFacts(trip, id: trip.anchor.cast(), firstStop: stop, tags: tags) else {
                    continue
                }
                trades.append(facts)
            }
        }
        // In the worst order that a store might return.
        self.trades = trades.reversed()
    }
}
