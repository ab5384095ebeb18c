import Primitives

/// Reads a sign-in message line by line, in the order of the grammar of EIP-4361.
///
/// The text is cut at every LF and each line must fit as a whole. Nothing is searched for: a line that looks like a
/// field but stands in the statement's place is a statement, as the grammar has it.
struct SignInMessageReader {
    static let invitation = " wants you to sign in with your Ethereum account:"

    private var lines: ArraySlice<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    }

    /// `[ scheme "://" ] domain %s" wants you to sign in with your Ethereum account:"`
    mutating func header() throws(Failure) -> (scheme: String?, domain: String) {
        guard let line = lines.popFirst(), line.suffix(Self.invitation.utf8.count).elementsEqual(Self.invitation.utf8)
        else { throw .signInBadHeader }
        let site = line.dropLast(Self.invitation.utf8.count)
        var domain = site
        var scheme: String?
        // An authority has no slash, so the first one can only belong to the scheme's "://".
        if let slash = site.firstIndex(of: UInt8(ascii: "/")) {
            let name = site[..<slash].dropLast()
            guard URIGrammar.isScheme(name), site[name.endIndex...].starts(with: "://".utf8) else {
                throw .signInBadScheme
            }
            scheme = text(name)
            domain = site[(name.endIndex + 3)...]
        }
        guard URIGrammar.isAuthority(domain), !URIGrammar.hasEmptyHost(domain) else { throw .signInBadDomain }
        return (scheme, text(domain))
    }

    /// `"0x" 40HEXDIG`, with the capitals of EIP-55.
    mutating func address() throws(Failure) -> Address {
        guard let line = lines.popFirst(), let bytes = Hex.decode(line.dropFirst(2)),
            let address = try? Address(bytes: bytes), line.elementsEqual(address.description.utf8)
        else { throw .signInBadAddress }
        guard lines.popFirst()?.isEmpty == true else { throw .signInBadStatement }
        return address
    }

    /// `[ statement LF ] LF`. An empty line is the statement only if another one follows.
    mutating func statement() throws(Failure) -> String? {
        guard let line = lines.popFirst() else { throw .signInBadStatement }
        if line.isEmpty, lines.first?.isEmpty != true { return nil }
        guard URIGrammar.isStatement(line), lines.popFirst()?.isEmpty == true else { throw .signInBadStatement }
        return text(line)
    }

    mutating func uri() throws(Failure) -> String {
        guard let value = take("URI: "), URIGrammar.isURI(value) else { throw .signInBadURI }
        return text(value)
    }

    mutating func version() throws(Failure) {
        guard let value = take("Version: "), value.elementsEqual("1".utf8) else { throw .signInBadVersion }
    }

    /// `1*DIGIT`, as far as 64 bits reach.
    mutating func chainID() throws(Failure) -> UInt64 {
        guard let value = take("Chain ID: "), value.allSatisfy(URIGrammar.isDigit), let chainID = UInt64(text(value))
        else { throw .signInBadChainID }
        return chainID
    }

    /// `8*( ALPHA / DIGIT )`
    mutating func nonce() throws(Failure) -> String {
        guard let value = take("Nonce: "), value.count >= SignInMessage.nonceLengthMin,
            value.allSatisfy({ URIGrammar.isLetter($0) || URIGrammar.isDigit($0) })
        else { throw .signInBadNonce }
        return text(value)
    }

    mutating func issuedAt() throws(Failure) -> Timestamp {
        guard let moment = try time("Issued At: ", else: .signInBadIssuedAt) else { throw .signInBadIssuedAt }
        return moment
    }

    /// A field that may be missing, but must be a moment when it is there.
    mutating func time(_ label: String, else failure: Failure) throws(Failure) -> Timestamp? {
        guard let value = take(label) else { return nil }
        guard let moment = Self.moment(value) else { throw failure }
        return moment
    }

    /// `*pchar`, so it may be empty.
    mutating func requestID() throws(Failure) -> String? {
        guard let value = take("Request ID: ") else { return nil }
        guard URIGrammar.isPathSegment(value) else { throw .signInBadRequestID }
        return text(value)
    }

    /// `Resources:` and any number of lines, each `"- " URI`.
    mutating func resources() throws(Failure) -> [String] {
        guard lines.first?.elementsEqual("Resources:".utf8) == true else { return [] }
        lines.removeFirst()
        var resources: [String] = []
        while !lines.isEmpty {
            guard let value = take("- "), URIGrammar.isURI(value) else { throw .signInBadResource }
            resources.append(text(value))
        }
        return resources
    }

    func end() throws(Failure) {
        guard lines.isEmpty else { throw .signInUnexpectedLine }
    }

    /// What follows `label` on the next line, if that line begins with it.
    private mutating func take(_ label: String) -> ArraySlice<UInt8>? {
        guard let line = lines.first, line.starts(with: label.utf8) else { return nil }
        lines.removeFirst()
        return line.dropFirst(label.utf8.count)
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// `date-time` of RFC 3339. `Timestamp` reads more than that (a day, a time without seconds or zone), and a moment
    /// whose zone has to be guessed is none; so the shape is checked here and the calendar there.
    private static func moment(_ bytes: ArraySlice<UInt8>) -> Timestamp? {
        var shape = bytes.map { URIGrammar.isDigit($0) ? UInt8(ascii: "d") : $0 }
        let (time, tail) = (shape.prefix(19), shape.dropFirst(19))
        guard time.elementsEqual("dddd-dd-ddTdd:dd:dd".utf8) || time.elementsEqual("dddd-dd-ddtdd:dd:dd".utf8) else {
            return nil
        }
        shape = Array(tail)
        if shape.first == UInt8(ascii: ".") {
            let digits = shape.dropFirst().prefix { $0 == UInt8(ascii: "d") }
            guard !digits.isEmpty else { return nil }
            shape.removeFirst(1 + digits.count)
        }
        guard ["Z", "z", "+dd:dd", "-dd:dd"].contains(where: { shape.elementsEqual($0.utf8) }) else { return nil }
        return Timestamp(String(decoding: bytes, as: UTF8.self))
    }
}
