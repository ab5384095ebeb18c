/// One known header, and what its columns mean.
///
/// A layout is a list of names. Exchanges rename and reorder columns often, and misspell them (Bybit's "Trasaction ID"),
/// so a column is found by any of several names and never by its place.
struct ColumnLayout: Sendable {
    enum Role: Hashable, Sendable, CaseIterable {
        case time, symbol, side, price, quantity
        /// The sum in the quote currency, wanted only for the coin behind it.
        case total
        case fee
        /// Read where `fee` is blank.
        case otherFee
        case feeCoin
        case tradeID, orderID
        /// What happened: a trade, a liquidation, a funding payment.
        case kind
    }

    /// The currency of a fee that names none.
    enum FeeCoinRule: Hashable, Sendable {
        case quote
        /// On a spot market the fee is taken from what the trader receives.
        case receivedOnSpot
    }

    let format: ImportFormat
    /// Columns that set this layout apart. A header must have all of them.
    let marks: [String]
    /// For each role the names it goes by, in folded form, best first.
    let names: [Role: [String]]
    var dialect = SymbolName.Dialect.common
    var feeCoinRule = FeeCoinRule.quote
    /// Amounts have their coin behind them: `0.5BTC`.
    var carriesCoins = false

    static let needed: [Role] = [.time, .symbol, .side, .price, .quantity]

    /// How column names are compared: in lower case, without a zone in brackets, letters and digits only.
    static func folded(_ name: some StringProtocol) -> String {
        var text = name.lowercased()
        if let open = text.firstIndex(of: "("), text[open...].contains("utc") { text = String(text[..<open]) }
        return String(decoding: text.utf8.filter { $0.isDigit || $0.asciiUppercased != $0 }, as: UTF8.self)
    }

    /// Where each role is found in a header of folded names. Nil when the header is not of this layout.
    func places(in header: [String]) -> [Role: Int]? {
        guard marks.allSatisfy(header.contains) else { return nil }
        var places: [Role: Int] = [:]
        for (role, candidates) in names {
            for name in candidates {
                if let place = header.firstIndex(of: name) {
                    places[role] = place
                    break
                }
            }
        }
        return Self.needed.allSatisfy { places[$0] != nil } ? places : nil
    }
}

extension ColumnLayout {
    /// In the order in which they are tried: the generic one fits much, so it comes last.
    static let all = [
        binanceSpot, binanceSpotOfOld, binanceFutures, bybitSpot, bybitContracts, kraken, hyperliquid, generic,
    ]

    private static let binanceSpot = ColumnLayout(
        format: .binance, marks: ["executed", "fee"],
        names: [
            .time: ["date", "time"], .symbol: ["pair", "market", "symbol"], .side: ["side", "type"],
            .price: ["price"], .quantity: ["executed"], .total: ["amount", "total"], .fee: ["fee"],
            .feeCoin: ["feecoin", "feeasset"], .tradeID: ["tradeid"], .orderID: ["orderid", "orderno"],
        ],
        carriesCoins: true)

    private static let binanceSpotOfOld = ColumnLayout(
        format: .binance, marks: ["market", "total", "feecoin"],
        names: [
            .time: ["date"], .symbol: ["market"], .side: ["type", "side"], .price: ["price"], .quantity: ["amount"],
            .total: ["total"], .fee: ["fee"], .feeCoin: ["feecoin"],
        ],
        carriesCoins: true)

    private static let binanceFutures = ColumnLayout(
        format: .binance, marks: ["realizedprofit", "fee"],
        names: [
            .time: ["date", "time"], .symbol: ["symbol", "contract"], .side: ["side"], .price: ["price"],
            .quantity: ["quantity"], .fee: ["fee"], .feeCoin: ["feecoin", "feeasset"], .tradeID: ["tradeid"],
            .orderID: ["orderid"],
        ],
        dialect: .contracts, carriesCoins: true)

    private static let bybitSpot = ColumnLayout(
        format: .bybit, marks: ["spotpairs"],
        names: [
            .time: ["timestamp", "transactiontime", "time"], .symbol: ["spotpairs"], .side: ["direction", "side"],
            .price: ["filledprice", "execprice"], .quantity: ["filledquantity", "filledqty", "execqty"],
            .fee: ["execfeev2", "fees", "tradingfee"], .otherFee: ["fees", "tradingfee"], .feeCoin: ["feecoin"],
            .tradeID: ["transactionid", "trasactionid", "tradeid", "executionid"], .orderID: ["orderno", "orderid"],
        ],
        feeCoinRule: .receivedOnSpot)

    private static let bybitContracts = ColumnLayout(
        format: .bybit, marks: [],
        names: [
            .time: ["transactiontime", "executiontime", "timestamp"],
            .symbol: ["contracts", "contract", "market", "symbol"], .side: ["direction", "side"],
            .price: ["filledprice", "execprice"],
            .quantity: ["filledquantity", "filledqty", "execqty", "execquantity"],
            .fee: ["execfeev2", "tradingfee", "feespaid", "fees", "execfee"],
            .otherFee: ["tradingfee", "feespaid", "fees", "execfee"], .feeCoin: ["feecoin"],
            .tradeID: ["transactionid", "trasactionid", "tradeid", "executionid", "execid"],
            .orderID: ["orderno", "orderid"], .kind: ["filledtype", "tradetype", "exectype"],
        ],
        dialect: .contracts)

    private static let kraken = ColumnLayout(
        format: .kraken, marks: ["ordertxid", "cost"],
        names: [
            .time: ["time"], .symbol: ["pair"], .side: ["type"], .price: ["price"], .quantity: ["vol"],
            .fee: ["fee"], .tradeID: ["txid"], .orderID: ["ordertxid"],
        ],
        dialect: .kraken)

    private static let hyperliquid = ColumnLayout(
        format: .hyperliquid, marks: ["coin", "dir", "px", "sz"],
        names: [
            .time: ["time"], .symbol: ["coin"], .side: ["dir"], .price: ["px"], .quantity: ["sz"], .fee: ["fee"],
            .feeCoin: ["feetoken"], .tradeID: ["tid", "tradeid"], .orderID: ["oid", "orderid"],
        ],
        dialect: .hyperliquid, feeCoinRule: .receivedOnSpot)

    private static let generic = ColumnLayout(
        format: .generic, marks: [],
        names: [
            .time: [
                "time", "timestamp", "date", "datetime", "timeutc", "dateutc", "executedat", "filledat", "tradetime",
                "transactiontime", "timems", "createdat",
            ],
            .symbol: ["symbol", "pair", "market", "instrument", "contract", "contracts", "ticker", "coin"],
            .side: ["side", "direction", "dir", "type", "action"],
            .price: ["price", "fillprice", "filledprice", "execprice", "tradeprice", "px"],
            .quantity: [
                "quantity", "qty", "size", "sz", "amount", "volume", "vol", "filledquantity", "filledqty", "execqty",
            ],
            .fee: ["fee", "fees", "commission", "feeamount", "tradingfee", "feespaid"],
            .feeCoin: ["feecurrency", "feecoin", "feeasset", "feetoken", "commissionasset", "commissioncurrency"],
            .tradeID: [
                "id", "tradeid", "fillid", "execid", "executionid", "externalid", "transactionid", "txid", "tid",
            ],
            .orderID: ["orderid", "order", "orderno", "oid", "ordertxid"],
        ])
}
