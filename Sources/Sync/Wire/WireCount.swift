/// The parts of a message, found in its bytes before any memory is taken for them: a part can be two bytes on the wire and
/// fifty in memory.
enum WireCount {
    /// How often the field at the end of `path` stands in a message; of damaged bytes, as far as they can be read.
    static func parts(_ path: UInt64..., in bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { count(path[...], in: $0[...]) }
    }

    private static func count(_ path: ArraySlice<UInt64>, in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        var rest = bytes
        var count = 0
        while let tag = popVarint(&rest) {
            let isOnPath = tag >> 3 == path.first
            switch tag & 7 {
            case 0:
                guard popVarint(&rest) != nil else { return count }
                if isOnPath, path.count == 1 { count += 1 }
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                guard let size = popVarint(&rest), size <= UInt64(rest.count) else { return count }
                if isOnPath { count += path.count == 1 ? 1 : self.count(path.dropFirst(), in: rest.prefix(Int(size))) }
                rest = rest.dropFirst(Int(size))
            default: continue
            }
        }
        return count
    }

    /// Visits the fields of a message as they stand in its bytes, tags included.
    ///
    /// - Returns: false where the bytes are no message.
    static func forEachPart(in bytes: [UInt8], _ visit: (_ number: UInt64, _ part: ArraySlice<UInt8>) -> Void) -> Bool {
        bytes.withUnsafeBytes { whole in
            var rest = whole[...]
            while !rest.isEmpty {
                let start = rest.startIndex
                guard let tag = popVarint(&rest) else { return false }
                let size: UInt64
                switch tag & 7 {
                case 0:
                    guard popVarint(&rest) != nil else { return false }
                    size = 0
                case 1: size = 8
                case 5: size = 4
                case 2:
                    guard let length = popVarint(&rest) else { return false }
                    size = length
                default: return false
                }
                guard size <= UInt64(rest.count) else { return false }
                rest = rest.dropFirst(Int(size))
                visit(tag >> 3, bytes[start..<rest.startIndex])
            }
            return true
        }
    }

    private static func popVarint(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
            if byte < 0x80 { return value }
        }
        return nil
    }
}
