import Primitives

/// What a person signs to sign in: an EIP-4361 message, "Sign-In with Ethereum".
///
/// Whoever holds one knows that every field fits the grammar. Verify the signature over the bytes that were received,
/// never over `description`: one moment can be written in many ways, and only one of them was signed.
package struct SignInMessage: Hashable, Sendable, CustomStringConvertible {
    /// The size of a message, in bytes. A real one has about 400; resources may make it longer.
    package static let byteCountMax = 8192
    /// The grammar's least length of a nonce.
    package static let nonceLengthMin = 8

    /// `https`, when the wallet names it.
    package let scheme: String?
    /// The authority that asks: `daybook.example:8443`.
    package let domain: String
    package let address: Address
    /// Reserved and unreserved characters of RFC 3986, and blanks. The grammar knows both an empty statement and none.
    package let statement: String?
    package let uri: String
    /// The network the session is for, by EIP-155.
    package let chainID: UInt64
    package let nonce: String
    package let issuedAt: Timestamp
    /// The moment from which the message is void.
    package let expirationTime: Timestamp?
    /// The moment before which the message is not yet valid.
    package let notBefore: Timestamp?
    package let requestID: String?
    /// URIs. They give no rights here.
    package let resources: [String]

    /// For whoever wants to sign one. Throws what reading it would throw, so that no field can carry a line of its own.
    package init(
        scheme: String? = nil, domain: String, address: Address, statement: String? = nil, uri: String,
        chainID: UInt64, nonce: String, issuedAt: Timestamp, expirationTime: Timestamp? = nil,
        notBefore: Timestamp? = nil, requestID: String? = nil, resources: [String] = []
    ) throws(Failure) {
        self.scheme = scheme
        self.domain = domain
        self.address = address
        self.statement = statement
        self.uri = uri
        self.chainID = chainID
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expirationTime = expirationTime
        self.notBefore = notBefore
        self.requestID = requestID
        self.resources = resources
        guard try SignInMessage(description) == self else { throw .signInAmbiguous }
    }

    /// Reads the whole text, from its first byte to its last. Throws `siwe.too_large`, or `siwe.bad_…` and the name of
    /// the first part that does not fit.
    package init(_ text: some StringProtocol) throws(Failure) {
        try self.init(bytes: Array(String(text).utf8))
    }

    /// As `init(_:)`, from bytes of ASCII.
    package init(bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Self.byteCountMax else { throw .signInTooLarge }
        var reader = SignInMessageReader(bytes)
        let header = try reader.header()
        scheme = header.scheme
        domain = header.domain
        address = try reader.address()
        statement = try reader.statement()
        uri = try reader.uri()
        try reader.version()
        chainID = try reader.chainID()
        nonce = try reader.nonce()
        issuedAt = try reader.issuedAt()
        expirationTime = try reader.time("Expiration Time: ", else: .signInBadExpirationTime)
        notBefore = try reader.time("Not Before: ", else: .signInBadNotBefore)
        requestID = try reader.requestID()
        resources = try reader.resources()
        try reader.end()
    }

    /// The text to sign, with times in UTC.
    package var description: String {
        var lines = [
            (scheme.map { $0 + "://" } ?? "") + domain + SignInMessageReader.invitation,
            address.description,
            "",
        ]
        if let statement { lines.append(statement) }
        lines += [
            "",
            "URI: \(uri)",
            "Version: 1",
            "Chain ID: \(chainID)",
            "Nonce: \(nonce)",
            "Issued At: \(issuedAt)",
        ]
        if let expirationTime { lines.append("Expiration Time: \(expirationTime)") }
        if let notBefore { lines.append("Not Before: \(notBefore)") }
        if let requestID { lines.append("Request ID: \(requestID)") }
        if !resources.isEmpty { lines.append("Resources:") }
        lines += resources.map { "- " + $0 }
        return lines.joined(separator: "\n")
    }
}
