import Primitives
import Storage

/// A part of a blob as HTTP names it.
enum ByteRange {
    /// What `Content-Range` says of an upload: `bytes 0-65535/200000`, or `bytes */0` for an empty blob.
    struct Upload: Hashable, Sendable {
        let offset: Int64
        let count: Int64
        /// Of the whole blob.
        let size: Int64

        /// - Parameter bodyCount: of a request without `Content-Range`, which sends all there is.
        /// - Throws: `blob.bad_range`, `blob.no_length`.
        init(_ header: String?, bodyCount: Int64?) throws(Failure) {
            guard let header else {
                guard let bodyCount, bodyCount >= 0 else { throw .blobNoLength }
                self.init(offset: 0, count: bodyCount, size: bodyCount)
                return
            }
            guard header.hasPrefix("bytes ") else { throw .blobBadRange }
            let parts = header.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let size = ByteRange.number(parts[1]) else { throw .blobBadRange }
            if parts[0] == "*", size == 0 {
                self.init(offset: 0, count: 0, size: 0)
                return
            }
            let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = ByteRange.number(ends[0]), let last = ByteRange.number(ends[1]),
                first <= last, last < size
            else { throw .blobBadRange }
            self.init(offset: first, count: last - first + 1, size: size)
        }

        private init(offset: Int64, count: Int64, size: Int64) {
            self.offset = offset
            self.count = count
            self.size = size
        }
    }

    enum Download: Hashable, Sendable {
        case whole
        case part(offset: Int64, count: Int64)
        /// It begins past the end.
        case outside
    }

    /// What `Range` asks of a blob: `bytes=0-65535`, `bytes=65536-`, `bytes=-100`. Whatever else it says, several
    /// ranges too, asks for the whole.
    static func download(_ header: String?, size: Int64) -> Download {
        guard let header, header.hasPrefix("bytes=") else { return .whole }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        if ends[0].isEmpty {
            guard let count = number(ends[1]) else { return .whole }
            let part = min(count, size)
            return part == 0 ? .outside : .part(offset: size - part, count: part)
        }
        guard let first = number(ends[0]) else { return .whole }
        guard first < size else { return .outside }
        if ends[1].isEmpty { return .part(offset: first, count: size - first) }
        guard let last = number(ends[1]), last >= first else { return .whole }
        return .part(offset: first, count: min(last, size - 1) - first + 1)
    }

    /// Digits only: `Int64` would also take a sign.
    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}

extension Failure {
    static let blobBadRange = Failure(
        .invalid, "blob.bad_range", "Content-Range must be like bytes 0-65535/200000.")
    static let blobNoLength = Failure(
        .invalid, "blob.no_length", "Say how much comes: send Content-Length, or Content-Range.")
}
