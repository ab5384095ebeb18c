import ArgumentParser
import Journal
import Primitives
import Storage

struct ImportReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "List what looks like something that is here already, and decide.",
        discussion: """
            A fill waits here where another import brought one of the same market, side, price and quantity at the same
            time: from another layout, or shifted by a zone. It counts in no figure until you decide. Trades entered by
            hand that look like imported ones are listed too, and count both.

              daybook import review --double 4b1c 77aa   these are the same, and never count
              daybook import review --distinct 4b1c      this one happened besides, and counts
              daybook import review --all-doubles last   all that the import brought
              daybook import review --join 90f3          what you typed becomes what is said of the imported trade
            """)

    @OptionGroup var options: JournalOptions

    @Option(name: .long, parsing: .upToNextOption, help: "Fills that are the same as others which are here.")
    var double: [String] = []

    @Option(name: .long, parsing: .upToNextOption, help: "Fills that happened besides the others.")
    var distinct: [String] = []

    @Option(name: .long, help: "The same as --double for all that wait of this import.", completion: .imports)
    var allDoubles: String?

    @Option(name: .long, help: "The same as --distinct for all that wait of this import.", completion: .imports)
    var allDistinct: String?

    @Option(name: .long, parsing: .upToNextOption, help: "Trades entered by hand that the imported ones take over.")
    var join: [String] = []

    @Option(name: .long, help: "At most so many. Default: 50; all with --json.")
    var limit: Int?

    private static let listing = Listing(noun: "likely doubles", countMax: DoubleStore.countMax)

    func run() async throws {
        let journal = try await options.open()
        if double.isEmpty, distinct.isEmpty, allDoubles == nil, allDistinct == nil, join.isEmpty {
            try await list(journal)
        } else {
            try await decide(journal)
        }
    }

    private func decide(_ journal: JournalFile) async throws {
        let (double, distinct, allDoubles, allDistinct, join) = (double, distinct, allDoubles, allDistinct, join)
        let calendar = try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() })
        let counts = try await journal.edit("review imports") { draft, db in
            let (store, lookup) = (DoubleStore(db), Lookup(db))
            var same = try double.map { try lookup.likelyDouble($0) }
            var other = try distinct.map { try lookup.likelyDouble($0) }
            if let allDoubles { same += try store.fills(of: try lookup.fileImport(allDoubles)) }
            if let allDistinct { other += try store.fills(of: try lookup.fileImport(allDistinct)) }
            same = Array(Set(same)).sorted()
            other = Array(Set(other)).sorted()
            guard Set(same).isDisjoint(with: other) else {
                throw Failure(.invalid, "import.double_and_distinct", "A fill is a double or distinct, not both.")
            }
            try store.settle(same, as: .double, in: &draft)
            try store.settle(other, as: .distinct, in: &draft)
            for text in join { _ = try TypedTrades(db).join(try lookup.trade(text), calendar, in: &draft) }
            return (same.count, other.count, join.count)
        }
        if options.json {
            JSON.object(["double": .count(counts.0), "distinct": .count(counts.1), "joined": .count(counts.2)])
                .printed()
            return
        }
        if counts.0 > 0 { print("\(Figures.count(counts.0, "fill")) settled as doubles: they count in no figure.") }
        if counts.1 > 0 { print("\(Figures.count(counts.1, "fill")) settled as distinct: they count.") }
        if counts.2 > 0 { print("\(Figures.count(counts.2, "trade")) joined with the imported ones.") }
        if counts == (0, 0, 0) { print("Nothing of it waits.") }
    }

    private func list(_ journal: JournalFile) async throws {
        let limit = try Self.listing.limit(limit, json: options.json)
        let calendar = try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() })
        let (doubles, count, typed) = try await journal.read { db in
            let store = DoubleStore(db)
            return (try store.list(limit: limit), try store.count(), try TypedTrades(db).pairs(calendar))
        }
        if options.json {
            JSON.object([
                "doubles": .list(doubles.map(Self.json)), "typed": .list(typed.map { ImportJSON.pair($0) }),
            ]).printed()
        } else if doubles.isEmpty && typed.isEmpty {
            print("Nothing waits: no fill looks like one of another import.")
        } else {
            let clock = LocalClock(calendar)
            if !doubles.isEmpty { Self.table(doubles, clock).printed() }
            for pair in typed {
                let opened = clock.minute(Timestamp(milliseconds: pair.openedMilliseconds))
                print(
                    ("Trade \(Lookup.short(pair.typed)), entered by hand, looks like \(Lookup.short(pair.imported)) of "
                        + "\(pair.symbol), \(opened): --join \(Lookup.short(pair.typed))").onOneLine)
            }
        }
        Self.listing.note(shown: doubles.count, of: count)
    }

    private static func json(_ double: DoubleStore.Double) -> JSON {
        .object([
            "id": .id(double.fill.id), "original": .id(double.original.id), "symbol": .text(double.fill.symbol),
            "side": .text(double.fill.side.rawValue), "price": .amount(double.fill.price),
            "quantity": .amount(double.fill.quantity), "time": .time(double.fill.time),
            "original_time": .time(double.original.time), "file": .text(double.file),
            "original_file": .text(double.originalFile),
        ])
    }

    private static func table(_ doubles: [DoubleStore.Double], _ clock: LocalClock) -> Table {
        var table = Table([
            .init("FILL"), .init("TIME"), .init("SYMBOL", isFlexible: true), .init("SIDE"),
            .init("QUANTITY", .right), .init("PRICE", .right), .init("FILE", isFlexible: true, rank: 2),
            .init("LOOKS LIKE"), .init("OF", isFlexible: true, rank: 1),
        ])
        for double in doubles {
            table.add([
                .init(Lookup.short(double.fill.id), .cyan), .init(clock.second(double.fill.time)),
                .init(double.fill.symbol), .init(double.fill.side.rawValue), .init(double.fill.quantity.description),
                .init(Figures.price(double.fill.price)), .init(double.file), .init(clock.second(double.original.time)),
                .init(double.originalFile),
            ])
        }
        return table
    }
}
