import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Tells which fills of a file the journal has already, whatever they are called there.
///
/// Most are known by their names. Those of older versions, and those that came into an account before it was joined with
/// this one, go by other names: they are known by what they say, each for one row.
struct KnownFills: Sendable {
    /// The fills of a batch.
    struct Sorted: Sendable {
        /// In the order given.
        var new: [Fill] = []
        var knownCount = 0
        /// How many are in other accounts already, and are not to be written.
        var elsewhere: [ID<Account>: Int] = [:]
    }

    let account: Account
    /// Other accounts that stand for this one.
    private let aliases: [Account]
    /// Other accounts of the exchange, where this one begins with the file.
    private let others: [ID<Account>]
    /// Fills that a row was recognized in by what it says.
    private var claimed: Set<ID<Fill>> = []

    /// - Parameters:
    ///   - fileImport: what writes the fills; it may have begun before.
    ///   - allowsDuplicates: whether rows come in that other accounts have.
    init(
        _ db: Database, _ account: Account, by fileImport: ID<FileImport>, allowsDuplicates: Bool
    ) throws {
        let group = Set(try AccountGroup(db).members(of: account.id.cast()))
        let accounts = try AccountStore(db).list()
        self.account = account
        aliases = try AccountStore(db).aliases().map(\.name).filter {
            group.contains($0.id.cast()) && $0.id != account.id
        }
        let isNew =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT NOT EXISTS (SELECT 1 FROM fill WHERE account = ? AND import IS NOT ?)"),
                arguments: [account.id.data, fileImport.data]) ?? true
        others =
            allowsDuplicates || !isNew || !aliases.isEmpty
            ? []
            : accounts.filter {
                $0.exchange == account.exchange && $0.environment == account.environment
                    && !group.contains($0.id.cast()) && $0.id != account.id
            }.map(\.id)
    }

    mutating func sort(_ fills: [Fill], _ db: Database) throws -> Sorted {
        var sorted = Sorted()
        let unknown = try FillStore(db).unknown(fills)
        let hasOlder =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM fill WHERE import IS NULL AND account = ?)"),
                arguments: [account.id.data]) ?? false
        guard hasOlder || !aliases.isEmpty || !others.isEmpty else {
            sorted.new = unknown
            sorted.knownCount = fills.count - unknown.count
            return sorted
        }
        let look = try Look(db)
        for fill in unknown {
            if try isKnown(fill, look, hasOlder: hasOlder) { continue }
            if let other = try elsewhere(fill, look) {
                sorted.elsewhere[other, default: 0] += 1
            } else {
                sorted.new.append(fill)
            }
        }
        sorted.knownCount = fills.count - sorted.new.count - sorted.elsewhere.values.reduce(0, +)
        return sorted
    }

    private mutating func isKnown(_ fill: Fill, _ look: Look, hasOlder: Bool) throws -> Bool {
        if hasOlder {
            if try look.has(fill, under: fill.formerName(in: account)) { return true }
            if let found = try look.equal(fill, in: account.id, .older, besides: claimed) {
                claimed.insert(found)
                return true
            }
        }
        for alias in aliases {
            if try look.has(fill, under: fill.name(in: alias.id)) { return true }
            if try look.has(fill, under: fill.formerName(in: alias)) { return true }
            if let found = try look.equal(fill, in: alias.id, .any, besides: claimed) {
                claimed.insert(found)
                return true
            }
        }
        return false
    }

    private mutating func elsewhere(_ fill: Fill, _ look: Look) throws -> ID<Account>? {
        for other in others {
            if let found = try look.equal(fill, in: other, .anySource, besides: claimed) {
                claimed.insert(found)
                return other
            }
        }
        return nil
    }
}

/// Looks for fills that say the same under other names.
private struct Look {
    enum Sources {
        /// Only what an older version imported.
        case older
        case any
        /// Also from a layout with ids where this one has none, or the other way around.
        case anySource
    }

    private let findByName: PreparedStatement
    private let findEqual: PreparedStatement

    init(_ db: Database) throws {
        findByName = try PreparedStatement(
            db, "SELECT side, price, quantity FROM fill WHERE id = ? AND presence <> 1")
        findEqual = try PreparedStatement(
            db,
            """
            SELECT id, import IS NULL, external_id, fee FROM fill
            WHERE account = ? AND symbol = ? AND time_ms = ? AND side = ? AND price = ? AND quantity = ?
                AND presence <> 1
            ORDER BY sequence, id
            """)
    }

    func has(_ fill: Fill, under name: ID<Fill>) throws -> Bool {
        guard !fill.externalID.isEmpty else { return false }
        findByName.bind(1, name)
        guard try findByName.step() else { return false }
        defer { findByName.reset() }
        return findByName.text(0) == fill.side.rawValue && findByName.text(1) == fill.price.description
            && findByName.text(2) == fill.quantity.description
    }

    func equal(
        _ fill: Fill, in account: ID<Account>, _ sources: Sources, besides claimed: Set<ID<Fill>>
    ) throws -> ID<Fill>? {
        findEqual.bind(1, account)
        findEqual.bind(2, fill.symbol)
        findEqual.bind(3, fill.time.milliseconds)
        findEqual.bind(4, fill.side.rawValue)
        findEqual.bind(5, fill.price.description)
        findEqual.bind(6, fill.quantity.description)
        while try findEqual.step() {
            guard let id: ID<Fill> = findEqual.id(0), !claimed.contains(id) else { continue }
            if sources == .older, findEqual.integer(1) == 0 { continue }
            let externalID = findEqual.text(2)
            guard
                externalID == fill.externalID
                    || sources == .anySource && (externalID.isEmpty || fill.externalID.isEmpty)
            else { continue }
            // Where nothing else tells two rows apart, the fee does.
            if sources != .anySource, externalID.isEmpty, (Amount(findEqual.text(3)) ?? .zero) != fill.fee { continue }
            findEqual.reset()
            return id
        }
        return nil
    }
}
