import Crypto
import Foundation
import Primitives

/// Nonces that were given out for one sign-in each. A nonce is used by taking it out, which only one caller can do.
package struct NonceStore {
    /// As the API reference's sign-in has it; time to find the wallet and type its password.
    package static let lifetimeSeconds = 600
    /// Whoever asks for more pushes out the oldest, so nobody can fill the disk or keep others from signing in.
    package static let countMax = 100_000

    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    /// - Parameters:
    ///   - binding: the secret of the cookie that goes out with the nonce.
    ///   - lifetimeSeconds: how long it counts from now on.
    package func put(_ nonce: String, binding: Token, lifetimeSeconds: Int) throws {
        try db.execute(
            "INSERT INTO nonce (hash, binding, expires_ms) VALUES (:hash, :binding, :expires)",
            [
                "hash": Self.hash(nonce), "binding": binding.hash,
                "expires": try db.now.adding(milliseconds: Int64(lifetimeSeconds) * 1000),
            ])
        // To count them costs more than to put one, and nobody minds a few more.
        guard Self.hash(nonce).first ?? 0 < 4,
            try db.value("SELECT count(*) AS value FROM nonce", [:]) ?? 0 > Self.countMax
        else { return }
        try db.execute(
            "DELETE FROM nonce WHERE hash IN (SELECT hash FROM nonce ORDER BY expires_ms LIMIT :count)",
            ["count": Self.countMax / 100])
    }

    /// Uses a nonce up, also when it turns out to be too old or another browser's.
    ///
    /// - Parameter binding: the cookie that the caller sent back.
    /// - Returns: false for a nonce that is unknown, was used, has expired, or went out with another cookie.
    package func consume(_ nonce: String, binding: Token?) throws -> Bool {
        let row = try db.row(
            "DELETE FROM nonce WHERE hash = :hash RETURNING binding, expires_ms", ["hash": Self.hash(nonce)])
        guard let row, let binding, try db.now < row["expires_ms"] else { return false }
        return try binding.hash == row["binding"]
    }

    package func deleteExpired() throws {
        try db.execute("DELETE FROM nonce WHERE expires_ms <= :now")
    }

    private static func hash(_ nonce: String) -> Data { Data(SHA256.hash(data: Data(nonce.utf8))) }
}
