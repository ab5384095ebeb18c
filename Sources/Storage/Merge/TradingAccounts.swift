import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Accounts as trades see them: which are names of one, and what their trades are figured by.
struct TradingAccounts {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// What the trades of an account are figured by.
    struct Account {
        /// Of the account itself, where others are only names of it.
        let id: EntityID
        let exchange: String
        let costBasis: Journal.Account.CostBasis
        let currency: String
        let isMargin: Bool
    }

    func canonical(_ id: EntityID) throws -> EntityID {
        let found = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT canonical FROM account_alias WHERE account = ?"), arguments: [id.data])
        return found.flatMap { EntityID(bytes: $0) } ?? id
    }

    /// The other names of an account.
    func aliases(of canonical: EntityID) throws -> [EntityID] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: "SELECT account FROM account_alias WHERE canonical = :id AND account <> :id ORDER BY account"),
            arguments: ["id": canonical.data]
        ).compactMap { EntityID(bytes: $0) }
    }

    /// The account that an id means.
    func account(_ id: EntityID) throws -> Account {
        let canonical = try canonical(id)
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT exchange, cost_basis, currency, margin FROM account WHERE id = ?"),
            arguments: [canonical.data])
        return Account(
            id: canonical, exchange: row?[0] ?? "",
            costBasis: (row?[1] as String?).flatMap(Journal.Account.CostBasis.init(rawValue:)) ?? .average,
            currency: row?[2] ?? "", isMargin: (row?[3] as Int64?) == 1)
    }

    func instrument(_ symbol: String, _ kind: MarketKind?, _ account: Account?) throws -> Instrument {
        try InstrumentStore(db).resolved(
            exchange: account?.exchange ?? "", symbol: symbol, kind: kind, currency: account?.currency ?? "")
    }

    func terms(_ book: Book, _ symbol: String, _ account: Account) throws -> BookTerms {
        BookTerms(
            account: account.id.cast(), try instrument(symbol, book.kind, account), leg: book.leg,
            costBasis: account.costBasis, isMargin: account.isMargin)
    }

    /// The books that are known of a market.
    func books(_ account: EntityID, _ symbol: String) throws -> MarketBooks {
        MarketBooks(
            bits: try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT books FROM market WHERE account = ? AND symbol = ?"),
                arguments: [account.data, symbol]) ?? 0)
    }

    /// Of `fill`, where it is read by account.
    ///
    /// - Parameter parameter: the name or number of the canonical account's.
    static func condition(_ parameter: String, hasAliases: Bool) -> String {
        hasAliases
            ? "fill.account IN (SELECT \(parameter) UNION ALL SELECT account FROM account_alias WHERE canonical = \(parameter))"
            : "fill.account = \(parameter)"
    }
}
