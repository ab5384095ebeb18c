import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a trade.",
        discussion: """
            A trade entered by hand is deleted. Of one that fills make, the fills are set aside: they stay in the journal
            and count in no trade, also when their file is imported again. `daybook undo` brings either back.

            If someone edits the trade on another device at the same time, it stays, and is listed under conflicts.
            """)

    @OptionGroup var choice: TradeChoice
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let trade = try await journal.read { try TradeStore($0).require(id) }
        let aside = try await journal.edit("delete trade \(Lookup.short(id)) of \(trade.symbol)") { draft, db in
            try TradeStore(db).delete(id, in: &draft)
        }
        if options.json {
            JSON.object(["id": .id(id), "fills_set_aside": .count(aside), "deleted": .flag(true)]).printed()
            return
        }
        let fills = trade.isDerived ? " \(Figures.count(aside, "fill")) set aside." : ""
        print("Deleted \(trade.title).\(fills) `daybook undo` brings it back.".onOneLine)
        if trade.isReversed {
            print("Its last fill had also opened the next trade: that one is different now.")
        }
    }
}
