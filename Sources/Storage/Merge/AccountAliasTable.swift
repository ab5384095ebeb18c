import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// The table of the accounts that are other names of others, derived with everything else that follows from the facts.
struct AccountAliasTable {
    private let db: Database

    init(_ db: Database) { self.db = db }

    private func pairs(_ sql: String) throws -> [EntityID: EntityID] {
        var pairs: [EntityID: EntityID] = [:]
        for row in try Row.fetchAll(db.cachedStatement(sql: sql)) {
            if let left = EntityID(bytes: row[0] as Data), let right = EntityID(bytes: row[1] as Data) {
                pairs[left] = right
            }
        }
        return pairs
    }

    /// Finds out anew what each alias stands for.
    ///
    /// - Returns: the accounts whose fills and trades belong to another account now than before, and those that they came
    ///   from or go to.
    func derive() throws -> Set<EntityID> {
        let before = try pairs("SELECT account, canonical FROM account_alias")
        let targets = try pairs(
            """
            SELECT account.id, target.id FROM account JOIN account AS target ON target.id = account.alias_of
            WHERE account.presence <> 1 AND target.presence <> 1
            """)
        let rule = AccountAliases(
            targets: Dictionary(uniqueKeysWithValues: targets.map { ($0.cast(), $1.cast()) }))
        let found: [EntityID: EntityID] = Dictionary(
            uniqueKeysWithValues: rule.canonical.map { ($0.cast(), $1.cast()) })
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
}
