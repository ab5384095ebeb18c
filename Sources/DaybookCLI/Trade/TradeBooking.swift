import Journal
import Primitives
import Storage

/// The account that a trade entered by hand goes into, and what its prices are in.
///
/// AAPL has no quote currency in its name: it is in the account's. Where no account says one, a new trade gives it the
/// journal's base currency, which is said; where that is not set either, the person is told, since no figure in no currency
/// adds up with another.
struct TradeBooking: Sendable {
    private let label: String?
    private let account: Account?
    /// What the account's currency becomes.
    private let currency: String?
    private let symbol: String
    private let isMissing: Bool
    /// Whether the currency is the journal's, which nobody gave for this trade.
    private let isAssumed: Bool

    /// - Parameters:
    ///   - symbol: as the journal writes it; nil for the one that the trade has.
    ///   - id: the trade that is edited; nil for a new one.
    /// - Throws: `account.unconfirmed_currency`, `account.bad_currency`, `trade.has_currency`, `account.which`.
    init(_ trade: TradeOptions, symbol: String?, editing id: ID<Trade>? = nil, in journal: JournalFile) async throws {
        let (given, label) = (try trade.currency.map { try AccountFields.currency($0) }, trade.account)
        let (known, traded, base) = try await journal.read { db in
            let stored = try id.map { try TradeStore(db).require($0) }
            return (
                try Self.account(label, stored, db), symbol ?? stored?.symbol ?? "",
                try SettingsStore(db).current().baseCurrency
            )
        }
        let instrument = try await journal.read {
            try InstrumentStore($0).resolved(exchange: known?.exchange ?? "", symbol: traded, kind: nil, currency: "")
        }
        self.symbol = traded
        self.label = label
        if let given, !instrument.quote.isEmpty {
            guard given == instrument.quote else {
                throw Failure(
                    .conflict, "trade.has_currency",
                    "\(traded) is in \(instrument.quote): --currency is for what has no currency in its name.")
            }
            account = label == nil ? nil : known
            currency = nil
            isMissing = false
            isAssumed = false
            return
        }
        let needs = instrument.quote.isEmpty
        let assumed = needs && id == nil && given == nil && known?.currency == nil ? base : nil
        // Without a label and a currency a trade is in no account, as ever.
        let isBooked = label != nil || given != nil || assumed != nil || (needs && id == nil && known?.currency != nil)
        account = isBooked ? known : nil
        let former = id == nil && !isBooked ? nil : known?.currency
        currency = given == former ? assumed : given
        isMissing = needs && given == nil && former == nil && assumed == nil
        isAssumed = assumed != nil
        if let given, let former, given != former, let known, !trade.yes {
            let fact =
                "\(known.name) is in \(former): all of its shares and other symbols without a currency would be in "
                + "\(given) from now on."
            try Confirmation.ask(
                fact, "Change it?",
                or: Failure(
                    .conflict, "account.unconfirmed_currency",
                    "\(fact) Nothing was written. --yes changes it; another --account has a currency of its own."))
        }
    }

    private static func account(
        _ label: String?, _ stored: TradeSummary?, _ db: JournalFile.Connection
    ) throws -> Account? {
        let store = AccountStore(db)
        if let label { return try store.forManualTrade(label) }
        if let account = stored?.account { return try store.find(account) }
        // Of those who name no account: the book of what is entered by hand.
        let book = try store.forManualTrade("\(AccountStore.manualExchange)/\(AccountStore.defaultLabel)")
        if try store.find(book.id) != nil { return book }
        return Account.named(
            exchange: AccountStore.manualExchange, environment: .live, label: AccountStore.defaultLabel)
    }

    /// The account for the trade, made and given its currency in the same step; nil for none.
    func account(_ db: JournalFile.Connection, in draft: inout Draft) throws -> ID<Account>? {
        guard let account else { return nil }
        try AccountStore(db).ensure(account, in: &draft)
        if let currency {
            var fields = AccountFields()
            fields.currency = .set(currency)
            try AccountStore(db).set(fields, of: account, in: &draft)
        }
        return account.id
    }

    /// Says that a trade is in the journal's base currency, or in none, and how to give it another.
    func noteCurrency() {
        if isAssumed, let account, let currency {
            Terminal.note(
                "\(symbol) and all else without a currency in \(account.name) is in \(currency) now, the journal's base currency. "
                    + "`daybook account set \"\(account.name)\" --currency USD` changes it.".onOneLine)
        }
        guard isMissing else { return }
        let name = account?.name ?? label
        let how =
            name.map { "`daybook account set \"\($0)\" --currency USD`" }
            ?? "`--currency USD` at `trade add` and `trade edit`, or an --account that has one,"
        Terminal.note(
            "\(symbol) has no currency: its figures stand apart from all others. \(how) gives it one.".onOneLine)
    }
}
