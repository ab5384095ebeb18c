/// The tags of an `If-Match` or `If-None-Match`.
package struct EntityTags: Sendable {
    private let tags: [String]
    /// `*`: whatever is there.
    package let isAny: Bool

    package init(_ field: String) {
        let parts = field.split(separator: ",").map { Self.trimmed($0) }
        isAny = parts.contains("*")
        tags = parts.map { String($0.trimmingPrefix("W/")) }
    }

    /// Whether one of them is this one, by the weak comparison (RFC 9110, 8.8.3.2), and in whichever coding it came.
    ///
    /// - Parameter tag: with its quotation marks.
    package func contains(_ tag: String) -> Bool {
        let tag = String(tag.trimmingPrefix("W/"))
        return isAny || tags.contains(tag) || tags.contains(Self.compressed(tag))
    }

    /// The tag of the same content, compressed: other bytes have another strong tag.
    static func compressed(_ tag: String) -> String { tag.hasSuffix("\"") ? tag.dropLast() + "-gzip\"" : tag }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return rest
    }
}

extension Call {
    /// The versions that a change was made to; nil when it does not say.
    package var ifMatch: EntityTags? { header("if-match").map { EntityTags($0) } }
}
