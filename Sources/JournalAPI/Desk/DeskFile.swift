import Crypto
import Primitives

/// A file of the Desk, as it is embedded in the program.
struct DeskFile: Sendable {
    let bytes: [UInt8]
    let mediaType: String
    /// A strong entity tag: other bytes, another tag.
    let tag: String

    /// 128 bits of the hash: nobody chooses the files but us.
    private static let tagByteCount = 16

    init(_ bytes: [UInt8], type mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        tag = "\"\(Hex.encode(SHA256.hash(data: bytes).prefix(Self.tagByteCount)))\""
    }
}
