import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

struct TradeRateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate", abstract: "Rate how well a trade was traded, from 1 to 5.")

    @OptionGroup var choice: TradeChoice

    @Argument(help: "1, 2, 3, 4 or 5, or `none`.")
    var rating: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let value: Value
        if rating == "none" {
            value = .null
        } else if let number = Int64(rating), (1...5).contains(number) {
            value = .integer(number)
        } else {
            throw Failure(.invalid, "trade.bad_rating", "The rating is “\(rating)”: give 1, 2, 3, 4, 5 or `none`.")
        }
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await journal.edit("rate trade \(Lookup.short(id)): \(rating)") { draft, db in
            try TradeStore(db).annotate(id, ["rating": value], in: &draft)
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { trade in
            trade.rating.map { "\(trade.title) is rated \($0) of 5." } ?? "\(trade.title) has no rating."
        }
    }
}

struct TradeStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Say where the stop was planned when the trade was opened.",
        discussion:
            "The distance from the entry is the risk that R is measured by. A stop that was moved later is no part of it."
    )

    @OptionGroup var choice: TradeChoice

    @Argument(help: "The price, or `none`.")
    var price: String

    @Flag(name: .long, help: "Agree beforehand to a stop that looks like a slip.")
    var yes = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        var fields = TradeFields()
        let value: Value
        if price == "none" {
            value = .null
        } else {
            fields.stopPrice = try Given.amount(price, "stop")
            try fields.check()
            value = fields.stopPrice.map { .text($0.description) } ?? .null
        }
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await StopQuestion(journal: journal, isAgreed: yes).ask(fields, editing: id)
        try await journal.edit("plan the stop of trade \(Lookup.short(id)): \(price)") { draft, db in
            try TradeStore(db).annotate(id, ["stop_price": value], in: &draft)
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { Self.sentence($0) }
    }

    private static func sentence(_ trade: TradeSummary) -> String {
        guard let stop = trade.stopPrice else { return "\(trade.title) has no planned stop." }
        guard let risk = trade.risk else {
            return "The stop of \(trade.title) is planned at \(stop). It is not on the losing side of the entry, so "
                + "there is no R."
        }
        let r = trade.r.map { ", so it made \(Figures.multiple($0))" } ?? ""
        return "The stop of \(trade.title) is planned at \(stop): a risk of \(Figures.money(risk))\(r)."
    }
}
