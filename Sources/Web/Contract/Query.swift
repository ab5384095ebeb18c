import Primitives

/// The query of a request, decoded.
struct Query: Sendable {
    private var values: [String: [String]] = [:]

    /// - Parameter text: what follows the `?`. Blanks may be written `+`, as forms do.
    /// - Throws: `request.bad_query` for percent signs that stand for no UTF-8.
    init(_ text: String) throws(Failure) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "") else {
                throw .queryUnreadable
            }
            values[name, default: []].append(value)
        }
    }

    /// Every value under that name, in their order.
    subscript(_ name: String) -> [String] { values[name] ?? [] }

    /// - Throws: `request.bad_query` for a name that is none of these.
    func check(_ known: [any QueryParameter]) throws(Failure) {
        let names = Set(known.map(\.name))
        guard let unknown = values.keys.filter({ !names.contains($0) }).min() else { return }
        throw .queryUnknown(unknown, known.map(\.name))
    }

    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        return PercentEncoding.decoded(text, blanksArePlus: true).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension Failure {
    /// - Parameter wanted: what the value must be.
    package static func badQuery(_ name: String, _ wanted: String) -> Failure {
        Failure(.invalid, "request.bad_query", "\"\(name)\" in the query must be \(wanted).")
    }

    fileprivate static let queryUnreadable = Failure(
        .invalid, "request.bad_query", "The query must be UTF-8, with what is special in it percent-encoded.")

    fileprivate static func queryUnknown(_ name: String, _ known: [String]) -> Failure {
        Failure(
            .invalid, "request.bad_query",
            known.isEmpty
                ? "Nothing can be asked for here, and the query has \"\(name)\"."
                : "There is no \"\(name)\" here. The query may have: \(known.joined(separator: ", ")).")
    }
}
