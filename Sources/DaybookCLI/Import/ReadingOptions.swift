import ArgumentParser
import Journal
import Primitives
import Storage

/// How a file is read where it does not say it itself, or says it wrong.
struct ReadingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which column is which, of a file that Daybook does not know.",
            discussion: """
                As time=Date,symbol=Ticker,side=Action,price=Px,quantity=Qty,fee=Comm. \
                #3 is the third column; buy=Achat|Kauf and sell=… say what words mean, skip=Dividend which rows are no \
                fills. docs/imports.md has all roles.
                """, valueName: "role=column,…"))
    var map: String?

    @Option(name: .long, help: "The exchange of a generic file. Default: generic.")
    var exchange: String?

    // West of Greenwich an offset begins like an option.
    @Option(
        name: .long, parsing: .unconditional,
        help: "How far the file's times are ahead of UTC, as +02:00 or -04:00. Goes before what the file says.")
    var utcOffset: String?

    @Option(name: .long, help: "The zone of the file's times, with summer time, as America/New_York.")
    var zone: String?

    @Option(name: .long, help: "How to read dates like 03/04/2026: ymd, dmy or mdy. Default: as the file suggests.")
    var dateOrder: String?

    @Option(name: .long, help: "What parts the decimals: comma or point. Default: as the file suggests.")
    var decimal: String?

    @Option(name: .long, help: "What shares are priced in whose rows do not say it, as USD.")
    var currency: String?

    @Option(
        name: .long,
        help:
            "The kind of market: \(MarketKind.sayable.map(\.rawValue).joined(separator: ", ")). Default: as the file says."
    )
    var market: String?

    @Option(name: .long, help: "newest-first or oldest-first, where all rows are of one moment.")
    var order: String?

    @Option(name: .long, help: "The sign of a fee that was paid: plus or minus. Default: as the file suggests.")
    var paidFees: String?

    var words: ImportChoice.Words {
        ImportChoice.Words(
            utcOffset: utcOffset, zone: zone, dateOrder: dateOrder, decimal: decimal, currency: currency,
            market: market,
            order: order, paidFees: paidFees, map: map)
    }
}
