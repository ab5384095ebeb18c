import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct TradeShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one trade with its figures, fills, notes, tags and images.")

    @OptionGroup var choice: TradeChoice
    @OptionGroup var options: JournalOptions

    @Option(
        name: .long,
        help: "The time zone of the times, as Europe/Berlin. Default: as in the settings, else this machine's.",
        completion: .zones)
    var zone: String?

    func run() async throws {
        let journal = try await options.open()
        let zone = try Given.zone(zone, try await journal.read { try SettingsStore($0).current() })
        let id = try await choice.find(in: journal)
        let detail = try await journal.read { try TradeStore($0).detail(id) }
        if options.json {
            TradeJSON.detail(detail).printed()
        } else {
            TradePage(detail: detail, clock: LocalClock(zone)).printed()
        }
    }
}

/// All of one trade, for people.
private struct TradePage {
    let detail: TradeDetail
    let clock: LocalClock

    private var trade: TradeSummary { detail.summary }

    func printed() {
        let terminal = Terminal.output
        print(terminal.styled("\(trade.symbol) \(trade.direction.rawValue)".onOneLine, .bold))
        facts.printed()
        if trade.isContested {
            print(terminal.styled("Two devices changed this trade at once: see `daybook conflicts`.", .yellow))
        }
        if trade.hasPartialHistory {
            let text =
                "Partial history: its last fill also closed what no fill here had opened. See `daybook fill list --partial`."
            print(terminal.styled(text, .yellow))
        }
        printFills()
        printTexts()
    }

    private var facts: Facts {
        let net = Figures.profit(trade.net) + (trade.isOpen && trade.net != nil ? " so far" : "")
        return Facts(known: [
            ("id", trade.id.description, nil),
            ("account", accountName, nil),
            ("opened", clock.second(trade.openedAt), nil),
            ("closed", trade.closedAt.map { clock.second($0) } ?? "still open", trade.isOpen ? .yellow : nil),
            ("held", held, nil),
            ("quantity", quantity, nil),
            ("left over", trade.rest?.quantity.description ?? "", nil),
            ("entry", Figures.price(trade.entryPrice, digits: 12), nil),
            ("exit", Figures.price(trade.exitPrice, digits: 12), nil),
            ("currency", trade.ownCurrency ?? "", nil),
            ("gross", Figures.profit(trade.gross), nil),
            (
                "fees",
                ([trade.fees.map { Figures.money($0) }, trade.otherFees].compactMap(\.self)).joined(separator: " + "),
                nil
            ),
            ("net", net, Figures.style(trade.net)),
            ("stop", trade.stopPrice?.description ?? "", nil),
            ("target", trade.targetPrice?.description ?? "", nil),
            ("risk", Figures.money(trade.risk), nil),
            ("R", Figures.multiple(trade.r), nil),
            ("rating", trade.rating.map { "\($0) of 5" } ?? "", nil),
            ("setup", trade.setup ?? "", nil),
            ("tags", trade.tags.joined(separator: ", "), nil),
        ])
    }

    private var accountName: String {
        guard let label = trade.accountLabel else { return "" }
        let environment = detail.environment.map { $0 == "live" ? "" : " (\($0))" } ?? ""
        return "\(detail.exchange ?? "")/\(label)\(environment)"
    }

    private var held: String {
        guard let closed = trade.closedAt else { return "" }
        return Figures.duration(milliseconds: Double(closed.milliseconds(since: trade.openedAt)))
    }

    private var quantity: String {
        guard let quantity = trade.quantity else { return "" }
        guard trade.isOpen, let open = trade.openQuantity, open != quantity else { return quantity.description }
        return "\(quantity), \(open) still open"
    }

    private func printFills() {
        guard !detail.fills.isEmpty else { return }
        print("")
        var table = Table([
            .init("TIME"), .init("SIDE"), .init("QUANTITY", .right), .init("PRICE", .right), .init("FEE", .right),
            .init("COIN"), .init("EXCHANGE ID", isFlexible: true, rank: 1),
        ])
        for part in detail.fills {
            let isPart = part.quantity < part.fill.quantity
            table.add([
                .init(clock.second(part.fill.time)), .init(part.fill.side.rawValue),
                .init(part.quantity.description + (isPart ? " of \(part.fill.quantity)" : "")),
                .init(part.fill.price.description), .init(part.fill.fee.isZero ? "" : part.fill.fee.description),
                .init(part.fill.feeCurrency), .init(part.fill.externalID),
            ])
        }
        table.printed()
    }

    private func printTexts() {
        for note in detail.notes {
            print("")
            print(note.forTerminal)
        }
        if !detail.images.isEmpty || !detail.entries.isEmpty { print("") }
        for image in detail.images {
            let caption = image.caption.isEmpty ? "" : " – \(image.caption)"
            print("image \(Lookup.short(image.id))  \(image.name), \(Figures.bytes(image.size))\(caption)".onOneLine)
        }
        for entry in detail.entries {
            print("entry \(Lookup.short(entry.id))  \(entry.day?.description ?? "")  \(entry.heading)".onOneLine)
        }
    }
}
