import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

/// What a person can say of a trade, as options.
struct TradeOptions: ParsableArguments {
    @Option(name: [.long, .customLong("quantity")], help: "How much, in shares, coins or contracts.")
    var qty: String?

    @Option(name: .long, help: "The average price at which it was opened.")
    var entry: String?

    @Option(name: .long, help: "The average price at which it was closed.")
    var exit: String?

    @Option(name: .long, help: "When it was opened: 2026-11-21T09:30, 2026-11-21, or `now`.")
    var opened: String?

    @Option(name: .long, help: "When it was closed.")
    var closed: String?

    @Option(name: .long, help: "All fees, in the currency of the price; negative for rebates.")
    var fees: String?

    @Option(name: .long, help: "The stop you had planned first: what R is measured by.")
    var stop: String?

    @Option(name: .long, help: "The price you hoped for.")
    var target: String?

    @Option(name: .long, help: "The account: one that there is, or a new name.", completion: .accounts)
    var account: String?

    @Option(
        name: .long,
        help: "What its prices are in, where the symbol does not say: USD for AAPL. It is kept with the account.")
    var currency: String?

    @Flag(
        name: .long, help: "Agree beforehand to what would be asked: a stop that looks like a slip, another currency.")
    var yes = false

    @Option(name: .long, help: "The setup, in a few words.")
    var setup: String?

    @Option(name: .long, help: "A rating from 1 to 5.")
    var rating: Int?

    @Option(name: .long, help: "The time zone of times without an offset. Default: this machine's.", completion: .zones)
    var zone: String?

    func fields(now: Timestamp) throws -> TradeFields {
        let calendar = TradingCalendar(zone: try Given.zone(zone))
        var fields = TradeFields()
        fields.quantity = try Given.amount(qty, "quantity")
        fields.entryPrice = try Given.amount(entry, "entry price")
        fields.exitPrice = try Given.amount(exit, "exit price")
        fields.openedAt = try opened.map { try Given.time($0, calendar, now: now) }
        fields.closedAt = try closed.map { try Given.time($0, calendar, now: now) }
        fields.fees = try Given.amount(fees, "fees")
        fields.stopPrice = try Given.amount(stop, "stop")
        fields.targetPrice = try Given.amount(target, "target")
        fields.setup = setup
        fields.rating = rating
        return fields
    }
}

struct TradeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Enter a trade by hand.",
        discussion: """
              daybook trade add AAPL long --qty 100 --entry 189.50 --exit 194.20 --fees 2 --stop 187
              daybook trade add BTC_USDT short --qty 0.5 --entry 64000 --tag fade --note "Into resistance."

            Without --opened it begins now; with --exit but no --closed it ended now.
            """)

    @Argument(help: "The market: AAPL, BTC_USDT, btcusdt.", completion: .symbols)
    var symbol: String

    @Argument(help: "long or short.")
    var direction: Direction

    @OptionGroup var trade: TradeOptions

    @Option(name: .long, help: "What you have to say about it.")
    var note: String?

    @Option(name: .long, help: "A tag; may be given more than once.", completion: .tags)
    var tag: [String] = []

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let world = World.live
        let now = world.now()
        var fields = try trade.fields(now: now)
        fields.symbol = try Symbol.canonical(symbol)
        fields.direction = direction
        fields.openedAt = fields.openedAt ?? now
        if fields.exitPrice != nil { fields.closedAt = fields.closedAt ?? now }
        fields.notes = note
        let (given, tags) = (fields, tag)
        let journal = try await options.open()
        try await StopQuestion(journal: journal, isAgreed: trade.yes).ask(given)
        let booking = try await TradeBooking(trade, symbol: given.symbol ?? "", in: journal)
        let id = ID<Trade>.new(in: world)
        try await journal.edit("add a trade of \(given.symbol ?? "")") { draft, db in
            var fields = given
            fields.account = try booking.account(db, in: &draft)
            try TradeStore(db).add(id, fields, in: &draft)
            for tag in try TagStore(db).resolve(tags, world: world, in: &draft) {
                draft.add(Schema.tradeTags, to: id, tag.id)
            }
        }
        booking.noteCurrency()
        try await TradeAnswer(journal: journal, options: options).printed(id) { trade in
            let net = trade.isOpen ? "open" : "net \(Figures.profit(trade.net))"
            return "Added \(trade.title), \(net)."
        }
    }
}

extension Direction: ExpressibleByArgument {}
