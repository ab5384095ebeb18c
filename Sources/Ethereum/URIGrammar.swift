/// The parts of RFC 3986 that a sign-in message is made of.
///
/// Foundation's `URL` repairs what it reads, and a text that is signed must not be repaired; so these functions say
/// yes or no to the exact bytes.
enum URIGrammar {
    typealias Bytes = ArraySlice<UInt8>

    /// `scheme ":" hier-part [ "?" query ] [ "#" fragment ]`
    static func isURI(_ text: Bytes) -> Bool {
        guard let parts = split(text) else { return false }
        return isScheme(parts.scheme) && (parts.authority.map(isAuthority) ?? true)
            && isMade(of: isPathCharacter, parts.path)
            && isMade(of: isQueryCharacter, parts.query) && isMade(of: isQueryCharacter, parts.fragment)
    }

    /// `scheme://authority` in lower case and without the port when it is the scheme's own, as browsers write the
    /// origin of a page. Nil for what is no URI, and for a URI without an authority.
    static func origin(of text: Bytes) -> String? {
        guard isURI(text), let parts = split(text), let authority = parts.authority else { return nil }
        let scheme = String(decoding: parts.scheme, as: UTF8.self).lowercased()
        let whole = String(decoding: authority, as: UTF8.self).lowercased()
        let ownPort = ["https": ":443", "http": ":80"][scheme]
        for port in [":", ownPort].compactMap(\.self) where whole.hasSuffix(port) {
            return "\(scheme)://\(whole.dropLast(port.count))"
        }
        return "\(scheme)://\(whole)"
    }

    private struct Parts {
        var scheme: Bytes
        var authority: Bytes?
        var path: Bytes
        var query: Bytes
        var fragment: Bytes
    }

    private static func split(_ text: Bytes) -> Parts? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var rest = text[(colon + 1)...]
        let fragment = cut(&rest, from: UInt8(ascii: "#"))
        let query = cut(&rest, from: UInt8(ascii: "?"))
        guard rest.starts(with: "//".utf8) else {
            return Parts(scheme: text[..<colon], path: rest, query: query, fragment: fragment)
        }
        let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
        return Parts(
            scheme: text[..<colon], authority: authority, path: rest[authority.endIndex...], query: query,
            fragment: fragment)
    }

    /// Removes everything from the first `mark` on, and returns what followed it.
    private static func cut(_ text: inout Bytes, from mark: UInt8) -> Bytes {
        guard let index = text.firstIndex(of: mark) else { return [] }
        defer { text = text[..<index] }
        return text[(index + 1)...]
    }

    /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`
    static func isScheme(_ text: Bytes) -> Bool {
        guard let first = text.first, isLetter(first) else { return false }
        return text.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// `[ userinfo "@" ] host [ ":" port ]`. The RFC allows an empty host, for `file:///`; nobody signs in to one, but
    /// a resource may be one.
    static func isAuthority(_ text: Bytes) -> Bool {
        var rest = text
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            guard isMade(of: { isNameCharacter($0) || $0 == UInt8(ascii: ":") }, rest[..<at]) else { return false }
            rest = rest[(at + 1)...]
        }
        let host: Bytes
        if rest.first == UInt8(ascii: "[") {
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = rest[...close]
            guard isAddressLiteral(rest[(rest.startIndex + 1)..<close]) else { return false }
        } else {
            host = rest.prefix { $0 != UInt8(ascii: ":") }
            guard isMade(of: isNameCharacter, host) else { return false }
        }
        let port = rest[host.endIndex...]
        return port.isEmpty || port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(isDigit)
    }

    /// What stands between the user and the port is empty.
    static func hasEmptyHost(_ authority: Bytes) -> Bool {
        let rest = authority.firstIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        return rest.isEmpty || rest.first == UInt8(ascii: ":")
    }

    /// `IPv6address / IPvFuture`, what stands between the square brackets.
    private static func isAddressLiteral(_ text: Bytes) -> Bool {
        guard text.first == UInt8(ascii: "v") || text.first == UInt8(ascii: "V") else { return isIPv6(text) }
        let version = text.dropFirst().prefix { $0 != UInt8(ascii: ".") }
        let rest = text[version.endIndex...].dropFirst()
        return !version.isEmpty && version.allSatisfy(isHexDigit) && !rest.isEmpty
            && rest.allSatisfy { isNameCharacter($0) || $0 == UInt8(ascii: ":") }
    }

    private static func isIPv6(_ text: Bytes) -> Bool {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else { return groupCount(text, mayEndInIPv4: true) == 8 }
        guard let left = groupCount(text[..<gap], mayEndInIPv4: false),
            let right = groupCount(text[(gap + 2)...], mayEndInIPv4: true)
        else { return false }
        return left + right <= 7
    }

    /// The number of 16-bit groups in a colon-separated list, or nil when one of them is none.
    private static func groupCount(_ text: Bytes, mayEndInIPv4: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        let groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (index, group) in groups.enumerated() {
            if (1...4).contains(group.count), group.allSatisfy(isHexDigit) {
                count += 1
            } else if mayEndInIPv4, index == groups.count - 1, isIPv4(group) {
                count += 2
            } else {
                return nil
            }
        }
        return count
    }

    private static func isIPv4(_ text: Bytes) -> Bool {
        let octets = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return octets.count == 4
            && octets.allSatisfy { octet in
                (1...3).contains(octet.count) && octet.allSatisfy(isDigit)
                    && (octet.count == 1 || octet.first != UInt8(ascii: "0"))
                    && octet.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
            }
    }

    /// `*pchar`
    static func isPathSegment(_ text: Bytes) -> Bool { isMade(of: isSegmentCharacter, text) }

    /// `*( reserved / unreserved / " " )`: without the percent sign, quotes, backslash and everything not ASCII.
    static func isStatement(_ text: Bytes) -> Bool {
        text.allSatisfy { isNameCharacter($0) || ":/?#[]@ ".utf8.contains($0) }
    }

    /// Every character is allowed or part of `"%" HEXDIG HEXDIG`.
    private static func isMade(of isAllowed: (UInt8) -> Bool, _ text: Bytes) -> Bool {
        var rest = text
        while let first = rest.popFirst() {
            if first == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(), isHexDigit(high), isHexDigit(low) else {
                    return false
                }
            } else if !isAllowed(first) {
                return false
            }
        }
        return true
    }

    private static func isPathCharacter(_ unit: UInt8) -> Bool { isSegmentCharacter(unit) || unit == UInt8(ascii: "/") }
    private static func isQueryCharacter(_ unit: UInt8) -> Bool { isPathCharacter(unit) || unit == UInt8(ascii: "?") }
    private static func isSegmentCharacter(_ unit: UInt8) -> Bool {
        isNameCharacter(unit) || unit == UInt8(ascii: ":") || unit == UInt8(ascii: "@")
    }

    /// `unreserved / sub-delims`
    private static func isNameCharacter(_ unit: UInt8) -> Bool {
        isLetter(unit) || isDigit(unit) || "-._~!$&'()*+,;=".utf8.contains(unit)
    }

    static func isLetter(_ unit: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit | 0x20)
    }
    static func isDigit(_ unit: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) }
    private static func isHexDigit(_ unit: UInt8) -> Bool {
        isDigit(unit) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(unit | 0x20)
    }
}
