/// Reads the bytes of a file from front to back. Every read that would pass the end gives nil, takes nothing, and cannot
/// trap, whatever lengths and places the file names: so no reader of pictures reckons with places of its own.
struct ByteCursor: Sendable {
    /// What was not read yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var count: Int { rest.count }
    var isAtEnd: Bool { rest.isEmpty }
    /// The next byte, without taking it.
    var next: UInt8? { rest.first }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        let part = rest.prefix(count)
        rest = rest.dropFirst(count)
        return part
    }

    /// - Returns: whether so many bytes were there.
    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// A number of up to four bytes, the first of them the greatest.
    mutating func bigEndian(_ count: Int) -> Int? {
        guard count <= 4, let part = take(count) else { return nil }
        return part.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A number of up to four bytes, the last of them the greatest.
    mutating func littleEndian(_ count: Int) -> Int? {
        guard count <= 4, let part = take(count) else { return nil }
        return part.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// ASCII letters that name a part.
    mutating func name(_ count: Int = 4) -> String? { take(count).map { String(decoding: $0, as: UTF8.self) } }

    /// Up to the first two bytes, one after the other, that are wanted, or to the end.
    mutating func take(upTo isWanted: (UInt8, UInt8) -> Bool) -> ArraySlice<UInt8> {
        let place = rest.withUnsafeBufferPointer { bytes in
            zip(bytes, bytes.dropFirst()).enumerated().first { isWanted($0.element.0, $0.element.1) }?.offset
        }
        let part = rest.prefix(place ?? rest.count)
        rest = rest.dropFirst(part.count)
        return part
    }

    /// What was read since an earlier state of this cursor.
    func taken(since earlier: ByteCursor) -> ArraySlice<UInt8> {
        earlier.rest.prefix(max(0, earlier.count - count))
    }
}
