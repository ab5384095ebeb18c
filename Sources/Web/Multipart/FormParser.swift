import Foundation
import Primitives

/// What a form says next.
package enum FormEvent: Hashable, Sendable {
    /// A part begins.
    case part(FormPart)
    /// Some of its bytes, as they came.
    case bytes(ArraySlice<UInt8>)
    /// It has ended.
    case end
}

/// Reads `multipart/form-data` (RFC 7578, RFC 2046) in whatever pieces it comes, and hands it out in pieces: of a part
/// no more is kept than could be the beginning of a boundary.
///
/// What is not plain is refused rather than guessed at: two readers that guess differently are how a check is passed by
/// one and a file stored by the other.
package struct FormParser {
    /// The header fields of one part, in bytes.
    package static let headBytesMax = 8 << 10
    package static let partsMax = 64
    /// White space between a boundary and the end of its line.
    private static let paddingMax = 64

    private enum State {
        /// Before the first boundary; what stands there is for nobody.
        case preamble
        /// Behind a boundary, which the rest of its line tells to be the last or not.
        case boundary
        case head
        case content
        /// Behind the last boundary; again for nobody.
        case epilogue
    }

    /// A boundary with the line break before it, which is no part of the content.
    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What came and is not handed out yet. It begins with a line break where a boundary may follow at once.
    private var held: [UInt8] = Array("\r\n".utf8)
    /// How many bytes of `held` are not the part's own.
    private var borrowed = 2
    /// Up to where `held` was searched already.
    private var searched = 0
    private var partCount = 0

    /// - Parameter contentType: of the request.
    /// - Throws: `request.not_multipart`, `request.bad_multipart`.
    package init(contentType: String?) throws(Failure) {
        guard let contentType, let type = try? FieldParameters(contentType), type.value == "multipart/form-data" else {
            throw .requestNotMultipart
        }
        guard let boundary = type["boundary"], Self.isBoundary(boundary) else {
            throw .badMultipart("its Content-Type has no boundary of 1 to 70 characters")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    private static func isBoundary(_ text: String) -> Bool {
        let marks = Set("'()+_,-./:=? ".utf8)
        return (1...70).contains(text.utf8.count) && text.last != " "
            && text.utf8.allSatisfy { HeaderText.isLetterOrDigit($0) || marks.contains($0) }
    }

    /// Takes the next bytes in.
    ///
    /// - Throws: `request.bad_multipart`.
    package mutating func read(_ bytes: some Collection<UInt8>) throws(Failure) -> [FormEvent] {
        guard state != .epilogue else { return [] }
        held += bytes
        var events: [FormEvent] = []
        while try step(&events) {}
        return events
    }

    /// Says that no more bytes come.
    ///
    /// - Throws: `request.bad_multipart` when the last boundary has not come.
    package func finish() throws(Failure) {
        guard state == .epilogue else { throw .badMultipart("it ends before its last boundary") }
    }

    // MARK: Steps

    /// - Returns: whether there may be more to read in what is held.
    private mutating func step(_ events: inout [FormEvent]) throws(Failure) -> Bool {
        switch state {
        case .preamble:
            guard let found = find(delimiter) else {
                drop(held.count - (delimiter.count - 1))
                return false
            }
            drop(found + delimiter.count)
            state = .boundary
            return true
        case .boundary: return try endOfLine()
        case .head: return try head(&events)
        case .content: return content(&events)
        case .epilogue:
            held = []
            return false
        }
    }

    private mutating func endOfLine() throws(Failure) -> Bool {
        if held.starts(with: Array("--".utf8)) {
            state = .epilogue
            return true
        }
        if held.count == 1, held[0] == UInt8(ascii: "-") { return false }
        let padding = held.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        guard padding <= Self.paddingMax else { throw .badMultipart("a boundary's line is too long") }
        let rest = held.dropFirst(padding).prefix(2)
        guard "\r\n".utf8.starts(with: rest) else { throw .badMultipart("a boundary is followed by something else") }
        guard rest.count == 2 else { return false }
        partCount += 1
        guard partCount <= Self.partsMax else { throw .badMultipart("it has more than \(Self.partsMax) parts") }
        // The line break stays: together with another one it ends a head without fields.
        drop(padding)
        state = .head
        return true
    }

    private mutating func head(_ events: inout [FormEvent]) throws(Failure) -> Bool {
        let end = Array("\r\n\r\n".utf8)
        let found = find(end)
        guard (found ?? held.count) <= Self.headBytesMax else {
            throw .badMultipart("a part's header fields have more than \(Self.headBytesMax) bytes")
        }
        guard let found else {
            searched = max(0, held.count - (end.count - 1))
            return false
        }
        events.append(.part(try FormPart(head: held[..<found].dropFirst(2))))
        // The line break of the empty line stays, because a boundary may follow it at once.
        drop(found + 2)
        borrowed = 2
        state = .content
        return true
    }

    private mutating func content(_ events: inout [FormEvent]) -> Bool {
        let found = find(delimiter)
        let end = found ?? max(0, held.count - (delimiter.count - 1))
        if end > borrowed {
            events.append(.bytes(held[borrowed..<end]))
            borrowed = 0
        }
        if let found {
            events.append(.end)
            drop(found + delimiter.count)
            borrowed = 0
            state = .boundary
            return true
        }
        if borrowed == 0 { drop(end) }
        return false
    }

    private mutating func drop(_ count: Int) {
        held.removeFirst(max(0, count))
        searched = 0
    }

    /// Where `bytes` stand first, from what was not searched yet on.
    private func find(_ bytes: [UInt8]) -> Int? {
        held.withUnsafeBytes { held in
            bytes.withUnsafeBytes { bytes -> Int? in
                guard let start = held.baseAddress, let wanted = bytes.baseAddress else { return nil }
                var place = searched
                while held.count - place >= bytes.count {
                    guard let next = memchr(start + place, Int32(bytes[0]), held.count - place - bytes.count + 1) else {
                        return nil
                    }
                    place = UnsafeRawPointer(next) - start
                    if memcmp(next, wanted, bytes.count) == 0 { return place }
                    place += 1
                }
                return nil
            }
        }
    }
}

extension Failure {
    static let requestNotMultipart = Failure(
        .invalid, "request.not_multipart", "Send the body as a form, with Content-Type: multipart/form-data.")

    static func badMultipart(_ reason: String) -> Failure {
        Failure(.invalid, "request.bad_multipart", "The form cannot be read: \(reason).")
    }
}
