import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct InstrumentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instrument", abstract: "What is traded: how much a contract is, and what its prices are in.",
        discussion: """
            Common contracts come with Daybook: `daybook instrument list --all`. What you say goes before, for all trades of
            the symbol, those that are here and those that will come. The root of a future says it for all its months.

              daybook instrument show ESZ6
              daybook instrument set ES --kind future --multiplier 50 --quote USD
              daybook instrument set US500 --kind cfd --exchange metatrader --multiplier 10 --quote USD
            """,
        subcommands: [InstrumentListCommand.self, InstrumentShowCommand.self, InstrumentSetCommand.self],
        defaultSubcommand: InstrumentListCommand.self)
}

extension MarketKind: ExpressibleByArgument {}

struct InstrumentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was said of instruments (default).")

    @Flag(name: .long, help: "Also those that come with Daybook.")
    var all = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let said = try await options.open().read { try InstrumentStore($0).list() }
        let known = all ? KnownInstruments.all : []
        if options.json {
            JSON.list(said.map { InstrumentJSON.said($0) } + known.map { InstrumentJSON.known($0) }).printed()
        } else if said.isEmpty, known.isEmpty {
            print(
                "Nothing was said of any instrument. `daybook instrument list --all` shows those that come with Daybook."
            )
        } else {
            table(said, known).printed()
        }
        Listing.noteFull(said.count, of: InstrumentStore.countMax, "instruments")
    }

    private func table(_ said: [SaidInstrument], _ known: [KnownInstrument]) -> Table {
        var table = Table([
            .init("SYMBOL", isFlexible: true), .init("KIND"), .init("EXCHANGE"), .init("QUOTE"),
            .init("MULTIPLIER", .right), .init("TICK", .right, rank: 1), .init("LOT", .right, rank: 2),
            .init("BY", rank: 3),
        ])
        for one in said {
            table.add([
                .init(one.symbol), .init(one.kind?.rawValue ?? "any"),
                .init(one.exchange.isEmpty ? "any" : one.exchange),
                .init(one.quote ?? ""), .init(one.multiplier.map { InstrumentText.multiplier($0, one.kind) } ?? ""),
                .init(one.tick?.description ?? ""),
                .init(one.lot?.description ?? ""), .init("you or a file"),
            ])
        }
        for one in known {
            table.add([
                .init(one.symbol), .init(one.kind.rawValue), .init(one.exchange.isEmpty ? "any" : one.exchange),
                .init(one.quote), .init(InstrumentText.multiplier(one.multiplier, one.kind)),
                .init(one.tick?.description ?? ""), "", .init("Daybook"),
            ])
        }
        return table
    }
}

/// Which instrument is meant.
struct InstrumentChoice: ParsableArguments {
    @Argument(help: "The symbol, as BTC_USDT or ESZ6; or the root of futures, as ES.", completion: .symbols)
    var symbol: String

    @Option(name: .long, help: "Only as traded on this exchange. Default: on all.")
    var exchange: String?

    @Option(
        name: .long, help: "Its kind: spot, margin, perpetual, future, option, stock, forex or cfd. Default: any.")
    var kind: MarketKind?
}

struct InstrumentShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a symbol is taken for.")

    @OptionGroup var choice: InstrumentChoice
    @OptionGroup var options: JournalOptions

    func run() async throws {
        try await InstrumentAnswer(journal: try await options.open(), json: options.json).printed(
            InstrumentFields(exchange: choice.exchange ?? "", symbol: choice.symbol, kind: choice.kind))
    }
}

struct InstrumentSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Say what a symbol is, for all its trades.",
        discussion: "`none` takes a value away; what comes with Daybook holds again then.")

    @OptionGroup var choice: InstrumentChoice

    @Option(name: .long, help: "How much of the base one unit of quantity is: 50 for a contract of ES.")
    var multiplier: String?

    @Option(name: .long, help: "What is bought, as BTC.")
    var base: String?

    @Option(name: .long, help: "What prices and profits are in, as USD.")
    var quote: String?

    @Option(name: .long, help: "The smallest step of the price.")
    var tick: String?

    @Option(name: .long, help: "The smallest step of the quantity.")
    var lot: String?

    @Option(name: .long, help: "Its last day, as 2026-12-18.")
    var expiry: String?

    @Option(name: .long, help: "The strike of an option.")
    var strike: String?

    @OptionGroup var options: JournalOptions

    func run() async throws {
        var fields = try InstrumentFields(exchange: choice.exchange ?? "", symbol: choice.symbol, kind: choice.kind)
        fields.base = Self.change(base)
        fields.quote = Self.change(quote)
        fields.multiplier = try Self.change(multiplier, "multiplier")
        fields.tick = try Self.change(tick, "tick")
        fields.lot = try Self.change(lot, "lot")
        fields.strike = try Self.change(strike, "strike")
        fields.expiry = try Self.change(expiry).map { text in
            guard let day = CivilDay(text) else {
                throw Failure(.invalid, "argument.bad_day", "“\(text.prefix(40))” is no day: write it as 2026-12-18.")
            }
            return day
        }
        let said = fields
        let journal = try await options.open()
        try await journal.edit("say what \(said.symbol) is") { draft, db in
            try InstrumentStore(db).set(said, in: &draft)
        }
        try await InstrumentAnswer(journal: journal, json: options.json).printed(said)
    }

    private static func change(_ text: String?) -> Change<String> {
        text.map { $0 == "none" ? .clear : .set($0) } ?? .keep
    }

    private static func change(_ text: String?, _ name: String) throws -> Change<Amount> {
        try change(text).map { try Given.amount($0, name) ?? .zero }
    }
}

/// Shows what an instrument is taken for, and who says so.
struct InstrumentAnswer {
    let journal: JournalFile
    let json: Bool

    func printed(_ asked: InstrumentFields) async throws {
        let (instrument, isSaid, isKnown) = try await journal.read { db in
            let store = InstrumentStore(db)
            return (
                try store.resolved(exchange: asked.exchange, symbol: asked.symbol, kind: asked.kind, currency: ""),
                try store.said(exchange: asked.exchange, symbol: asked.symbol, kind: asked.kind) != nil,
                try store.isKnown(exchange: asked.exchange, symbol: asked.symbol, kind: asked.kind)
            )
        }
        let known = KnownInstruments.find(exchange: asked.exchange, symbol: asked.symbol, kind: asked.kind)
        let source = isSaid ? "said" : known != nil ? "shipped" : "none"
        guard !json else {
            return JSON.object([
                "symbol": .text(instrument.symbol), "exchange": .text(instrument.exchange),
                "kind": .text((instrument.kind ?? known?.kind)?.rawValue), "base": .text(instrument.base),
                "quote": .text(instrument.quote), "multiplier": .amount(instrument.multiplier),
                "is_known": .flag(isKnown), "source": .text(source), "tick": .amount(instrument.tick),
                "lot": .amount(instrument.lot), "expiry": .text(instrument.expiry?.description),
                "strike": .amount(instrument.strike),
            ]).printed()
        }
        let by = isSaid ? "you, or a file" : known != nil ? "comes with Daybook" : "nobody; the name tells the rest"
        Facts(
            known: [
                ("symbol", instrument.symbol, .bold), ("exchange", instrument.exchange, nil),
                ("kind", (instrument.kind ?? known?.kind)?.rawValue ?? "", nil), ("base", instrument.base, nil),
                ("quote", instrument.quote.isEmpty ? "(none: the account's currency)" : instrument.quote, nil),
                ("multiplier", InstrumentText.multiplier(instrument.multiplier, instrument.kind), nil),
                ("tick", instrument.tick?.description ?? "", nil), ("lot", instrument.lot?.description ?? "", nil),
                ("expiry", instrument.expiry?.description ?? "", nil),
                ("strike", instrument.strike?.description ?? "", nil), ("said by", by, nil),
            ]).printed()
    }
}

private enum InstrumentText {
    /// How much one unit of quantity is, for people.
    static func multiplier(_ multiplier: Amount, _ kind: MarketKind?) -> String {
        kind?.isInverse ?? false ? "\(multiplier) of the quote" : multiplier.description
    }
}

enum InstrumentJSON {
    static func said(_ one: SaidInstrument) -> JSON {
        .object([
            "symbol": .text(one.symbol), "exchange": .text(one.exchange), "kind": .text(one.kind?.rawValue),
            "base": .text(one.base), "quote": .text(one.quote), "multiplier": .amount(one.multiplier),
            "tick": .amount(one.tick), "lot": .amount(one.lot), "expiry": .text(one.expiry?.description),
            "strike": .amount(one.strike), "source": .text("said"),
        ])
    }

    static func known(_ one: KnownInstrument) -> JSON {
        .object([
            "symbol": .text(one.symbol), "exchange": .text(one.exchange), "kind": .text(one.kind.rawValue),
            "quote": .text(one.quote.isEmpty ? nil : one.quote),
            "multiplier": .amount(one.multiplier), "tick": .amount(one.tick), "source": .text("shipped"),
        ])
    }
}
