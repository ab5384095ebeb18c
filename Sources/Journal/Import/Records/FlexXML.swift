import Primitives

/// The trades of a Flex query of Interactive Brokers in XML: a record for each element within `Trades` or
/// `TradeConfirms`, made of its attributes.
///
/// Relied on: csingley/ibflex (elements and attributes of activity statements and of trade confirmations).
struct FlexXML: RecordSource {
    /// What is read, under the names that it has; of several the first that an element has.
    private static let columns = [
        ["dateTime"], ["symbol"], ["currency"], ["assetCategory"], ["multiplier"], ["quantity"],
        ["tradePrice", "price"], ["buySell"], ["openCloseIndicator"], ["ibCommission", "commission"],
        ["ibCommissionCurrency", "commissionCurrency"], ["taxes", "tax"],
        ["tradeID", "ibExecID", "execID", "transactionID"], ["ibOrderID", "orderID"], ["transactionType"],
        ["levelOfDetail"],
    ]
    /// What an element sums up that says no level of detail. `Trade` and `TradeConfirm` are executions.
    private static let levels = [
        "Trade": "", "TradeConfirm": "", "Order": "ORDER", "Lot": "CLOSED_LOT", "WashSale": "WASH_SALE",
        "SymbolSummary": "SYMBOL_SUMMARY", "AssetSummary": "ASSET_SUMMARY",
    ]
    private static let sections: Set<String> = ["Trades", "TradeConfirms"]

    private let markup = MarkupReader(.xml)
    private let nextChunk: () throws -> [UInt8]?
    private var lines = RowLines()
    private var isBegun = false
    private var isOver = false
    /// Whether the query has trades at all, perhaps none in its time.
    private var hasSection = false
    private var isInSection = false

    init(nextChunk: @escaping () throws -> [UInt8]?) { self.nextChunk = nextChunk }

    var bytesConsumed: Int64 { markup.bytesFetched }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        guard isBegun else {
            isBegun = true
            record.begin(line: lines.next(1))
            for names in Self.columns { record.append(names[0].utf8) }
            return true
        }
        while !isOver, let event = try markup.next(from: nextChunk) {
            switch event {
            case .open(let name, _) where Self.sections.contains(name): (isInSection, hasSection) = (true, true)
            case .close(let name) where Self.sections.contains(name): isInSection = false
            case .open(let name, let attributes) where isInSection:
                fill(&record, name, attributes)
                return true
            default: break
            }
        }
        guard !isOver else { return false }
        isOver = true
        if let problem = markup.problem {
            record.begin(line: lines.next(markup.line))
            record.refuse(.importBadMarkup(problem))
            return true
        }
        guard hasSection else { throw Failure.importFlexWithoutTrades }
        return false
    }

    private mutating func fill(_ record: inout CSVRecord, _ name: String, _ attributes: [MarkupAttribute]) {
        var values: [String: String] = [:]
        for attribute in attributes where !attribute.value.isEmpty { values[attribute.name] = attribute.value }
        if values["dateTime"] == nil, let day = values["tradeDate"], let clock = values["tradeTime"] {
            values["dateTime"] = "\(day);\(clock)"
        }
        values["levelOfDetail"] = values["levelOfDetail"] ?? Self.levels[name] ?? name
        record.begin(line: lines.next(markup.line))
        for names in Self.columns { record.append((names.lazy.compactMap { values[$0] }.first ?? "").utf8) }
    }
}

extension Failure {
    static let importFlexWithoutTrades = Failure(
        .invalid, "import.no_trades",
        "The Flex query has no trades in it: add the section Trades with the option Execution to the query, run it and "
            + "import its file.")
}
