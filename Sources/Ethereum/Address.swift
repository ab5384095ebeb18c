import Primitives

/// An Ethereum account: 20 bytes.
///
/// Accounts are compared and looked up by these bytes. The text is for people, and its capitals are a checksum
/// (EIP-55) that catches a mistyped digit in all but 0.02 % of cases.
package struct Address: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 20

    package let bytes: [UInt8]

    /// Throws `address.malformed` for any length but 20.
    package init(bytes: some Collection<UInt8>) throws(Failure) {
        guard bytes.count == Self.byteCount else { throw .addressMalformed }
        self.bytes = Array(bytes)
    }

    /// Reads `0x` and 40 hexadecimal digits. Letters of both cases make a checksum, which must be right; letters of
    /// one case carry none, and are accepted. Throws `address.malformed` or `address.bad_checksum`.
    package init(_ text: some StringProtocol) throws(Failure) {
        guard text.utf8.count == 2 + 2 * Self.byteCount, text.hasPrefix("0x"),
            let bytes = Hex.decode(text.dropFirst(2))
        else { throw .addressMalformed }
        self.bytes = bytes
        let hasLower = text.dropFirst(2).utf8.contains { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
        let hasUpper = text.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }
        guard !(hasLower && hasUpper) || text == description else { throw .addressBadChecksum }
    }

    /// The account of a public key: the last 20 bytes of the hash of its two coordinates, 64 bytes.
    init(publicKey: [UInt8]) throws(Failure) {
        try self.init(bytes: Keccak256.hash(publicKey).suffix(Self.byteCount))
    }

    /// `0x` and 40 digits, whose capitals are the EIP-55 checksum.
    package var description: String {
        let digits = Array(Hex.encode(bytes).utf8)
        let hash = Keccak256.hash(digits)
        let text = digits.enumerated().map { index, digit in
            let nibble = index.isMultiple(of: 2) ? hash[index / 2] >> 4 : hash[index / 2] & 15
            return nibble >= 8 && digit >= UInt8(ascii: "a") ? digit - 32 : digit
        }
        return "0x" + String(decoding: text, as: UTF8.self)
    }
}

extension Failure {
    package static let addressMalformed = Failure(
        .invalid, "address.malformed", "An Ethereum address is 0x and 40 hexadecimal digits: check for missing ones.")
    package static let addressBadChecksum = Failure(
        .invalid, "address.bad_checksum",
        "The capitals of this address do not fit its digits: a digit is wrong. Copy the address again.")
}
