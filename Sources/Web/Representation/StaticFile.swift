import Crypto
import Primitives

/// A file that is embedded in the program, or made when it starts.
package struct StaticFile: Sendable {
    package let bytes: [UInt8]
    package let mediaType: String
    /// A strong entity tag: other bytes, another tag.
    package let tag: String

    /// 128 bits of the hash: nobody chooses the files but us.
    private static let tagByteCount = 16

    package init(_ bytes: [UInt8], type mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        tag = "\"\(Hex.encode(SHA256.hash(data: bytes).prefix(Self.tagByteCount)))\""
    }

    /// The file as an answer. Browsers may keep it, and ask every time whether it is still the same.
    package func answer(contentSecurityPolicy: String) -> Answer {
        var answer = Answer(bytes, type: mediaType)
        answer["etag"] = tag
        answer["cache-control"] = "no-cache"
        answer["content-security-policy"] = contentSecurityPolicy
        return answer
    }
}
