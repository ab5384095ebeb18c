import Crypto
import Foundation
import Primitives

/// A secret that stands for a session: 256 random bits as 43 characters of base64url.
///
/// It means nothing by itself. The server keeps its SHA-256 only, which is safe without salt or stretching because
/// nobody can guess 256 bits. It prints as nothing, so that none reaches a log by accident.
package struct Token: Sendable, CustomStringConvertible, CustomReflectable {
    package static let byteCount = 32
    private static let textCount = 43

    /// What the caller holds.
    package let text: String
    let hash: Data

    private init(trusted text: String) {
        self.text = text
        hash = Data(SHA256.hash(data: Data(text.utf8)))
    }

    package static func new(in world: World) -> Token {
        let base64 = Data(world.random(byteCount)).base64EncodedString()
        return Token(
            trusted: base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
    }

    /// Nil for what cannot be a token; the database is not asked then.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.textCount, text.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.init(trusted: String(text))
    }

    private static func isDigit(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    package var description: String { "token" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
