import Foundation
import Journal
import Primitives

/// How a file is to be read, and into which account.
package struct ImportChoice: Sendable {
    package let format: ImportFormat
    let exchange: String?
    let environment: Account.Environment
    let account: String?
    /// Whether rows come in, and count, that look like others which are here already.
    let allowsDuplicates: Bool
    let options: ImportOptions

    private static let exchangeBytesMax = 40

    /// What a person says in words; nil for what the file suggests.
    package struct Words: Codable, Sendable {
        /// How far the file's times are ahead of UTC, as `+02:00`.
        package var utcOffset: String?
        /// The zone of the file's times, as `Europe/Berlin`.
        package var zone: String?
        /// `ymd`, `dmy` or `mdy`; also `month-first`, `day-first` and `year-first`.
        package var dateOrder: String?
        /// `comma` or `point`.
        package var decimal: String?
        /// Of shares whose rows name none, as `USD`.
        package var currency: String?
        /// `spot`, `margin`, `perpetual` …
        package var market: String?
        /// `newest-first` or `oldest-first`.
        package var order: String?
        /// The sign of a fee that was paid: `plus` or `minus`.
        package var paidFees: String?
        /// Which column is which: `time=Date,symbol=Ticker,…`.
        package var map: String?

        package init(
            utcOffset: String? = nil, zone: String? = nil, dateOrder: String? = nil, decimal: String? = nil,
            currency: String? = nil, market: String? = nil, order: String? = nil, paidFees: String? = nil,
            map: String? = nil
        ) {
            self.map = map
            self.utcOffset = utcOffset
            self.zone = zone
            self.dateOrder = dateOrder
            self.decimal = decimal
            self.currency = currency
            self.market = market
            self.order = order
            self.paidFees = paidFees
        }
    }

    /// As it was given, for a job's row.
    let words: Words

    /// - Parameters:
    ///   - exchange: of a generic file.
    ///   - account: what the person calls it; nil for the one there is.
    ///   - allowsDuplicates: whether rows come in, and count, that look like others which are here already.
    /// - Throws: `account.bad_exchange`, `import.bad_offset`, `import.bad_zone`, `import.bad_date_order`,
    ///   `import.bad_option`, `import.bad_map`, `import.map_and_format`.
    package init(
        format: ImportFormat = .auto, exchange: String? = nil, environment: Account.Environment = .live,
        account: String? = nil, allowsDuplicates: Bool = false, _ words: Words = Words()
    ) throws(Failure) {
        self.format = format
        self.environment = environment
        self.account = account
        self.allowsDuplicates = allowsDuplicates
        self.words = words
        self.exchange = try exchange.map { text throws(Failure) in try Self.exchange(text) }
        var options = ImportOptions()
        options.zone = try Self.zone(words)
        options.dateOrder = try words.dateOrder.map { text throws(Failure) in try Self.order(text) }
        options.decimal = try Self.word(words.decimal, "decimal sign")
        options.market = try Self.word(words.market, "market", MarketKind.sayable)
        options.paidFees = try Self.word(words.paidFees, "sign of paid fees")
        options.currency = try words.currency.map { text throws(Failure) in try Self.currency(text) }
        options.columns = try words.map.map { text throws(Failure) in try ColumnMap(text) }
        guard options.columns == nil || [.auto, .generic].contains(format) else {
            throw Failure(
                .invalid, "import.map_and_format",
                "The format \(format.rawValue) says what the columns are: give it or a map, not both.")
        }
        switch words.order {
        case nil: break
        case "newest-first": options.isNewestFirst = true
        case "oldest-first": options.isNewestFirst = false
        case let text?: throw .importBadOption(text, "order of rows", "newest-first or oldest-first")
        }
        self.options = options
    }

    private static func exchange(_ text: String) throws(Failure) -> String {
        let word = text.lowercased()
        guard !word.isEmpty, word.utf8.count <= exchangeBytesMax,
            word.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) })
        else {
            throw Failure(
                .invalid, "account.bad_exchange", "“\(text.prefix(60))” names no exchange: give one word.")
        }
        return word
    }

    private static func zone(_ words: Words) throws(Failure) -> FileZone? {
        if let text = words.utcOffset {
            guard words.zone == nil else {
                throw Failure(
                    .invalid, "import.two_zones",
                    "Give the zone of the times by its offset or by its name, not by both.")
            }
            return .utcOffset(minutes: try minutes(text))
        }
        guard let name = words.zone else { return nil }
        guard name.utf8.count <= 64, let zone = TimeZone(identifier: name) else {
            throw Failure(
                .invalid, "import.bad_zone",
                "“\(name.prefix(60))” is no time zone: write it as Europe/Berlin or America/New_York.")
        }
        return .named(zone)
    }

    private static func minutes(_ text: String) throws(Failure) -> Int {
        let zero = Timestamp("1970-01-01T00:00Z")
        let written = text.replacing("\u{2212}", with: "-")
        guard let zero, let shifted = Timestamp("1970-01-01T00:00" + written), written != "" else {
            throw Failure(
                .invalid, "import.bad_offset",
                "“\(text.prefix(60))” is no offset from UTC: write it as +02:00 or -05:00.")
        }
        return Int((zero.milliseconds - shifted.milliseconds) / 60_000)
    }

    private static func order(_ text: String) throws(Failure) -> DateOrder {
        switch text {
        case "month-first", "mdy": .monthFirst
        case "day-first", "dmy": .dayFirst
        case "year-first", "ymd": .yearFirst
        default:
            throw Failure(
                .invalid, "import.bad_date_order",
                "“\(text.prefix(60))” is no order of dates: give ymd, dmy or mdy.")
        }
    }

    private static func currency(_ text: String) throws(Failure) -> String {
        let name = text.uppercased()
        guard (2...10).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) })
        else { throw .importBadOption(text, "currency", "USD or EUR, say") }
        return name
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String?, _ noun: String, _ words: [Word] = Array(Word.allCases)
    ) throws(Failure) -> Word? {
        guard let text else { return nil }
        guard let word = words.first(where: { $0.rawValue == text }) else {
            throw .importBadOption(text, noun, words.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }
}

extension Failure {
    static func importBadOption(_ text: String, _ noun: String, _ wanted: String) -> Failure {
        Failure(.invalid, "import.bad_option", "“\(text.prefix(60))” is no \(noun): give \(wanted).")
    }
}
