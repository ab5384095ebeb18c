import Crypto
import Foundation

/// Something that nobody may see: an exchange's key, a webhook's password.
///
/// It prints as nothing, also in a debugger's dump and inside other values, and cannot be encoded, so that none reaches
/// a log or an answer by accident. Its memory is overwritten when the last copy goes.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The one type here whose memory is wiped, and which is compared in constant time.
    private let bytes: SymmetricKey

    package init(_ bytes: some ContiguousBytes) { self.bytes = SymmetricKey(data: bytes) }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package var byteCount: Int { bytes.bitCount / 8 }

    /// The bytes, for as long as the closure runs. Whoever copies them answers for the copy.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    /// The bytes as text; nil when they are none. This copy is not wiped: hand it to where it is needed, and let go.
    package var text: String? { withBytes { String(bytes: $0, encoding: .utf8) } }

    package var description: String { "secret" }
    package var debugDescription: String { "secret" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
