import Primitives

/// How a file is to be taken, and what it is to be called when somebody saves it. (RFC 6266)
///
/// Names come from devices, and are no more than a wish: what is left of one is a single name in whatever folder the
/// person chooses, which looks like what it is.
package struct ContentDisposition: Sendable {
    package enum Kind: String, Sendable {
        /// To be shown.
        case inline
        /// To be saved.
        case attachment
    }

    /// The name may take, with its ending.
    package static let nameBytesMax = 200
    /// The ending keeps, when the name is too long.
    private static let endingBytesMax = 16

    private let kind: Kind
    /// The name as it is offered.
    package let name: String

    package init(_ kind: Kind, name: String) {
        self.kind = kind
        self.name = Self.safe(name)
    }

    /// The value of the field: the name in ASCII, and where that cannot say it, as UTF-8 for those who know that.
    package var text: String {
        let plain = String(name.unicodeScalars.map { $0.isASCII && $0 != "%" ? Character($0) : "_" })
        guard plain != name else { return "\(kind.rawValue); filename=\"\(plain)\"" }
        let letters = Set("!#$&+-.^_`|~".utf8)
        let escaped = name.utf8.map { byte in
            let isPlain = letters.contains(byte) || Self.isLetterOrDigit(byte)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
        return "\(kind.rawValue); filename=\"\(plain)\"; filename*=UTF-8''\(escaped)"
    }

    private static func safe(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Unseen: they turn the text around them, or hide where a name ends.
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: continue
            default: scalars.append(reserved.contains(scalar) ? "_" : scalar)
            }
        }
        // A name of dots is a folder, and one that begins with them is hidden; one that ends so has another on Windows.
        let isEdge: (Unicode.Scalar) -> Bool = { $0 == "." || $0.properties.isWhitespace }
        let trimmed = Substring.UnicodeScalarView(scalars.drop(while: isEdge))
        let count = trimmed.reversed().prefix(while: isEdge).count
        let whole = String(trimmed.dropLast(count))
        let short = whole.utf8.count <= nameBytesMax ? whole : shortened(whole)
        return short.isEmpty ? "file" : short
    }

    /// What means something in a path, on any system, or in the field itself.
    private static let reserved = Set("/\\:*?\"<>|\u{2215}\u{2044}\u{FF0F}\u{FF3C}".unicodeScalars)

    private static func shortened(_ name: String) -> String {
        let ending = name.lastIndex(of: ".").map { name[$0...] } ?? ""
        let kept = ending.utf8.count <= endingBytesMax ? String(ending) : ""
        var stem = name.dropLast(kept.count)
        while stem.utf8.count + kept.utf8.count > nameBytesMax { stem = stem.dropLast() }
        return String(stem) + kept
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
