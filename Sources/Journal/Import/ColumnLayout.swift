import Primitives

/// One known export: how its header is told from others, what its columns mean, and all else that sets it apart.
///
/// A layout is data. Exchanges rename and reorder columns often, and misspell them (Bybit's "Trasaction ID"), so a column
/// is found by any of several names and never by its place.
struct ColumnLayout: Sendable {
    enum Role: Int, Hashable, Sendable, CaseIterable {
        case time
        /// The time of day, where `time` has the date alone.
        case clock
        case symbol
        /// The traded coin, where it stands in a column of its own beside `currency`.
        case base
        /// What prices are in: the quote currency, or that of a share.
        case currency
        case side, price, quantity
        /// The sum in the quote currency, wanted only for the coin behind it.
        case total
        case fee
        /// Added to `fee`.
        case secondFee, thirdFee
        /// Read where `fee` is blank.
        case otherFee
        case feeCoin
        case tradeID, orderID
        /// What happened: a trade, a liquidation, a funding payment.
        case kind
        /// What became of it: filled, canceled.
        case status
        /// The position that it changes: long, short, both.
        case leg
        /// What it did to the position: open, close.
        case effect
        /// The profit that the source figured; not zero where something was closed.
        case profit
        /// Where a row is a whole position: when and at what price it ended.
        case closeTime, closePrice
        /// How much of the base one contract is.
        case multiplier
        case marketKind
        case account
        /// What a fill of an inverse contract was worth, in its coin or in money, by which its quantity is checked.
        case worth
    }

    /// The currency of a fee that names none.
    enum FeeCoinRule: Hashable, Sendable {
        case quote
        /// On a spot market the fee is taken from what the trader receives.
        case receivedOnSpot
    }

    /// Which sign a fee has that was paid.
    enum FeeSign: Hashable, Sendable {
        case plus, minus
        /// As the file's own fees suggest: where none is above zero, those below were paid.
        case byFile
    }

    enum SideRule: Hashable, Sendable {
        case words
        /// What was sold has a quantity below zero.
        case signOfQuantity
    }

    enum QuantityUnit: Hashable, Sendable {
        case base
        /// A number of contracts. The row says how large one is, or the instrument does; a row of which neither is known
        /// is refused.
        case contracts
    }

    /// How an export counts contracts that pay in their base.
    enum InverseUnit: Hashable, Sendable {
        /// In the quote currency.
        case money
        /// In contracts, whose size the instrument says.
        case contracts
        /// In contracts, whose size the reader finds out.
        case contractsOfRow
    }

    let format: ImportFormat
    /// As imports remember it: `binance_spot`. Two files of one layout write the same fill alike.
    let name: String
    /// For people: “Binance spot trade history”.
    let title: String
    /// Columns that set this layout apart. A header must have all of them.
    let marks: [String]
    /// Columns that a header of this layout does not have.
    var absent: [String] = []
    /// For each role the names it goes by, in folded form, best first.
    var names: [Role: [String]] = [:]
    /// What a row cannot do without.
    var needed: [Role] = [.time, .symbol, .side, .price, .quantity]

    var dialect = SymbolName.Dialect.common
    /// The kind of market, where the row does not say.
    var market: MarketKind?
    /// What the words of the `marketKind` column mean.
    var marketWords: [RowWord<MarketKind>] = []
    var kinds: [RowWord<RowKind>] = RowKind.common
    /// What the words of the `status` column mean; others are refused.
    var statuses: [RowWord<RowKind>] = RowKind.filled
    var sides = SideRule.words
    var quantities = QuantityUnit.base
    /// How inverse contracts are counted; nil where nobody knows, and they are refused.
    var inverseQuantities: InverseUnit?
    var feeCoinRule = FeeCoinRule.quote
    var feeSign = FeeSign.plus
    /// Amounts have their coin behind them: `0.5BTC`.
    var carriesCoins = false
    /// Of times that carry no zone, where neither the header nor the file's name says one. Nil for the trader's own,
    /// which nobody knows: it is read as UTC, and said.
    var utcOffsetMinutes: Int?
    /// As `utcOffsetMinutes`, of an exchange whose clocks have summer time: `America/New_York`.
    var zoneName: String?
    /// Of dates like 03/04/2026 and 17-03-26, where the exchange always writes them one way.
    var dateOrder: DateOrder?
    /// Dates may be written `20260921`.
    var hasCompactDates = false
    /// How the exchange lists rows; asked where all times are the same.
    var isNewestFirst: Bool?
    /// False where an id names an order, and several fills may have it.
    var hasTradeIDs = true
    /// Whether nobody vouches for what the columns mean: a file whose meaning is unsure is refused as a whole.
    var isForeign = false
    /// What a person says of its words.
    var said: SaidWords?
    /// Why a known export is not read, and which one is wanted: a sentence.
    var refusal: String?
    /// For an export in which a row is no fill.
    var reader: (@Sendable () -> any RowReader)?

    /// How column names are compared: in lower case, without a zone in brackets, letters and digits only.
    static func folded(_ name: some StringProtocol) -> String {
        var text = name.lowercased()
        if let open = text.firstIndex(of: "("), text[open...].contains("utc") || text[open...].contains("gmt") {
            text = String(text[..<open])
        }
        return String(
            decoding: text.utf8.filter { $0.isDigit || $0.asciiUppercased != $0 || $0 >= 0x80 }, as: UTF8.self)
    }

    /// Where each role is found in a header of folded names. Nil when the header is not of this layout.
    func places(in header: [String]) -> [Role: Int]? {
        guard marks.allSatisfy(header.contains), !absent.contains(where: header.contains) else { return nil }
        var places: [Role: Int] = [:]
        // In the order of the roles: what is added to a fee is another column than the fee.
        for role in Role.allCases {
            for name in names[role] ?? [] {
                // A header may have a name twice: when and at what price a position began, and when and where it ended.
                let found = header.indices.first {
                    header[$0] == name && (!role.standsAlone || !places.values.contains($0))
                }
                guard let place = found else { continue }
                places[role] = place
                break
            }
        }
        guard refusal != nil || needed.allSatisfy({ places[$0] != nil }) else { return nil }
        return places
    }
}

extension ColumnLayout.Role {
    /// Whether its column cannot have another role too.
    fileprivate var standsAlone: Bool {
        switch self {
        case .clock, .secondFee, .thirdFee, .otherFee, .closeTime, .closePrice: true
        default: false
        }
    }

    /// How messages speak of it.
    var noun: String {
        switch self {
        case .time: "time"
        case .clock: "time of day"
        case .symbol: "symbol"
        case .base: "base currency"
        case .currency: "currency"
        case .side: "side"
        case .price: "price"
        case .quantity: "quantity"
        case .total: "total"
        case .fee, .secondFee, .thirdFee, .otherFee: "fee"
        case .feeCoin: "fee's currency"
        case .tradeID: "trade id"
        case .orderID: "order id"
        case .kind: "kind"
        case .status: "status"
        case .leg: "position side"
        case .effect: "effect"
        case .profit: "profit"
        case .closeTime: "closing time"
        case .closePrice: "closing price"
        case .multiplier: "multiplier"
        case .marketKind: "market"
        case .account: "account"
        case .worth: "value"
        }
    }
}
