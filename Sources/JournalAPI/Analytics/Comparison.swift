import Foundation
import Journal
import Primitives
import Storage
import Web

/// Two filters whose trades are to be compared, in the same terms.
struct Comparison: Decodable, Sendable {
    let a: Side
    let b: Side
    let zone: String?
    let quote: String?
    let basis: Given<JournalSettings.Basis>?
    let start_balance: GivenAmount?

    /// One filter; what is left out asks for nothing.
    struct Side: Decodable, Sendable {
        let account: [String]?
        let exchange: [String]?
        let symbol: [String]?
        let side: [Given<Direction>]?
        let tag: [String]?
        let setup_tag: [String]?
        let source: [Given<TradeSource>]?
        let date_from: GivenDay?
        let date_to: GivenDay?
    }

    /// - Throws: `settings.bad_zone`, `settings.bad_balance`.
    func question(_ side: Side) throws(Failure) -> AnalyticsQuestion {
        var question = AnalyticsQuestion()
        question.zone = try zone.map { name throws(Failure) in try SettingsFields.zone(name) }
        question.quote = quote
        question.basis = basis?.value
        if let balance = start_balance?.amount {
            guard balance > .zero else {
                throw Failure(.invalid, "settings.bad_balance", "The start balance is \(balance): give one above zero.")
            }
            question.startBalance = balance
        }
        question.filter.accounts = side.account ?? []
        question.filter.exchanges = side.exchange ?? []
        question.filter.symbols = side.symbol ?? []
        question.filter.directions = (side.side ?? []).map(\.value)
        question.filter.tags = side.tag ?? []
        question.filter.setups = side.setup_tag ?? []
        question.filter.sources = (side.source ?? []).map(\.value)
        question.filter.firstDay = side.date_from?.day
        question.filter.lastDay = side.date_to?.day
        return question
    }

    /// One word of a few.
    struct Given<Word: RawRepresentable<String> & CaseIterable & Sendable>: Decodable, Sendable {
        let value: Word

        init(from decoder: any Decoder) throws {
            guard let text = try? decoder.singleValueContainer().decode(String.self), let value = Word(rawValue: text)
            else {
                throw Failure.badField(
                    decoder, "one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.value = value
        }
    }

    private static let names = Shape.list(of: .text).orNull.optional

    private static let side = Shape.object(
        "AnalyticsFilter",
        [
            "account": names, "exchange": names, "symbol": names,
            "side": .list(of: .choice(of: Direction.self)).orNull.optional, "tag": names, "setup_tag": names,
            "source": .list(of: .choice(of: TradeSource.self)).orNull.optional,
            "date_from": .day.orNull.optional, "date_to": .day.orNull.optional,
        ])

    static let shape = Shape.object(
        "Comparison",
        [
            "a": side, "b": side, "zone": TradeFilterFields.zone.shape.orNull.optional,
            "quote": .text.orNull.optional,
            "basis": .choice(of: JournalSettings.Basis.self).orNull.optional,
            "start_balance": .amountAboveZero.orNull.optional,
        ])
}
