import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a trade.",
        discussion: """
            Of a trade entered by hand everything can be changed; of one that fills make, only --stop, --target, --setup
            and --rating.

              daybook trade edit last --exit 194.20 --closed now
            """)

    @OptionGroup var choice: TradeChoice
    @OptionGroup var trade: TradeOptions

    @Option(name: .long, help: "Another market.", completion: .symbols)
    var symbol: String?

    @Option(name: .long, help: "long or short.")
    var direction: Direction?

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let now = World.live.now()
        var fields = try trade.fields(now: now)
        fields.symbol = try symbol.map { try Symbol.canonical($0) }
        fields.direction = direction
        let given = fields
        guard given.isSomething || trade.account != nil || trade.currency != nil else {
            throw Failure(
                .invalid, "trade.nothing_to_edit", "Say what to change: `daybook trade edit --help` lists the options.")
        }
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        try await StopQuestion(journal: journal, isAgreed: trade.yes).ask(given, editing: id)
        let booking = try await TradeBooking(trade, symbol: given.symbol, editing: id, in: journal)
        try await journal.edit("edit trade \(Lookup.short(id))") { draft, db in
            var fields = given
            fields.account = try booking.account(db, in: &draft)
            if fields.exitPrice != nil, fields.closedAt == nil, try TradeStore(db).require(id).isOpen {
                fields.closedAt = now
            }
            if fields.isSomething { try TradeStore(db).edit(id, fields, in: &draft) }
        }
        try await TradeAnswer(journal: journal, options: options).printed(id) { "Changed \($0.title)." }
    }
}
