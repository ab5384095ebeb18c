/// What a reader of texts from elsewhere may be led astray by. One list, for the terminal, for JSON and for exports.
extension Unicode.Scalar {
    /// A character that terminals and programs obey instead of showing it: C0, DEL, C1. Tabs and line breaks are among
    /// them.
    package var isControl: Bool {
        switch value {
        case 0...0x1f, 0x7f...0x9f: true
        default: false
        }
    }

    /// A mark that turns the direction of what follows, so that a text reads otherwise than it is written.
    package var isDirectionMark: Bool {
        switch value {
        case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// A direction mark that reaches past its own place: an embedding, an override, an isolate.
    package var turnsText: Bool {
        switch value {
        case 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Any of those: what a text from elsewhere is shown without, where nobody needs it to read the text.
    package var misleads: Bool { isControl || isDirectionMark || isLineSeparator }

    /// A line break that is no control character: U+2028, U+2029.
    package var isLineSeparator: Bool { value == 0x2028 || value == 0x2029 }
}
