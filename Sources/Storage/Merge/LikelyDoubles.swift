import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Derives which fills look like others that another import brought: see `DoubleMatch`. They wait in the table
/// `likely_double` and count in no figure, until a person says that they are `distinct`.
///
/// All of it follows from the merged fills and imports of a market, so devices that imported offline find the same.
struct LikelyDoubles {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The markets in which an import brought anything.
    func markets(of fileImport: EntityID) throws -> [JournalChanges.Market] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT account, symbol FROM fill
                    WHERE import = ? AND account IS NOT NULL AND symbol IS NOT NULL ORDER BY account, symbol
                    """), arguments: [fileImport.data]
        ).compactMap { row in
            EntityID(bytes: row[0] as Data).map { JournalChanges.Market(account: $0, symbol: row[1]) }
        }
    }

    /// Brings the doubles of a market into line with its fills.
    ///
    /// - Returns: the time of the earliest fill that counts now or no more, in milliseconds.
    func update(_ market: JournalChanges.Market) throws -> Int64? {
        let accounts = try AccountGroup(db).members(of: market.account)
        let kept = try stored(accounts, market.symbol)
        let found = try derive(accounts, market.symbol)
        guard kept.mapValues({ $0.original }) != found else { return nil }
        let remove = try PreparedStatement(db, "DELETE FROM likely_double WHERE fill = ?")
        let put = try PreparedStatement(
            db,
            """
            INSERT INTO likely_double (fill, original) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET original = excluded.original
            """)
        let findTime = try PreparedStatement(db, "SELECT time_ms FROM fill WHERE id = ?")
        var earliest: Int64?
        for (fill, (_, time)) in kept where found[fill] == nil {
            remove.bind(1, fill)
            try remove.run()
            earliest = min(earliest ?? .max, time)
        }
        for (fill, original) in found where kept[fill]?.original != original {
            put.bind(1, fill)
            put.bind(2, original)
            try put.run()
            // One that waited before and waits for another now makes no difference to a figure.
            guard kept[fill] == nil else { continue }
            findTime.bind(1, fill)
            guard try findTime.step() else { continue }
            earliest = min(earliest ?? .max, findTime.integer(0))
            findTime.reset()
        }
        return earliest
    }

    private func stored(
        _ accounts: [EntityID], _ symbol: String
    ) throws -> [EntityID: (original: EntityID, time: Int64)] {
        guard try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM likely_double)")) ?? false else {
            return [:]
        }
        var stored: [EntityID: (original: EntityID, time: Int64)] = [:]
        let rows = try PreparedStatement(
            db,
            """
            SELECT likely_double.fill, likely_double.original, fill.time_ms
            FROM likely_double CROSS JOIN fill ON fill.id = likely_double.fill
            WHERE fill.account = ? AND fill.symbol = ?
            """)
        for account in accounts {
            rows.bind(1, account)
            rows.bind(2, symbol)
            while try rows.step() {
                if let fill: EntityID = rows.id(0), let original: EntityID = rows.id(1) {
                    stored[fill] = (original, rows.integer(2))
                }
            }
        }
        return stored
    }

    // MARK: From the fills

    private func derive(_ accounts: [EntityID], _ symbol: String) throws -> [EntityID: EntityID] {
        var sources = try sources(accounts, symbol)
        // Most imports begin where another ended, or tell by ids what is the same: nothing is read of those.
        var isNeeded = [Bool](repeating: false, count: sources.count)
        for left in sources.indices {
            for right in sources.indices.dropFirst(left + 1) where sources[left].canRepeat(sources[right]) {
                isNeeded[left] = true
                isNeeded[right] = true
            }
        }
        guard isNeeded.contains(true) else { return [:] }
        var keys: [String: Int] = [:]
        for index in sources.indices where isNeeded[index] {
            sources[index].fills = try fills(of: sources[index].id, accounts, symbol, &keys)
        }
        return try DoubleMatch(zip(sources, isNeeded).filter(\.1).map(\.0)).doubles()
    }

    /// What an older version imported goes as one import, under the id 0.
    private static let older = EntityID(rawValue: 0)

    /// The imports that brought something into the market, without their fills.
    private func sources(_ accounts: [EntityID], _ symbol: String) throws -> [DoubleSource] {
        let imports = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, layout, resolution_ms, has_ids, account FROM import ORDER BY id"))
        // Older fills alone are as they were.
        guard !imports.isEmpty else { return [] }
        let find = try PreparedStatement(
            db,
            """
            SELECT (SELECT min(time_ms) FROM fill WHERE import IS ?1 AND account = ?2 AND symbol = ?3),
                (SELECT max(time_ms) FROM fill WHERE import IS ?1 AND account = ?2 AND symbol = ?3)
            """)
        func range(of id: EntityID) throws -> ClosedRange<Int64>? {
            var span: ClosedRange<Int64>?
            for account in accounts {
                if id == Self.older { find.bindNull(1) } else { find.bind(1, id) }
                find.bind(2, account)
                find.bind(3, symbol)
                guard try find.step() else { continue }
                if !find.isNull(0) {
                    let (first, last) = (find.integer(0), find.integer(1))
                    span = min(span?.lowerBound ?? first, first)...max(span?.upperBound ?? last, last)
                }
                find.reset()
            }
            return span
        }
        var sources: [DoubleSource] = []
        if let span = try range(of: Self.older) {
            sources.append(DoubleSource(id: Self.older, layout: "", resolution: 1, hasIDs: false, span: span))
        }
        for row in imports {
            guard let id = EntityID(bytes: row[0] as Data), let span = try range(of: id) else { continue }
            sources.append(
                DoubleSource(
                    id: id, layout: (row[1] as String?) ?? "unknown",
                    resolution: min(max((row[2] as Int64?) ?? 1, 1), 86_400_000),
                    hasIDs: (row[3] as Int64?) == 1, span: span,
                    account: (row[4] as Data?).flatMap { EntityID(bytes: $0) } ?? EntityID(rawValue: 0)))
        }
        return sources
    }

    private func fills(
        of source: EntityID, _ accounts: [EntityID], _ symbol: String, _ keys: inout [String: Int]
    ) throws -> [DoubleCandidate] {
        let rows = try PreparedStatement(
            db,
            """
            SELECT id, side || ' ' || price || ' ' || quantity, time_ms, market_kind, external_id, review FROM fill
            WHERE import IS ? AND account = ? AND symbol = ? AND time_ms IS NOT NULL AND side IS NOT NULL
                AND price IS NOT NULL AND quantity IS NOT NULL AND presence <> 1
            ORDER BY time_ms, sequence, id
            """)
        var fills: [DoubleCandidate] = []
        for account in accounts {
            if source == Self.older { rows.bindNull(1) } else { rows.bind(1, source) }
            rows.bind(2, account)
            rows.bind(3, symbol)
            while try rows.step() {
                guard let id: EntityID = rows.id(0) else { continue }
                let text = rows.text(1)
                let key = keys[text] ?? keys.count
                keys[text] = key
                fills.append(
                    DoubleCandidate(
                        id: id, key: key, time: rows.integer(2), kind: rows.text(3), externalID: rows.text(4),
                        review: rows.text(5)))
            }
        }
        if accounts.count > 1 { fills.sort { ($0.time, $0.id) < ($1.time, $1.id) } }
        return fills
    }
}

/// The accounts that are one: what one was called before it was joined with another, and that other.
struct AccountGroup {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// All that stand for the same account as this one, itself among them, in the order of their ids.
    func members(of account: EntityID) throws -> [EntityID] {
        let others = try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH head (id) AS (
                        SELECT coalesce((SELECT canonical FROM account_alias WHERE account = :account), :account))
                    SELECT id FROM head UNION
                    SELECT account_alias.account FROM account_alias JOIN head ON account_alias.canonical = head.id
                    """), arguments: ["account": account.data])
        return Set(others.compactMap { EntityID(bytes: $0) }).union([account]).sorted()
    }
}
