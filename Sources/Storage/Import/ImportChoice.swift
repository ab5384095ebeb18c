import Journal
import Primitives

/// How a file is to be read, and into which account.
package struct ImportChoice: Sendable {
    let format: ImportFormat
    let exchange: String?
    let environment: Account.Environment
    let account: String?
    let utcOffsetMinutes: Int
    let dateOrder: DateOrder?
    /// Whether rows come in, and count, that look like others which are here already.
    let allowsDuplicates: Bool

    private static let exchangeBytesMax = 40

    /// - Parameters:
    ///   - exchange: of a generic file.
    ///   - account: what the person calls it; nil for the one there is.
    ///   - utcOffset: how far the file's times are ahead of UTC, as `+02:00`, where it does not say.
    ///   - dateOrder: `month-first` or `day-first`; nil for what the file suggests.
    ///   - allowsDuplicates: whether rows come in, and count, that look like others which are here already.
    /// - Throws: `account.bad_exchange`, `import.bad_offset`, `import.bad_date_order`.
    package init(
        format: ImportFormat = .auto, exchange: String? = nil, environment: Account.Environment = .live,
        account: String? = nil, utcOffset: String? = nil, dateOrder: String? = nil, allowsDuplicates: Bool = false
    ) throws(Failure) {
        self.format = format
        self.environment = environment
        self.account = account
        self.allowsDuplicates = allowsDuplicates
        self.exchange = try exchange.map { text throws(Failure) in try Self.exchange(text) }
        utcOffsetMinutes = try utcOffset.map { text throws(Failure) in try Self.minutes(text) } ?? 0
        self.dateOrder = try dateOrder.map { text throws(Failure) in try Self.order(text) }
    }

    /// One that was checked before.
    init(
        checked format: ImportFormat, exchange: String?, environment: Account.Environment, account: String?,
        utcOffsetMinutes: Int, dateOrder: DateOrder?, allowsDuplicates: Bool
    ) {
        self.format = format
        self.exchange = exchange
        self.environment = environment
        self.account = account
        self.utcOffsetMinutes = utcOffsetMinutes
        self.dateOrder = dateOrder
        self.allowsDuplicates = allowsDuplicates
    }

    /// What was chosen, for people.
    var reading: [String] {
        var lines: [String] = []
        if utcOffsetMinutes != 0 {
            let (hours, minutes) = (abs(utcOffsetMinutes) / 60, abs(utcOffsetMinutes) % 60)
            let digits = "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
            lines.append("Times without a zone are read as UTC\(utcOffsetMinutes < 0 ? "-" : "+")\(digits).")
        }
        if let dateOrder {
            lines.append("Dates are read with the \(dateOrder == .dayFirst ? "day" : "month") first.")
        }
        return lines
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

    private static func minutes(_ text: String) throws(Failure) -> Int {
        let zero = Timestamp("1970-01-01T00:00Z")
        guard let zero, let shifted = Timestamp("1970-01-01T00:00" + text), text != "" else {
            throw Failure(
                .invalid, "import.bad_offset",
                "“\(text.prefix(60))” is no offset from UTC: write it as +02:00 or -05:00.")
        }
        return Int((zero.milliseconds - shifted.milliseconds) / 60_000)
    }

    private static func order(_ text: String) throws(Failure) -> DateOrder {
        switch text {
        case "month-first": .monthFirst
        case "day-first": .dayFirst
        default:
            throw Failure(
                .invalid, "import.bad_date_order",
                "“\(text.prefix(60))” is no order of dates: give month-first or day-first.")
        }
    }
}
