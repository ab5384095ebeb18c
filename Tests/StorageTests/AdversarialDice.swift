/// Chance that can be repeated: SplitMix64. A failure names the seed it was thrown with.
struct AdversarialDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
    mutating func pick<T>(_ choices: [T]) -> T { choices[roll(choices.count)] }

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
