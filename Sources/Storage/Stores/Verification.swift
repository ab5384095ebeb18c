import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Looks for anything in a journal that does not follow from its log.
///
/// It changes nothing: what is derived is derived once more in a transaction that is taken back.
package struct Verification: Sendable {
    /// One thing that is wrong, or worth knowing.
    package struct Finding: Sendable, Hashable {
        package enum Part: String, Sendable {
            case file, history, content, trades, search, images, fills, values
        }

        package let part: Part
        package let text: String
        /// False for what is no damage: an image that has not come yet, a fill that cannot make a trade.
        package let isDamage: Bool
    }

    package fileprivate(set) var findings: [Finding] = []
    package fileprivate(set) var commitCount = 0
    package fileprivate(set) var tripCount = 0
    package fileprivate(set) var blobCount = 0

    package var isSound: Bool { !findings.contains(where: \.isDamage) }

    /// Of one kind; what is broken in a thousand places is said for the first of them.
    package static let findingsPerPartMax = 20

    fileprivate mutating func add(_ part: Finding.Part, _ text: String, isDamage: Bool = true) {
        guard findings.count(where: { $0.part == part }) < Self.findingsPerPartMax else { return }
        findings.append(Finding(part: part, text: text, isDamage: isDamage))
    }
}

extension JournalFile {
    /// Checks the file, the hash chains, the content, what is derived, the search and the images.
    ///
    /// - Parameters:
    ///   - blobs: nil where the images are not there yet.
    ///   - report: is told what is looked at next, and how many parts of how many are done.
    /// - Throws: `journal.busy` and the like; never for what it looks for.
    package func verify(
        _ blobs: BlobStore?,
        report: @escaping @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void = { _, _, _ in }
    ) async throws -> Verification {
        let schema = schema
        var result: Verification
        do {
            result = try await Self.translating(directory) {
                try await self.database.writeWithoutTransaction { db in
                    var result = Verification()
                    try db.inTransaction {
                        try JournalCheck(db, schema).run(&result, report)
                        return .rollback
                    }
                    return result
                }
            }
        } catch let failure as Failure where failure.kind == .corrupt {
            // SQLite itself stumbled: the rest cannot be looked at.
            result = Verification()
            result.add(.file, failure.message)
            return result
        }
        report(Verification.Finding.Part.images.rawValue, JournalCheck.partCount, JournalCheck.partCount + 1)
        if let blobs { try await check(blobs, &result) }
        return result
    }

    private func check(_ blobs: BlobStore, _ result: inout Verification) async throws {
        let noted = try await read { try BlobLedger($0).names() }
        result.blobCount = noted.count
        for name in noted where !blobs.has(name) { result.add(.images, "the bytes of image \(name) are gone") }
        for name in try await blobs.verify() {
            result.add(.images, "the bytes of image \(name) are not those it is named by")
        }
        let lacking = try await read { try BlobLedger($0).lacking(after: nil, BlobLimits.namesMax) }
        let absent = lacking.filter { !blobs.has($0) }
        if !absent.isEmpty {
            result.add(.images, "\(absent.count) images have not come to this device yet", isDamage: false)
        }
    }
}

/// What can be checked within the file.
private struct JournalCheck {
    private let db: Database
    private let schema: Schema

    init(_ db: Database, _ schema: Schema) {
        self.db = db
        self.schema = schema
    }

    /// How many parts there are to check within the file.
    static let partCount = 7

    func run(_ result: inout Verification, _ report: (String, Int, Int) -> Void) throws {
        let checks: [(part: Verification.Finding.Part, run: (inout Verification) throws -> Void)] = [
            (.file, checkFile), (.history, checkChains), (.content, checkContent), (.trades, checkDerived),
            (.search, checkSearch), (.fills, checkFills), (.values, checkValues),
        ]
        for (done, check) in checks.enumerated() {
            report(check.part.rawValue, done, Self.partCount + 1)
            try check.run(&result)
            // Of a file that is torn, no row can be trusted to be what its column promises.
            guard check.part != .file || result.findings.isEmpty else { return }
        }
    }

    private func checkFile(_ result: inout Verification) throws {
        for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
            result.add(.file, line)
        }
    }

    // MARK: The log

    private func checkChains(_ result: inout Verification) throws {
        let names = try CommitNames(db)
        // Where the replicas themselves cannot be read, that is said below, and their contexts are not looked at.
        let log = try? CommitLog(db)
        let heads = try Row.fetchAll(db, sql: "SELECT number, id, counter, hash FROM replica ORDER BY id")
        for head in heads {
            guard let replica = ReplicaID(bytes: head[1] as Data) else {
                result.add(.history, "a replica has no name")
                continue
            }
            let chain = try checkChain(replica, number: head[0], names, log, &result)
            result.commitCount += chain.count
            let known: Int64 = head[2]
            guard (0...Int64(Dot.counterMax)).contains(known) else {
                result.add(.history, "\(names.device(replica)) is said to have \(known) commits, which cannot be")
                continue
            }
            guard chain.isComplete else { continue }
            if chain.count != known {
                result.add(
                    .history, "the history of \(names.device(replica)) ends at \(chain.count) instead of \(known)")
            } else if let hash = chain.last, let last = (head[3] as Data?), Data(hash.bytes) != last {
                result.add(.history, "the last commit of \(names.device(replica)) is not the one that is noted")
            }
        }
    }

    private struct Chain {
        var count = 0
        /// The hash of the last commit; nil when its bytes are not here.
        var last: CommitHash?
        /// Whether it was followed to its end.
        var isComplete = true
    }

    private func checkChain(
        _ replica: ReplicaID, number: Int64, _ names: CommitNames, _ log: CommitLog?, _ result: inout Verification
    ) throws -> Chain {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT counter, time, packed, bytes, context FROM log WHERE replica = ? ORDER BY counter",
            arguments: [number])
        var chain = Chain()
        var isParentKnown = true
        while let row = try rows.next() {
            let dot = Dot(replica, UInt64(chain.count + 1))
            guard UInt64(bitPattern: row[0] as Int64) == dot.counter else {
                result.add(.history, "commit \(names.short(dot)) is missing")
                chain.isComplete = false
                return chain
            }
            chain.count += 1
            let parent = chain.last
            chain.last = nil
            guard let data = row[3] as Data? else {
                isParentKnown = false
                continue
            }
            do {
                let bytes = try CommitLog.unpacked(Array(data), isPacked: row[2])
                let commit = try Commit(dot: dot, encoded: bytes)
                if isParentKnown, commit.parent != parent {
                    result.add(.history, "commit \(names.short(dot)) does not follow on the one before it")
                }
                if commit.time.rawValue != UInt64(bitPattern: row[1] as Int64) {
                    result.add(.history, "commit \(names.short(dot)) is noted with another time than its own")
                }
                let context = (row[4] as Data?).map { Array($0) } ?? []
                if let log, try commit.contextChanges != log.contextChanges(in: context) {
                    result.add(.history, "commit \(names.short(dot)) is noted to have seen other commits than it names")
                }
                chain.last = CommitHash(of: dot, bytes: bytes)
                isParentKnown = true
            } catch let failure as Failure {
                result.add(.history, "commit \(names.short(dot)) cannot be read (\(failure.code))")
                isParentKnown = false
            }
        }
        return chain
    }

    private func checkContent(_ result: inout Verification) throws {
        do {
            let found = try Repair(db, schema).contentOfTables()
            let noted = try LocalFacts(db).content
            if found != noted { result.add(.content, "the tables hold \(found), and should hold \(noted)") }
        } catch let failure as Failure {
            result.add(.content, failure.message)
        }
    }

    // MARK: What is derived

    private static let derived = [
        (
            "round_trip", "id",
            """
            id, account, symbol, direction, opened_ms, closed_ms, quantity, open_quantity, entry_price, exit_price, gross,
            fees, other_fees, net, first_fill, fill_count, reversed, market_kind, leg, currency, multiplier, rest_quantity,
            rest_cost, partial_history
            """
        ),
        ("partial_fill", "fill", "fill, account, symbol, time_ms, quantity, is_whole"),
        ("market", "account", "account, symbol, books"),
        ("anchor", "trade", "trade, round_trip"),
        ("account_alias", "account", "account, canonical"),
        ("likely_double", "fill", "fill, original"),
    ]

    private func checkDerived(_ result: inout Verification) throws {
        result.tripCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM round_trip") ?? 0
        for (table, _, columns) in Self.derived {
            try db.execute(sql: "CREATE TEMP TABLE kept_\(table) AS SELECT \(columns) FROM \(table)")
        }
        try Derivation(db).runFromNothing()
        for (table, id, columns) in Self.derived {
            let differing = try Data.fetchAll(
                db,
                sql: """
                    SELECT \(id) FROM (
                        SELECT * FROM (SELECT \(columns) FROM temp.kept_\(table) EXCEPT SELECT \(columns) FROM \(table))
                        UNION
                        SELECT * FROM (SELECT \(columns) FROM \(table) EXCEPT SELECT \(columns) FROM temp.kept_\(table)))
                    GROUP BY \(id) ORDER BY \(id) LIMIT \(Verification.findingsPerPartMax)
                    """)
            for id in differing.compactMap({ EntityID(bytes: $0) }) {
                let finding =
                    table == "account_alias"
                    ? "account \(id) is not the account that renaming and joining make it"
                    : "trade \(id) is not what its fills and notes make it"
                result.add(.trades, finding)
            }
        }
    }

    private func checkSearch(_ result: inout Verification) throws {
        for (index, table, columns, condition) in [
            ("trade_text", "trade", "notes", "WHERE notes IS NOT NULL"), ("entry_text", "entry", "title, body", ""),
        ] {
            do {
                try db.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('integrity-check')")
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                result.add(.search, "the search index of \(table) texts is damaged")
                continue
            }
            // The check above compares the index with itself; whether it fits the texts shows only beside a new one.
            try db.execute(sql: "CREATE VIRTUAL TABLE temp.fresh_\(index) USING fts5(\(columns))")
            try db.execute(
                sql: """
                    INSERT INTO temp.fresh_\(index) (rowid, \(columns)) SELECT row, \(columns) FROM \(table) \(condition)
                    """)
            try db.execute(
                sql: "CREATE VIRTUAL TABLE temp.fresh_words USING fts5vocab(temp, fresh_\(index), instance)")
            try db.execute(sql: "CREATE VIRTUAL TABLE temp.kept_words USING fts5vocab(main, \(index), instance)")
            let differs = try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT term, doc, col, "offset" FROM temp.fresh_words
                            EXCEPT SELECT term, doc, col, "offset" FROM temp.kept_words)
                        OR EXISTS (SELECT term, doc, col, "offset" FROM temp.kept_words
                            EXCEPT SELECT term, doc, col, "offset" FROM temp.fresh_words)
                    """)
            if differs ?? false { result.add(.search, "the search index of \(table) texts does not fit the texts") }
            try db.execute(sql: "DROP TABLE temp.fresh_words")
            try db.execute(sql: "DROP TABLE temp.kept_words")
        }
    }

    /// What is kept and not shown, and what stands in a row though its field does not admit it.
    private func checkValues(_ result: inout Verification) throws {
        for kind in schema.kinds {
            for found in try Unreadable(db).inRows(of: kind) {
                let field = kind.field(found.slot.field)?.name ?? "?"
                result.add(.values, "the \(field) of \(kind.name) \(found.id) is beyond all bounds, and shown")
            }
        }
        for found in try Unreadable(db).beside(schema, countMax: Verification.findingsPerPartMax) {
            result.add(
                .values, "\(found.field) (\(found.value.inShort)) cannot be read: it is kept, and shown as none",
                isDamage: false)
        }
    }

    /// Fills that no trade can be made of, or that look like others, and that no trade therefore shows.
    private func checkFills(_ result: inout Verification) throws {
        for group in try DoubleStore(db).groups(limit: Verification.findingsPerPartMax) {
            let (file, other) = (group.file.isEmpty ? "older" : group.file, group.originalFile)
            result.add(
                .fills,
                "\(group.count) of \(group.symbol) from \(file) look like fills from "
                    + "\(other.isEmpty ? "an earlier version" : other), and wait", isDamage: false)
        }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, account, symbol, side, price, quantity, time_ms, effect FROM fill
                WHERE \(FillStore.counts) ORDER BY id
                """)
        while let row = try rows.next() {
            let hasFacts = row["account"] != nil && row["symbol"] != nil && row["time_ms"] != nil
            let side = (row["side"] as String?).flatMap { Side(rawValue: $0) }
            let price = (row["price"] as String?).flatMap { Amount($0) }
            let quantity = (row["quantity"] as String?).flatMap { Amount($0) }
            let isClosing = (row["effect"] as String?) == Fill.Effect.closes.rawValue
            guard
                !hasFacts || side == nil
                    || price.map({ $0 < .zero || $0.isZero && !isClosing }) ?? true
                    || quantity.map({ $0 <= .zero }) ?? true
            else { continue }
            let id = EntityID(bytes: row["id"] as Data)?.description ?? "?"
            result.add(.fills, "fill \(id) has no price, quantity or side that makes a trade", isDamage: false)
        }
    }
}

extension Value {
    /// Enough of it to find it by, on one line.
    fileprivate var inShort: String {
        switch self {
        case .null: "none"
        case .integer(let number): String(number)
        case .text(let text): "a text of \(text.utf8.count) bytes"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .opaque: "of a later version"
        }
    }
}
