import Primitives

/// `%C3%A9` for what is special in an address or a header field (RFC 3986, 2.1).
enum PercentEncoding {
    /// - Parameter blanksArePlus: as in what a form sends.
    /// - Returns: nil for half an escape.
    static func decoded(_ text: some StringProtocol, blanksArePlus: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where blanksArePlus: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                    let decoded = pair.first
                else { return nil }
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
