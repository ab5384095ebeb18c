/// How many parts a message has, counted in its bytes before any memory is taken for them: a part can be two bytes on the
/// wire and fifty in memory.
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
