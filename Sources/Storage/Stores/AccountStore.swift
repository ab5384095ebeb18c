import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Where fills come from.
package struct AccountStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 10_000
    package static let labelBytesMax = 100
    /// What an account is called that nobody has named.
    package static let defaultLabel = "main"
    /// The exchange of what is entered by hand.
    package static let manualExchange = "manual"

    package func find(_ id: ID<Account>) throws -> Account? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT id, exchange, environment, label, cost_basis FROM account WHERE id = :id AND presence <> 1"
            ),
            arguments: ["id": id.data]
        ).flatMap { Account($0) }
    }

    /// In the order of exchange and label.
    package func list() throws -> [Account] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT id, exchange, environment, label, cost_basis FROM account WHERE presence <> 1
                    ORDER BY exchange, label, id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { Account($0) }
    }

    /// The accounts that a person means by a label, by an exchange, or by `exchange/label`; in any case.
    ///
    /// - Throws: `account.not_found`.
    package func matching(_ text: String) throws -> [Account] {
        let found = try list(matching: text)
        guard !found.isEmpty else {
            let names = try list().map { "\($0.exchange)/\($0.label)" }
            let has = names.isEmpty ? "There are no accounts yet." : "There are: \(names.joined(separator: ", "))."
            throw Failure(.notFound, "account.not_found", "There is no account “\(text)”. \(has)")
        }
        return found
    }

    /// The accounts that have this id, label, exchange or `exchange/label`; none when there are none.
    package func named(_ text: String) throws -> [ID<Account>] {
        if let id = ID<Account>(text) { return [id] }
        return (try list(matching: text)).map(\.id)
    }

    private func list(matching text: String) throws -> [Account] {
        let wanted = text.lowercased()
        return try list().filter { account in
            let (exchange, label) = (account.exchange.lowercased(), account.label.lowercased())
            return label == wanted || exchange == wanted || "\(exchange)/\(label)" == wanted
        }
    }

    /// The account for an import from an exchange. Without a label it is the one there is: a second name by mistake
    /// would count every fill twice.
    ///
    /// - Throws: `account.which` when there are several, `account.bad_label`.
    package func forImport(
        exchange: String, environment: Account.Environment, label: String?
    ) throws -> Account {
        let known = try list().filter { $0.exchange == exchange.lowercased() && $0.environment == environment }
        if let label {
            let wanted = Account.named(exchange: exchange, environment: environment, label: try Self.checked(label))
            return known.first { $0.id == wanted.id } ?? wanted
        }
        guard known.count <= 1 else {
            let names = known.map(\.label).joined(separator: ", ")
            throw Failure(
                .conflict, "account.which",
                "There are several accounts of \(exchange): \(names). Say which one by its name.")
        }
        return known.first
            ?? .named(exchange: exchange, environment: environment, label: Self.defaultLabel)
    }

    /// The account for a trade entered by hand: one that is there under that name, or a new book.
    ///
    /// - Throws: `account.which` when several are called so, `account.bad_label`.
    package func forManualTrade(_ label: String) throws -> Account {
        let label = try Self.checked(label)
        let wanted = label.lowercased()
        let known = try list().filter {
            $0.label.lowercased() == wanted || "\($0.exchange)/\($0.label)".lowercased() == wanted
        }
        guard known.count <= 1 else {
            let names = known.map { "\($0.exchange)/\($0.label)" }.joined(separator: ", ")
            throw Failure(.conflict, "account.which", "“\(label)” could be \(names). Give the name as written here.")
        }
        return known.first ?? .named(exchange: Self.manualExchange, environment: .live, label: label)
    }

    private static func checked(_ label: String) throws(Failure) -> String {
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

    /// Changes how profits of open positions are figured; the round trips of the account follow.
    package func setCostBasis(_ basis: Account.CostBasis, of account: Account, in draft: inout Draft) {
        draft.put(Schema.account, account.id, ["cost_basis": .text(basis.rawValue)])
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
            costBasis: (row["cost_basis"] as String?).flatMap(CostBasis.init(rawValue:)) ?? .average)
    }
}
