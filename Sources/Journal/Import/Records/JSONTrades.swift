import Primitives

/// Trades in a JSON array of objects, one record for each: numbers as they are written, members of `fee` as `fee.cost`.
///
/// An object may have 64 KiB and be 16 deep; what follows a mistake is not read.
struct JSONTrades: RecordSource {
    private static let columns = [
        "timestamp", "datetime", "symbol", "side", "price", "amount", "cost", "fee.cost", "fee.currency", "id", "order",
        "type", "takerOrMaker", "fees",
    ]
    private static let objectBytesMax = 64 * 1024
    private static let depthMax = 16

    private let nextChunk: () throws -> [UInt8]?
    private var chunk: [UInt8] = []
    private var index = 0
    /// A list may stand in one line: its trades are counted instead.
    private var count = 0
    private var consumed: Int64 = 0
    private var state = State.header

    private enum State { case header, first, next, end }

    init(nextChunk: @escaping () throws -> [UInt8]?) { self.nextChunk = nextChunk }

    /// Whether a text begins as an array of objects.
    static func begins(_ text: [UInt8]) -> Bool {
        let signs = text.lazy.filter { $0 > UInt8(ascii: " ") }.prefix(2)
        return Array(signs) == Array("[{".utf8)
    }

    var bytesConsumed: Int64 { consumed }

    mutating func next(_ record: inout CSVRecord) throws -> Bool {
        switch state {
        case .header:
            state = .first
            record.begin(line: count)
            for column in Self.columns { record.append(column.utf8) }
            return true
        case .first, .next:
            guard let sign = try significant() else {
                return end(&record, "The list is not closed: perhaps the file is cut off.")
            }
            if state == .next, sign == UInt8(ascii: "]") { return stop() }
            if state == .first, sign == UInt8(ascii: "[") {
                state = .next
                return try object(&record)
            }
            guard state == .next, sign == UInt8(ascii: ",") else { return end(&record, "No trade begins here.") }
            return try object(&record)
        case .end: return false
        }
    }

    private mutating func stop() -> Bool {
        state = .end
        return false
    }

    private mutating func end(_ record: inout CSVRecord, _ problem: String) -> Bool {
        state = .end
        count += 1
        record.begin(line: count)
        record.refuse(Failure(.invalid, "import.bad_json", problem))
        return true
    }

    private mutating func byte() throws -> UInt8? {
        while index >= chunk.count {
            guard let next = try nextChunk() else { return nil }
            (chunk, index) = (next, 0)
        }
        let byte = chunk[index]
        index += 1
        consumed += 1
        return byte
    }

    private mutating func significant() throws -> UInt8? {
        while let byte = try byte() {
            if byte > UInt8(ascii: " ") { return byte }
        }
        return nil
    }

    private mutating func object(_ record: inout CSVRecord) throws -> Bool {
        guard let first = try significant() else {
            return end(&record, "The list is not closed: perhaps the file is cut off.")
        }
        if first == UInt8(ascii: "]") { return stop() }
        guard first == UInt8(ascii: "{") else { return end(&record, "What stands in the list is no trade.") }
        var bytes = [first]
        var (depth, isInText, isEscaped) = (1, false, false)
        while depth > 0 {
            guard let byte = try byte() else {
                return end(&record, "The trade is not closed: perhaps the file is cut off.")
            }
            guard bytes.count < Self.objectBytesMax else { return end(&record, "The trade is longer than 64 KiB.") }
            bytes.append(byte)
            if isEscaped {
                isEscaped = false
            } else if isInText {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isInText = false }
            } else if byte == UInt8(ascii: "\"") {
                isInText = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                guard depth <= Self.depthMax else { return end(&record, "The trade has too many parts within parts.") }
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        count += 1
        record.begin(line: count)
        var scanner = JSONScanner(bytes)
        guard let members = scanner.members(), scanner.isAtEnd else {
            record.refuse(Failure(.invalid, "import.bad_json", "The trade is no JSON that can be read."))
            return true
        }
        for column in Self.columns { record.append((members[column] ?? "").utf8) }
        return true
    }
}

/// Reads one object into its members by name, those of objects within it by `outer.inner`; null is left out, and
/// of a list only that it is there.
private struct JSONScanner {
    private let bytes: [UInt8]
    private var index = 0
    private var found: [String: String] = [:]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func members() -> [String: String]? { object("", isKept: true) ? found : nil }

    private mutating func blank() {
        while index < bytes.count, bytes[index] <= UInt8(ascii: " ") { index += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        blank()
        guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    private mutating func object(_ prefix: String, isKept: Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            blank()
            guard let name = text(), take(":"), value(prefix + name, isKept: isKept) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func value(_ name: String, isKept: Bool) -> Bool {
        blank()
        guard index < bytes.count else { return false }
        switch bytes[index] {
        case UInt8(ascii: "{"): return object(name + ".", isKept: isKept)
        case UInt8(ascii: "["):
            index += 1
            if take("]") { return true }
            if isKept { found[name] = "list" }
            repeat { guard value(name, isKept: false) else { return false } } while take(",")
            return take("]")
        case UInt8(ascii: "\""):
            guard let text = text() else { return false }
            if isKept { found[name] = text }
        default:
            let begin = index
            while index < bytes.count, !",]} \n\r\t".utf8.contains(bytes[index]) { index += 1 }
            let word = String(decoding: bytes[begin..<index], as: UTF8.self)
            guard !word.isEmpty else { return false }
            if isKept, word != "null" { found[name] = word }
        }
        return true
    }

    /// A text without its quotes. What is written by number stays as it is: no name and no amount has such.
    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        var out: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), index < bytes.count {
                out.append(bytes[index])
                index += 1
            } else {
                out.append(byte)
            }
        }
        return nil
    }
}
