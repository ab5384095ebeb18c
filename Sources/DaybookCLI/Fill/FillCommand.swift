import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct FillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill", abstract: "Fills whose beginning is not in the journal.",
        discussion: """
            Sales of coins that came from elsewhere, and positions that were opened before the first import, make no trade:
            what they had cost is not known. Say it, and they count.

              daybook fill list --partial
              daybook fill cost 4f2a81c0 1850.5
              daybook fill cost 4f2a81c0 --clear
            """,
        subcommands: [FillListCommand.self, FillCostCommand.self])
}

struct FillListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List fills that closed what no fill had opened, the newest first.")

    @Flag(name: .long, help: "Those that closed what no fill here had opened (default: there is no other list yet).")
    var partial = false

    @Option(name: .long, help: "At most so many. Default: 50; all with --json.")
    var limit: Int?

    @Option(
        name: .long,
        help: "The time zone of the times, as Europe/Berlin. Default: as in the settings, else this machine's.",
        completion: .zones)
    var zone: String?

    @OptionGroup var options: JournalOptions

    private static let listing = Listing(noun: "fills", countMax: PartialFillStore.countMax)

    func run() async throws {
        let journal = try await options.open()
        let clock = LocalClock(try Given.zone(zone, try await journal.read { try SettingsStore($0).current() }))
        let limit = try Self.listing.limit(limit, json: options.json)
        let (fills, count) = try await journal.read { db in
            let store = PartialFillStore(db)
            return (try store.list(limit: limit), try store.count())
        }
        if options.json {
            JSON.list(fills.map { FillJSON.partial($0) }).printed()
        } else if fills.isEmpty {
            print("No fills wait: whatever was closed had been opened by fills that are here.")
        } else {
            var table = Table([
                .init("ID"), .init("TIME"), .init("SYMBOL", isFlexible: true), .init("SIDE"), .init("QUANTITY", .right),
                .init("PRICE", .right), .init("COST", .right), .init("EXCHANGE ID", isFlexible: true, rank: 1),
            ])
            for part in fills {
                let isPart = part.quantity != part.fill.quantity
                table.add([
                    .init(Lookup.short(part.fill.id), .cyan), .init(clock.second(part.fill.time)),
                    .init(part.fill.symbol), .init(part.fill.side.rawValue),
                    .init(part.quantity.description + (isPart ? " of \(part.fill.quantity)" : "")),
                    .init(part.fill.price.description),
                    .init(part.cost?.description ?? "unknown", part.cost == nil ? .yellow : nil),
                    .init(part.fill.externalID),
                ])
            }
            table.printed()
        }
        Self.listing.note(shown: fills.count, of: count)
    }
}

struct FillCostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost", abstract: "Say what had been paid for what a fill sold and no fill had bought.")

    @Argument(help: "Digits of the fill's id.")
    var fill: String

    @Argument(help: "What one unit had cost, in the currency of the fill's price; 0 for coins that cost nothing.")
    var price: String?

    @Flag(name: .long, help: "Take back what was said: the fill counts in no figure again.")
    var clear = false

    @OptionGroup var options: JournalOptions

    func validate() throws {
        if clear == (price != nil) { throw ValidationError("Give a price, or --clear to take it back.") }
    }

    func run() async throws {
        let journal = try await options.open()
        let cost = try Given.amount(price, "price")
        let text = fill
        let id = try await journal.read { try Lookup($0).fill(text) }
        try await journal.edit("\(clear ? "forget" : "say") the cost of fill \(Lookup.short(id))") { draft, db in
            try PartialFillStore(db).setCost(id, cost, in: &draft)
        }
        if options.json {
            JSON.object(["id": .id(id), "cost_price": .amount(cost)]).printed()
        } else if let cost {
            print("What fill \(Lookup.short(id)) sold had cost \(cost): it is a trade now.")
        } else {
            print("What fill \(Lookup.short(id)) sold had an unknown cost: it counts in no figure.")
        }
    }
}

enum FillJSON {
    static func partial(_ part: PartialFillStore.PartialFill) -> JSON {
        .object([
            "id": .id(part.fill.id), "account": .id(part.fill.account), "symbol": .text(part.fill.symbol),
            "time": .time(part.fill.time), "side": .text(part.fill.side.rawValue), "price": .amount(part.fill.price),
            "quantity": .amount(part.quantity), "whole_quantity": .amount(part.fill.quantity),
            "cost_price": .amount(part.cost), "external_id": .text(part.fill.externalID),
        ])
    }
}
