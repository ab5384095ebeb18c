import TestSupport
extension Dice {
    /// A text that hardly compresses.
    mutating func noise(bytes: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes + 8)
        while text.count < bytes {
            let value = next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                text.append(0x21 + UInt8(truncatingIfNeeded: value >> shift) % 94)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
