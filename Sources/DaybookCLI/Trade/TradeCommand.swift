import ArgumentParser
import Journal
import Primitives
import Storage

struct TradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trade", abstract: "Trades: what fills add up to, and what you enter by hand.",
        discussion: """
            A trade goes from flat, to a position, to flat again. Those that fills make are derived: their figures follow
            the fills, and you say the rest: notes, tags, a rating, the stop you had planned.

            ID is any piece of at least 4 digits from the end or the beginning of an id, or `last`.
            """,
        subcommands: [
            TradeListCommand.self, TradeShowCommand.self, TradeAddCommand.self, TradeEditCommand.self,
            TradeNoteCommand.self, TradeTagCommand.self, TradeUntagCommand.self, TradeRateCommand.self,
            TradeStopCommand.self, TradeDeleteCommand.self,
        ])
}

/// The trade that a command is about.
struct TradeChoice: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The trade: 4 or more digits of its id, or `last`.", valueName: "id"), completion: .trades)
    var id: String

    func find(in journal: JournalFile) async throws -> ID<Trade> {
        let text = id
        return try await journal.read { try Lookup($0).trade(text) }
    }
}

/// Says what became of a trade: a sentence for people, the trade as it is now for scripts.
struct TradeAnswer {
    let journal: JournalFile
    let options: JournalOptions

    func printed(_ id: ID<Trade>, _ sentence: (TradeSummary) -> String) async throws {
        let detail = try await journal.read { try TradeStore($0).detail(id) }
        if options.json {
            TradeJSON.detail(detail).printed()
        } else {
            print(sentence(detail.summary).onOneLine)
        }
    }
}

extension TradeSummary {
    /// `BTC_USDT long 1a2b3c4d`.
    var title: String { "\(symbol) \(direction.rawValue) \(Lookup.short(id))" }
}
