import Crypto
import Foundation
import Primitives

/// How often something may be done within a while: wrong codes of an address, newcomers of all addresses.
///
/// Each time is charged before it is done, and refunded when it turns out not to count: however many are at it at once,
/// at whatever server, no more are let through.
package struct BudgetStore {
    /// What one time has taken.
    package struct Charge: Sendable {
        fileprivate let key: Data
        /// What was charged to a stretch of time that is over is not refunded.
        fileprivate let began: Timestamp
    }

    package enum Charged: Sendable {
        case charged(Charge)
        /// Everything is spent, for so many seconds.
        case refused(waitSeconds: Int)
    }

    /// Whose budget it is, as a hash: nobody is named by it.
    package struct Key: Sendable {
        fileprivate let own: Data
        /// Shared by all who come when as many are counted as can be.
        fileprivate let shared: Data

        /// - Parameters:
        ///   - purpose: what is counted.
        ///   - owner: whose times are counted; empty for those of all.
        package init(_ purpose: String, of owner: String, under key: PairingKey) {
            own = Self.hash("\(purpose) of \(owner)", key)
            shared = Self.hash("\(purpose) of others", key)
        }

        private static func hash(_ text: String, _ key: PairingKey) -> Data {
            Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key.symmetric))
        }
    }

    /// Keys that are counted one by one.
    package static let keysMax = 10_000

    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    /// Takes one time, of at most `max` within `seconds` from the first one on.
    package func charge(_ key: Key, max: Int, seconds: Int) throws -> Charged {
        let (now, key) = (try db.now, try counted(key))
        let ends = now.adding(milliseconds: Int64(seconds) * 1000)
        let began: Timestamp? = try db.value(
            """
            INSERT INTO budget (key, began_ms, ends_ms, spent) VALUES (:key, :began, :ends, 1)
            ON CONFLICT (key) DO UPDATE SET
                began_ms = CASE WHEN budget.ends_ms <= :began THEN :began ELSE budget.began_ms END,
                ends_ms = CASE WHEN budget.ends_ms <= :began THEN :ends ELSE budget.ends_ms END,
                spent = CASE WHEN budget.ends_ms <= :began THEN 1 ELSE budget.spent + 1 END
            WHERE budget.ends_ms <= :began OR budget.spent < :max
            RETURNING began_ms AS value
            """, ["key": key, "began": now, "ends": ends, "max": max])
        if let began { return .charged(Charge(key: key, began: began)) }
        let free: Timestamp? = try db.value("SELECT ends_ms AS value FROM budget WHERE key = :key", ["key": key])
        let wait = (free ?? now).milliseconds - now.milliseconds
        return .refused(waitSeconds: Swift.max(1, Int((wait + 999) / 1000)))
    }

    /// Gives one time back.
    package func refund(_ charge: Charge) throws {
        let values: ControlValues = ["key": charge.key, "began": charge.began]
        let isLast = try db.execute("DELETE FROM budget WHERE key = :key AND began_ms = :began AND spent <= 1", values)
        guard isLast == 0 else { return }
        try db.execute("UPDATE budget SET spent = spent - 1 WHERE key = :key AND began_ms = :began", values)
    }

    package func deleteExpired() throws { try db.execute("DELETE FROM budget WHERE ends_ms <= :now") }

    private func counted(_ key: Key) throws -> Data {
        let isKnown: Int? = try db.value("SELECT 1 AS value FROM budget WHERE key = :key", ["key": key.own])
        if try isKnown != nil || count() < Self.keysMax { return key.own }
        try deleteExpired()
        return try count() < Self.keysMax ? key.own : key.shared
    }

    private func count() throws -> Int { try db.value("SELECT count(*) AS value FROM budget", [:]) ?? 0 }
}
