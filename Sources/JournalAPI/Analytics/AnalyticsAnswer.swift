import Foundation
import Journal
import Primitives
import Storage

/// The trades that a view is about, and in which terms it speaks of them.
struct AnalyticsScope: Sendable {
    let book: StatisticsBook
    let closed: ClosedTrades
    let quote: String
    let zone: TimeZone
    let basis: JournalSettings.Basis
    let startBalance: Amount?

    /// What every answer says besides its view: without it a number means nothing.
    var terms: [String: JSON] {
        [
            "quote": .text(quote), "zone": .text(zone.name),
            "basis": .text(basis.rawValue),
            "start_balance": .amount(startBalance),
            // Where there are several, the others are in no figure here.
            "quotes": .list(book.quotes.map { .object(["quote": .text($0.quote), "trade_count": .count($0.count)]) }),
        ]
    }

    func data(_ rows: [JSON], _ more: [String: JSON] = [:]) -> JSON {
        .object(terms.merging(more) { $1 }.merging(["data": .list(rows)]) { $1 })
    }
}

extension JournalServices {
    /// Figures a view of the caller's closed trades.
    func figure(
        _ question: AnalyticsQuestion, in journal: OpenJournal,
        _ view: @Sendable @escaping (AnalyticsScope) throws -> JSON
    ) async throws -> JSON {
        let settings = try await journal.file.read { try SettingsStore($0).current() }
        let zone = question.zone ?? settings.zone ?? .gmt
        let basis = question.basis ?? settings.basis
        let startBalance = question.startBalance ?? settings.startBalance
        let arrangement = StatisticsBasis(
            zone: zone, startOfDayMinutes: settings.startOfDayMinutes, isGross: basis == .gross)
        return try await journal.file.statistics(arrangement, startBalance: startBalance) { book, db in
            let quote = question.quote?.uppercased() ?? settings.baseCurrency ?? book.quotes.first?.quote ?? ""
            let closed = book.closed(in: quote).filtered(by: try question.filter.filter(db))
            return try view(
                AnalyticsScope(
                    book: book, closed: closed, quote: quote, zone: zone, basis: basis, startBalance: startBalance))
        }
    }
}
