/// Digits that can be read from across a room: five lines high, in two groups of three.
enum LargeDigits {
    /// A digit has five rows of three dots.
    private static let shapes: [[UInt8]] = [
        [0b111, 0b101, 0b101, 0b101, 0b111], [0b010, 0b110, 0b010, 0b010, 0b111], [0b111, 0b001, 0b111, 0b100, 0b111],
        [0b111, 0b001, 0b111, 0b001, 0b111], [0b101, 0b101, 0b111, 0b001, 0b001], [0b111, 0b100, 0b111, 0b001, 0b111],
        [0b111, 0b100, 0b111, 0b101, 0b111], [0b111, 0b001, 0b010, 0b010, 0b010], [0b111, 0b101, 0b111, 0b101, 0b111],
        [0b111, 0b101, 0b111, 0b001, 0b111],
    ]

    /// What is no digit is left out.
    static func lines(_ text: String) -> [String] {
        let digits = text.compactMap(\.wholeNumberValue).filter(shapes.indices.contains)
        return (0..<5).map { row in
            var line = ""
            for (index, digit) in digits.enumerated() {
                if index > 0 { line += index.isMultiple(of: 3) ? "      " : "  " }
                for dot: UInt8 in [0b100, 0b010, 0b001] { line += shapes[digit][row] & dot == 0 ? "  " : "██" }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
