import Crypto
import Foundation
import Primitives

/// What is shown of one thing at one moment, as the bytes that are sent, and the strong entity tag that names them.
package struct TaggedView: Sendable {
    package let bytes: [UInt8]
    package let etag: String

    /// Of one answer in JSON. What is longer is refused.
    package static let bytesMax = 16 << 20
    private static let digestBytes = 16

    package init(_ view: some View) throws { try self.init(bytes: try JSONBytes.of(view)) }

    /// - Throws: `request.too_much`.
    package init(_ json: JSON) throws { try self.init(bytes: Array(json.compact.utf8)) }

    private init(bytes: [UInt8]) throws {
        guard bytes.count <= Self.bytesMax else { throw Failure.tooMuchWork }
        self.bytes = bytes
        etag = "\"\(Hex.encode(SHA256.hash(data: bytes).prefix(Self.digestBytes)))\""
    }

    package func answer(status: Int = 200) -> Answer {
        var answer = Answer(status: status, bytes, type: "application/json")
        answer["etag"] = etag
        return answer
    }
}

/// What a caller has read before it writes, by `If-Match`.
package struct Precondition: Sendable {
    package static let header = RequestHeader(
        "If-Match", .text, "The ETag of what the change is meant for: it is refused when that has changed since.")
    package static let staleShape = Shape.object([
        "error": .text, "message": .text, "details": .anything.note("What it is now."),
    ])

    private let tags: EntityTags

    /// Nil for a caller that says nothing: its write is causal to what the server shows.
    package init?(_ call: Call) {
        guard let tags = call.ifMatch else { return nil }
        self.tags = tags
    }

    /// - Throws: `Stale` when what is shown now is something else.
    package func check<Shown: View>(_ shown: Shown) throws {
        guard !tags.contains(try TaggedView(shown).etag) else { return }
        throw Stale(shown: shown)
    }
}

/// A write was meant for something that has changed since it was read.
package struct Stale<Shown: View>: Error {
    package let shown: Shown
}

extension Failure {
    package static let stale = Failure(
        .stale, "request.stale",
        "It has changed since you read it. What it is now stands in the details: decide anew, and send its ETag as "
            + "If-Match.")
}
