import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The table of the accounts that are other names of others, derived with everything else that follows from the facts.
final class AccountAliasTable {
    private let db: Database
    private(set) var aliases: [EntityID: EntityID]

    init(_ db: Database) throws {
        self.db = db
        aliases = [:]
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT account, canonical FROM account_alias"))
        for row in rows { if let (alias, account) = Self.pair(row) { aliases[alias] = account } }
    }

    private static func pair(_ row: Row) -> (EntityID, EntityID)? {
        guard let left = EntityID(bytes: row[0] as Data), let right = EntityID(bytes: row[1] as Data) else {
            return nil
        }
        return (left, right)
    }

    /// For those who made the table empty.
    func forget() { aliases = [:] }

    /// The account that an account is: itself, unless it is an alias.
    func canonical(_ account: EntityID) -> EntityID { aliases[account] ?? account }

    /// Finds out anew what each alias stands for.
    ///
    /// - Returns: the accounts whose fills and trades belong to another account now than before, and those that they came
    ///   from or go to.
    func derive() throws -> Set<EntityID> {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT account.id, target.id FROM account JOIN account AS target ON target.id = account.alias_of
                    WHERE account.presence <> 1 AND target.presence <> 1
                    """))
        var targets: [ID<Account>: ID<Account>] = [:]
        for row in rows { if let (alias, account) = Self.pair(row) { targets[alias.cast()] = account.cast() } }
        let before = aliases
        var found: [EntityID: EntityID] = [:]
        for (alias, account) in AccountAliases(targets: targets).canonical { found[alias.cast()] = account.cast() }
        guard found != before else { return [] }
        aliases = found
        var moved: Set<EntityID> = []
        for account in Set(before.keys).union(found.keys) where before[account] != found[account] {
            moved.formUnion([account, before[account] ?? account, found[account] ?? account])
            if let canonical = found[account] {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO account_alias (account, canonical) VALUES (?, ?)",
                    arguments: [account.data, canonical.data])
            } else {
                try db.execute(sql: "DELETE FROM account_alias WHERE account = ?", arguments: [account.data])
            }
        }
        return moved
    }

    /// The accounts whose fills are the account's: itself and its aliases, in the order of their ids.
    func members(of account: EntityID) -> [EntityID] {
        ([account] + aliases.filter { $0.value == account }.map(\.key)).sorted()
    }
}
