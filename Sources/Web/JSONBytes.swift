import Foundation
import Primitives

/// How whatever is sent is written as JSON: keys in order, so that equal answers have equal bytes, and with what
/// `JSONText` escapes.
package enum JSONBytes {
    package static func of(_ view: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return JSONText.escaping(Array(try encoder.encode(view)))
    }
}
