import Crypto

/// The SHA-256 of a file while it is read: a pipe cannot be read twice.
final class FileHash {
    private var hash = SHA256()
    private var known: [UInt8]?

    /// Of bytes that are all there.
    static func of(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// Says what it comes to, where the bytes passed before.
    func set(_ value: [UInt8]) { known = value }

    /// The same pieces, hashed as they pass.
    func over(_ chunks: @escaping () throws -> [UInt8]?) -> () throws -> [UInt8]? {
        {
            guard let chunk = try chunks() else { return nil }
            self.hash.update(data: chunk)
            return chunk
        }
    }

    /// Of what has passed so far.
    var value: [UInt8] { known ?? Array(hash.finalize()) }
}
