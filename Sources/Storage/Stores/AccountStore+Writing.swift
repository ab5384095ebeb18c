import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What a person says of accounts. The id of an account never changes, so that fills, notes and other devices find it.
extension AccountStore {
    // MARK: Settings

    /// - Throws: `account.bad_currency`.
    package func set(_ fields: AccountFields, of account: Account, in draft: inout Draft) throws {
        draft.put(Schema.account, account.id, try fields.values())
    }

    // MARK: Names

    /// Gives an account another name, and makes the name an alias: a device that does not know of it yet and imports under
    /// the new name writes into the same account.
    ///
    /// - Returns: the account with its new name.
    /// - Throws: `account.bad_label`, `account.name_taken`.
    @discardableResult
    package func rename(_ account: Account, to name: String, in draft: inout Draft) throws -> Account {
        let label = try Self.checked(name)
        let others = try list().filter { $0.exchange == account.exchange && $0.environment == account.environment }
        guard !others.contains(where: { $0.id != account.id && $0.label.lowercased() == label.lowercased() }) else {
            throw Failure(
                .conflict, "account.name_taken",
                "There is an account \(account.exchange)/\(label) already. `daybook account merge \(account.name) "
                    + "\(account.exchange)/\(label)` makes the two one.")
        }
        draft.put(Schema.account, account.id, ["label": .text(label)])
        let alias = Account.named(exchange: account.exchange, environment: account.environment, label: label)
        if try alias.id != account.id && isFree(alias.id, for: account.id) {
            draft.put(
                Schema.account, alias.id,
                [
                    "exchange": .text(alias.exchange), "environment": .text(alias.environment.rawValue),
                    "label": .text(label), "cost_basis": .text(account.costBasis.rawValue),
                    "alias_of": .id(account.id),
                ])
        }
        return Account(
            id: account.id, exchange: account.exchange, environment: account.environment, label: label,
            costBasis: account.costBasis, currency: account.currency, isMargin: account.isMargin)
    }

    /// Whether a name can become another name of an account without taking anything along from elsewhere.
    private func isFree(_ alias: ID<Account>, for account: ID<Account>) throws -> Bool {
        guard try find(alias) != nil else { return true }
        let owner = try canonical(alias)
        // An account of its own that is called otherwise now, or a name that the account has already.
        guard owner != alias, owner != account else { return false }
        let isUsed = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM fill WHERE account = :id AND presence <> 1)
                        OR EXISTS (SELECT 1 FROM trade WHERE account = :id AND presence <> 1)
                        OR EXISTS (SELECT 1 FROM account WHERE alias_of = :id AND presence <> 1)
                    """), arguments: ["id": alias.data])
        return isUsed == false
    }

    /// Makes one account a part of another: its fills, its trades and what was said of them are the other's from now on, in
    /// one book. Undoing the step takes them apart again.
    ///
    /// - Throws: `account.same`, `account.other_environment`.
    package func merge(_ account: Account, into other: Account, in draft: inout Draft) throws {
        guard account.id != other.id else {
            throw Failure(.conflict, "account.same", "\(account.name) is one account already: give two.")
        }
        guard account.environment == other.environment else {
            throw Failure(
                .conflict, "account.other_environment",
                "\(account.name) is \(account.environment.rawValue) and \(other.name) is \(other.environment.rawValue): "
                    + "results of real and of pretended money stay apart.")
        }
        draft.put(Schema.account, account.id, ["alias_of": .id(other.id)])
        // Where a circle was joined on two devices, the one that the others lead to ends it here.
        if try stored(aliasOf: other.id) != nil { draft.put(Schema.account, other.id, ["alias_of": .null]) }
    }

    private func stored(aliasOf account: ID<Account>) throws -> ID<Account>? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT alias_of FROM account WHERE id = ?"), arguments: [account.data]
        ).flatMap { ID(bytes: $0) }
    }
}

/// What a person says of an account besides its name.
package struct AccountFields: Sendable {
    package var costBasis: Account.CostBasis?
    package var currency: Change<String> = .keep
    package var isMargin: Change<Bool> = .keep

    package init() {}

    /// Whether there is anything to write.
    package var isSomething: Bool { costBasis != nil || !currency.isKept || !isMargin.isKept }

    /// - Throws: `account.bad_currency`.
    func values() throws(Failure) -> [String: Value] {
        var values: [String: Value] = [:]
        if let costBasis { values["cost_basis"] = .text(costBasis.rawValue) }
        switch currency {
        case .keep: break
        case .clear: values["currency"] = .null
        case .set(let text): values["currency"] = .text(try Self.currency(text))
        }
        switch isMargin {
        case .keep: break
        case .clear: values["margin"] = .null
        case .set(let isMargin): values["margin"] = .integer(isMargin ? 1 : 0)
        }
        return values
    }

    /// - Throws: `account.bad_currency`.
    package static func currency(_ text: String) throws(Failure) -> String {
        let currency = text.uppercased()
        guard Symbol.isCurrency(currency) else {
            throw Failure(
                .invalid, "account.bad_currency",
                "“\(text.prefix(40))” is no currency: give 1 to 16 letters or digits, as USD or EUR.")
        }
        return currency
    }
}
