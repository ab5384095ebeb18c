import Crypto
import Foundation
import GRDB
import Primitives

/// Nonces that were given out for one sign-in each. A nonce is used by taking it out, which only one caller can do.
package struct NonceStore {
    /// As the API reference's sign-in has it; time to find the wallet and type its password.
    package static let lifetimeSeconds = 600
    /// Whoever asks for more pushes out the oldest, so nobody can fill the disk or keep others from signing in.
    package static let countMax = 100_000

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// - Parameter binding: the secret of the cookie that goes out with the nonce.
    package func put(_ nonce: String, binding: Token, expires: Timestamp) throws {
        try db.execute(
            sql: "INSERT INTO nonce (hash, binding, expires_ms) VALUES (?, ?, ?)",
            arguments: [Self.hash(nonce), binding.hash, expires.milliseconds])
        // To count them costs more than to put one, and nobody minds a few more.
        guard Self.hash(nonce).first ?? 0 < 4,
            try Int.fetchOne(db, sql: "SELECT count(*) FROM nonce") ?? 0 > Self.countMax
        else { return }
        try db.execute(
            sql: "DELETE FROM nonce WHERE hash IN (SELECT hash FROM nonce ORDER BY expires_ms LIMIT ?)",
            arguments: [Self.countMax / 100])
    }

    /// Uses a nonce up, also when it turns out to be too old or another browser's.
    ///
    /// - Parameter binding: the cookie that the caller sent back.
    /// - Returns: false for a nonce that is unknown, was used, has expired, or went out with another cookie.
    package func consume(_ nonce: String, binding: Token?, at now: Timestamp) throws -> Bool {
        let row = try Row.fetchOne(
            db, sql: "DELETE FROM nonce WHERE hash = ? RETURNING binding, expires_ms",
            arguments: [Self.hash(nonce)])
        guard let row, now.milliseconds < row["expires_ms"] as Int64, let binding else { return false }
        return binding.hash == row["binding"] as Data
    }

    package func deleteExpired(at now: Timestamp) throws {
        try db.execute(sql: "DELETE FROM nonce WHERE expires_ms <= ?", arguments: [now.milliseconds])
    }

    private static func hash(_ nonce: String) -> Data { Data(SHA256.hash(data: Data(nonce.utf8))) }
}
