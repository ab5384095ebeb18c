import Crypto

/// The SHA-256 of a file while it is read: a pipe cannot be read twice.
final class FileHash {
    private var hash = SHA256()

    /// The same pieces, hashed as they pass.
    func over(_ chunks: @escaping () throws -> [UInt8]?) -> () throws -> [UInt8]? {
        {
            guard let chunk = try chunks() else { return nil }
            self.hash.update(data: chunk)
            return chunk
        }
    }

    /// Of what has passed so far.
    var value: [UInt8] { Array(hash.finalize()) }
}
