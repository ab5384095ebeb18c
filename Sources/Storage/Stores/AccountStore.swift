import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Where fills come from.
package struct AccountStore {
    let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 10_000
    package static let labelBytesMax = 100
    /// What an account is called that nobody has named.
    package static let defaultLabel = "main"
    /// The exchange of what is entered by hand.
    package static let manualExchange = "manual"

    private static let columns = "id, exchange, environment, label, cost_basis, currency, margin"

    /// The account of this very id, be it an alias.
    package func find(_ id: ID<Account>) throws -> Account? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM account WHERE id = :id AND presence <> 1"),
            arguments: ["id": id.data]
        ).flatMap { Account($0) }
    }

    /// The account that an account is by now: itself, or the one that it is another name of.
    package func canonical(_ id: ID<Account>) throws -> ID<Account> {
        let found = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT canonical FROM account_alias WHERE account = ?"), arguments: [id.data])
        return found.flatMap { ID(bytes: $0) } ?? id
    }

    /// In the order of exchange and label; without those that are other names of others.
    package func list() throws -> [Account] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM account
                    WHERE presence <> 1 AND id NOT IN (SELECT account FROM account_alias)
                    ORDER BY exchange, label, id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { Account($0) }
    }

    /// The other names of accounts, in the order of their ids.
    package func aliases() throws -> [Alias] {
        let columns = Self.columns.split(separator: ", ").map { "account.\($0)" }.joined(separator: ", ")
        return try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT \(columns), account_alias.canonical FROM account_alias
                        JOIN account ON account.id = account_alias.account AND account.presence <> 1
                    ORDER BY account.id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { row in
            guard let name = Account(row), let account = ID<Account>(bytes: row["canonical"] as Data) else {
                return nil
            }
            return Alias(name: name, account: account)
        }
    }

    package struct Alias: Hashable, Sendable {
        package let name: Account
        /// What it is another name of.
        package let account: ID<Account>
    }

    /// The accounts that a person means by a label, by an exchange, or by `exchange/label`; in any case. Names that
    /// accounts had before are understood where no account has them now.
    ///
    /// - Throws: `account.not_found`.
    package func matching(_ text: String) throws -> [Account] {
        let found = try list(matching: text)
        guard !found.isEmpty else {
            let names = try list().map(\.name)
            let has = names.isEmpty ? "There are no accounts yet." : "There are: \(names.joined(separator: ", "))."
            throw Failure(.notFound, "account.not_found", "There is no account “\(text)”. \(has)")
        }
        return found
    }

    /// The one account that a person means.
    ///
    /// - Throws: `account.not_found`, `account.which`.
    package func require(_ text: String) throws -> Account {
        let found = try matching(text)
        guard found.count == 1, let account = found.first else {
            let names = found.map(\.name).joined(separator: ", ")
            throw Failure(.conflict, "account.which", "“\(text)” could be \(names). Give one of these.")
        }
        return account
    }

    /// The accounts that have this id, label, exchange or `exchange/label`; none when there are none.
    package func named(_ text: String) throws -> [ID<Account>] {
        if let id = ID<Account>(text) { return [try canonical(id)] }
        return (try list(matching: text)).map(\.id)
    }

    private func list(matching text: String) throws -> [Account] {
        let wanted = text.lowercased()
        func means(_ account: Account) -> Bool {
            account.label.lowercased() == wanted || account.name.lowercased() == wanted
        }
        let accounts = try list()
        let found = accounts.filter { means($0) || $0.exchange.lowercased() == wanted }
        guard found.isEmpty else { return found }
        let former = Set(try aliases().filter { means($0.name) || $0.name.exchange == wanted }.map(\.account))
        return accounts.filter { former.contains($0.id) || Self.began($0, as: text) }
    }

    /// Whether an account had a name when it was made: its id tells.
    private static func began(_ account: Account, as text: String) -> Bool {
        let prefix = account.exchange + "/"
        let labels = text.lowercased().hasPrefix(prefix) ? [text, String(text.dropFirst(prefix.count))] : [text]
        return labels.contains {
            Account.named(exchange: account.exchange, environment: account.environment, label: $0).id == account.id
        }
    }

    /// The account for an import from an exchange. Without a label it is the one there is: a second name by mistake
    /// would count every fill twice.
    ///
    /// - Throws: `account.which` when there are several, `account.bad_label`.
    package func forImport(
        exchange: String, environment: Account.Environment, label: String?
    ) throws -> Account {
        let exchange = exchange.lowercased()
        let own = try list().filter { $0.exchange == exchange && $0.environment == environment }
        if let label {
            let label = try Self.checked(label)
            let wanted = Account.named(exchange: exchange, environment: environment, label: label)
            // What is called so now goes before what was called so once.
            let called = own.filter { $0.label == label }
            let former = try canonical(wanted.id)
            if called.count > 1, let account = called.first(where: { $0.id == former }) { return account }
            guard called.count <= 1 else { throw Self.several(called, of: exchange) }
            return try called.first ?? find(former) ?? wanted
        }
        guard own.count <= 1 else { throw Self.several(own, of: exchange) }
        if let only = own.first { return only }
        // All accounts of the exchange may have become parts of others.
        let joined = Set(
            try aliases().filter { $0.name.exchange == exchange && $0.name.environment == environment }.map(\.account))
        let parts = try joined.sorted().compactMap { try find($0) }
        guard parts.count <= 1 else { throw Self.several(parts, of: exchange) }
        return parts.first ?? .named(exchange: exchange, environment: environment, label: Self.defaultLabel)
    }

    private static func several(_ accounts: [Account], of exchange: String) -> Failure {
        let names = accounts.map(\.label).joined(separator: ", ")
        return Failure(
            .conflict, "account.which",
            "There are several accounts of \(exchange): \(names). Say which one by its name.")
    }

    /// The account for a trade entered by hand: one that is there under that name, or a new book.
    ///
    /// - Throws: `account.which` when several are called so, `account.bad_label`.
    package func forManualTrade(_ label: String) throws -> Account {
        let label = try Self.checked(label)
        let wanted = label.lowercased()
        func means(_ account: Account) -> Bool {
            account.label.lowercased() == wanted || account.name.lowercased() == wanted
        }
        let accounts = try list()
        var known = accounts.filter(means)
        if known.isEmpty {
            let former = Set(try aliases().filter { means($0.name) }.map(\.account))
            known = accounts.filter { former.contains($0.id) || Self.began($0, as: label) }
        }
        guard known.count <= 1 else {
            let names = known.map(\.name).joined(separator: ", ")
            throw Failure(.conflict, "account.which", "“\(label)” could be \(names). Give the name as written here.")
        }
        return known.first ?? .named(exchange: Self.manualExchange, environment: .live, label: label)
    }

    static func checked(_ label: String) throws(Failure) -> String {
        let label = label.split(separator: " ").joined(separator: " ")
        guard !label.isEmpty, label.utf8.count <= labelBytesMax,
            !label.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Failure(
                .invalid, "account.bad_label",
                "An account's name is one line of 1 to \(labelBytesMax) bytes; this one is not.")
        }
        return label
    }

    /// Makes the account unless it is here.
    package func ensure(_ account: Account, in draft: inout Draft) throws {
        guard try find(account.id) == nil else { return }
        draft.put(
            Schema.account, account.id,
            [
                "exchange": .text(account.exchange), "environment": .text(account.environment.rawValue),
                "label": .text(account.label), "cost_basis": .text(account.costBasis.rawValue),
            ])
    }

}

extension Account {
    /// Nil for a row that lacks what names an account.
    init?(_ row: Row) {
        guard let id = ID<Account>(bytes: row["id"] as Data), let exchange = row["exchange"] as String?,
            let environment = (row["environment"] as String?).flatMap(Environment.init(rawValue:)),
            let label = row["label"] as String?
        else { return nil }
        self.init(
            id: id, exchange: exchange, environment: environment, label: label,
            costBasis: (row["cost_basis"] as String?).flatMap(CostBasis.init(rawValue:)) ?? .average,
            currency: row["currency"], isMargin: (row["margin"] as Int64?).map { $0 != 0 })
    }
}
