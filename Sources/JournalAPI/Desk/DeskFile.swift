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

    /// Whether an `If-None-Match` names these bytes. Its comparison is the weak one (RFC 9110, 13.1.2).
    func isNamed(in ifNoneMatch: String?) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").map { $0.trimming(" \t") }.contains { name in
            name == "*" || name.trimmingPrefix("W/") == tag[...]
        }
    }
}

extension Substring {
    fileprivate func trimming(_ blanks: String) -> Substring {
        var rest = self[...]
        while let first = rest.first, blanks.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, blanks.contains(last) { rest = rest.dropLast() }
        return rest
    }
}
