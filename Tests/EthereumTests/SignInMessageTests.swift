import Primitives
import Testing

@testable import Ethereum

/// The lines of a message that fits, each of which a test may replace.
struct Draft {
    var header = "daybook.example wants you to sign in with your Ethereum account:"
    var address = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
    var statement: String? = "I accept the Terms of Service: https://daybook.example/tos"
    var uri = "URI: https://daybook.example/login"
    var version = "Version: 1"
    var chainID = "Chain ID: 1"
    var nonce = "Nonce: abcDEF123"
    var issuedAt = "Issued At: 2026-11-21T09:30:00.000Z"
    var rest: [String] = []

    var text: String {
        ([header, address, ""] + (statement.map { [$0] } ?? []) + ["", uri, version, chainID, nonce, issuedAt] + rest)
            .joined(separator: "\n")
    }

    static func with(_ change: (inout Draft) -> Void) -> String {
        var draft = Draft()
        change(&draft)
        return draft.text
    }
}

struct SignInMessageTests {
    private func failure(_ text: String) -> String? { code { _ = try SignInMessage(text) } }

    private func expect(
        _ accepted: [String], _ refused: [String], _ failure: String, _ change: (inout Draft, String) -> Void
    ) {
        for value in accepted { #expect(self.failure(Draft.with { change(&$0, value) }) == nil, "\(value)") }
        for value in refused { #expect(self.failure(Draft.with { change(&$0, value) }) == failure, "\(value)") }
    }

    @Test func `every field is read`() throws {
        let message = try SignInMessage(
            Draft.with {
                $0.header = "https://daybook.example:8443 wants you to sign in with your Ethereum account:"
                $0.chainID = "Chain ID: 11155111"
                $0.rest = [
                    "Expiration Time: 2026-11-21T10:30:00+01:00", "Not Before: 2026-11-21T08:00:00-00:30",
                    "Request ID: a%20b", "Resources:", "- ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2", "- urn:isbn:0451450523",
                ]
            })
        #expect(message.scheme == "https")
        #expect(message.domain == "daybook.example:8443")
        #expect(message.address.description == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
        #expect(message.statement == "I accept the Terms of Service: https://daybook.example/tos")
        #expect(message.uri == "https://daybook.example/login")
        #expect(message.chainID == 11_155_111)
        #expect(message.nonce == "abcDEF123")
        #expect(message.issuedAt == Timestamp("2026-11-21T09:30:00Z"))
        #expect(message.expirationTime == Timestamp("2026-11-21T09:30:00Z"))
        #expect(message.notBefore == Timestamp("2026-11-21T08:30:00Z"))
        #expect(message.requestID == "a%20b")
        #expect(message.resources == ["ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2", "urn:isbn:0451450523"])
    }

    @Test func `the first line is a domain and the sentence`() {
        let sentence = " wants you to sign in with your Ethereum account:"
        expect(
            [],
            [
                "daybook.example", "daybook.example wants you to sign in with your Ethereum account",
                "daybook.example Wants you to sign in with your Ethereum account:", "daybook.example\(sentence) ",
                "daybook.example\(sentence)\r", "",
            ], "siwe.bad_header"
        ) { $0.header = $1 }
        expect(
            [
                "localhost", "127.0.0.1:8080", "a.b.c:", "a:0", "user@host", "u:p%40@host:1", "@host", "[::1]:443",
                "[2001:db8::7]", "[::ffff:192.0.2.1]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]",
                "[1:2:3:4:5:6:1.2.3.4]", "[v1.a:b]", "a_b~c", "999.999.999.999", "%41",
            ],
            [
                "", "a b", "a b@c", "a@b@c", "a:b", "a:1:2", ":80", "user@", "user@:80", "ä.example", "a?b", "a#b",
                "%4",
                "%zz", "a\\b", "[::1", "::1]", "[::1]x", "[]", "[:]", "[:::]", "[1::2::3]", "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]", "[1::2:3:4:5:6:7:8]", "[12345::]", "[g::]", "[1.2.3.4::]", "[::1.2.3]",
                "[::1.2.3.256]", "[::01.2.3.4]", "[v1.]", "[v.a]", "[vg.a]", "[::1%25eth0]", "a\u{0}",
            ], "siwe.bad_domain"
        ) { $0.header = $1 + sentence }
    }

    @Test func `a scheme may stand in front of the domain`() {
        expect(
            ["https", "http", "HTTPS", "chrome-extension", "a1+-."],
            ["", "1http", "-a", "ht tp", "http:", "a_b"], "siwe.bad_scheme"
        ) { $0.header = "\($1)://" + $0.header }
        expect([], ["a/b", "a/", "/a", "https:/daybook.example", "https:///a"], "siwe.bad_scheme") {
            $0.header = $1 + " wants you to sign in with your Ethereum account:"
            if $1 == "https:///a" { $0.header = "//" + $0.header }
        }
    }

    @Test func `the second line is an address with its checksum`() {
        let good = Draft().address
        expect(
            [good, "0x0000000000000000000000000000000000000000", "0x52908400098527886E0F7030069857D2E4169EE7"],
            [
                "", good.lowercased(), "0X" + good.dropFirst(2), "0x" + good.dropFirst(2).uppercased(), good + " ",
                String(good.dropLast()), good + "0", String(good.dropFirst(2)),
                "0x7e5F4552091A69125d5DfCb7b8C2659029395Bdf",
                "vitalik.eth", good + "\r",
            ], "siwe.bad_address"
        ) { $0.address = $1 }
    }

    @Test func `the statement is one line of a URI's characters and blanks, or nothing`() throws {
        expect(
            [
                "a", " ", "A-._~:/?#[]@!$&'()*+,;= z9", "URI: https://evil.example/", "Version: 2", "- x", "0x",
            ],
            [
                "50%", "\"quoted\"", "a\nb", "\ta", "a\r", "caf\u{e9}", "<a>", "a\\b", "a^b", "`a`", "{a}",
                "a|b",
                "\u{7f}", "\u{0}",
            ], "siwe.bad_statement"
        ) { $0.statement = $1 }
        #expect(try SignInMessage(Draft.with { $0.statement = nil }).statement == nil)
        #expect(try SignInMessage(Draft.with { $0.statement = "" }).statement == "")
        #expect(failure(Draft.with { $0.statement = "\n" }) == "siwe.bad_uri")
        #expect(failure(Draft.with { $0.statement = "a\n\nb" }) == "siwe.bad_uri")
        #expect(failure("https://" + Draft.with { $0.header = "https://" + $0.header }) == "siwe.bad_domain")
        #expect(failure(Draft().text.replacing("Bdf\n\n", with: "Bdf\n")) == "siwe.bad_statement")
        #expect(failure(Draft().text.replacing("/tos\n\n", with: "/tos\n")) == "siwe.bad_statement")
        #expect(failure(Draft.with { $0.statement = nil }.replacing("\n\n\n", with: "\n\n")) == "siwe.bad_statement")
    }

    @Test func `a field in the statement's place is only a statement`() throws {
        let message = try SignInMessage(Draft.with { $0.statement = "URI: https://evil.example/login" })
        #expect(message.uri == "https://daybook.example/login")
        #expect(message.statement == "URI: https://evil.example/login")
    }

    private static let goodURIs = [
        "https://daybook.example", "https://a:1/b/c;d?e=f&g#h?/i", "urn:a", "a:", "a:/", "a:b/c", "file:///etc/x",
        "https://[::1]:80/", "mailto:a@b.c", "https://u@h", "a:%20", "http://h//", "did:pkh:eip155:1:0xab", "a:?#",
        "a:b:c",
        "data:,Hi", "A+-.1://h?[".replacing("[", with: ""),
    ]
    private static let badURIs = [
        "", ":", "a", "//h", "/a", "1a:b", ":a", "https://a b", "https://a/b c", "https://h#a#b", "a:%2", "a:%GG",
        "https://h:x", "https://h:80:80", "https://[::1", "https://[1]", "a:[b]", "https://h/\u{e9}", "https://h/<",
        "a:\"",
        "https://h/\\", "a:{", "a:|", "a:^", "a:`", "https://h ", " https://h", "https://h\r", "https://h?a[", "a:b]",
    ]

    @Test func `the URI follows RFC 3986`() {
        expect(Self.goodURIs, Self.badURIs, "siwe.bad_uri") { $0.uri = "URI: \($1)" }
        expect([], ["", "uri: a:b", "URI:a:b", "URL: a:b", "Version: 1", "\nURI: a:b"], "siwe.bad_uri") { $0.uri = $1 }
    }

    @Test func `every resource follows RFC 3986`() throws {
        expect(Self.goodURIs, Self.badURIs, "siwe.bad_resource") {
            $0.rest = ["Resources:", "- a:b", "- \($1)", "- c:d"]
        }
        expect([], ["", "-a:b", "* a:b", "a:b", " - a:b", "-  a:b", "Request ID: 1"], "siwe.bad_resource") {
            $0.rest = ["Resources:", $1]
        }
        expect([], ["resources:", "Resources: ", "Resources:\r", "- a:b", "Resources: - a:b"], "siwe.bad_line") {
            $0.rest = [$1]
        }
        #expect(try SignInMessage(Draft.with { $0.rest = ["Resources:"] }).resources == [])
    }

    @Test func `the version is 1`() {
        expect(["1"], ["", "2", "01", "1 ", "1.0", "11", "１"], "siwe.bad_version") { $0.version = "Version: \($1)" }
        expect([], ["version: 1", "Version:1", "Chain ID: 1", ""], "siwe.bad_version") { $0.version = $1 }
    }

    @Test func `the chain id is a number of 64 bits`() throws {
        expect(
            ["0", "1", "137", "18446744073709551615", "0001"],
            ["", "-1", "+1", "0x1", "1 ", "1.0", "1e3", "?", "18446744073709551616", "99999999999999999999999", "١"],
            "siwe.bad_chain_id"
        ) { $0.chainID = "Chain ID: \($1)" }
        expect([], ["ChainID: 1", "Chain Id: 1", "Chain ID:1", ""], "siwe.bad_chain_id") { $0.chainID = $1 }
        #expect(try SignInMessage(Draft.with { $0.chainID = "Chain ID: 0001" }).chainID == 1)
    }

    @Test func `the nonce is 8 letters and digits or more`() {
        expect(
            ["12345678", "abcdefgh", "ABCDEFGH", String(repeating: "z", count: 4000)],
            ["", "1234567", "1234567-", "12345678 ", " 12345678", "1234_5678", "1234567\u{e9}", "12345678\r"],
            "siwe.bad_nonce"
        ) { $0.nonce = "Nonce: \($1)" }
        expect([], ["nonce: 12345678", "Nonce:12345678", ""], "siwe.bad_nonce") { $0.nonce = $1 }
    }

    private static let goodTimes = [
        "2026-11-21T09:30:00Z", "2026-11-21T09:30:00.5Z", "2026-11-21T09:30:00.123456789+05:45", "2024-02-29T23:59:60Z",
        "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59Z", "2026-11-21t09:30:00z", "2026-11-21T09:30:00-00:00",
    ]
    private static let badTimes = [
        "", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21T09:30Z", "2026-11-21 09:30:00Z", "2026-11-21T09:30:00,5Z",
        "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00+0100", "2026-11-21T09:30:00+01", "2026-11-21T09:30:00+24:00",
        "2026-11-21T09:30:00+01:60", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-11-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:61Z",
        "26-11-21T09:30:00Z", "2026-11-21T09:30:00ZZ", " 2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z ", "1795253400",
        "2026-11-21T09:30:00 Z", "2026-11-21T09:30:00UTC", "+2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z\r", "never",
        "٢٠26-11-21T09:30:00Z", "Wed Oct 05 2011 16:48:00 GMT+0200 (CEST)", "dddd-dd-ddTdd:dd:ddZ",
    ]

    @Test func `a moment has a date, a time and a zone`() {
        expect(Self.goodTimes, Self.badTimes, "siwe.bad_issued_at") { $0.issuedAt = "Issued At: \($1)" }
        expect(Self.goodTimes, Self.badTimes, "siwe.bad_expiration_time") { $0.rest = ["Expiration Time: \($1)"] }
        expect(Self.goodTimes, Self.badTimes, "siwe.bad_not_before") { $0.rest = ["Not Before: \($1)"] }
        expect([], ["Issued at: 2026-11-21T09:30:00Z", "Issued At:2026-11-21T09:30:00Z", ""], "siwe.bad_issued_at") {
            $0.issuedAt = $1
        }
    }

    @Test func `the request id is made of a path segment's characters, or empty`() throws {
        expect(
            ["", "a", "a:b@c%2F!$&'()*+,;=-._~"], ["a b", "a/b", "a?b", "a#b", "%", "%0", "[a]", "\u{e9}", "a\r"],
            "siwe.bad_request_id"
        ) { $0.rest = ["Request ID: \($1)"] }
        #expect(try SignInMessage(Draft.with { $0.rest = ["Request ID: "] }).requestID == "")
        #expect(try SignInMessage(Draft().text).requestID == nil)
    }

    @Test func `the lines after the time of issue keep their order and stand once`() {
        let lines = [
            "Expiration Time: 2026-11-21T09:30:00Z", "Not Before: 2026-11-21T09:30:00Z", "Request ID: a", "Resources:",
        ]
        for first in lines.indices {
            for second in lines.indices {
                let text = Draft.with { $0.rest = [lines[first], lines[second]] }
                switch (first < second, first) {
                case (true, _): #expect(failure(text) == nil)
                case (false, 3): #expect(failure(text) == "siwe.bad_resource")
                default: #expect(failure(text) == "siwe.bad_line")
                }
            }
        }
        expect([], ["", " ", "Request ID:", "Foo: bar", "request id: a", "\n"], "siwe.bad_line") { $0.rest = [$1] }
    }

    @Test func `every mandatory line is missed by name`() {
        let codes = [
            "siwe.bad_header", "siwe.bad_address", "siwe.bad_statement", "siwe.bad_statement", "siwe.bad_uri",
            "siwe.bad_uri", "siwe.bad_version", "siwe.bad_chain_id", "siwe.bad_nonce", "siwe.bad_issued_at",
        ]
        let lines = Draft().text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == codes.count)
        for index in codes.indices where ![3, 4].contains(index) {
            var rest = lines
            rest.remove(at: index)
            #expect(failure(rest.joined(separator: "\n")) == codes[index], "without line \(index)")
        }
        for count in 0..<lines.count {
            #expect(failure(lines.prefix(count).joined(separator: "\n")) != nil, "the first \(count) lines")
        }
    }

    @Test func `line breaks are LF and nothing else`() {
        let text = Draft().text
        #expect(failure(text + "\n") == "siwe.bad_line")
        #expect(failure("\n" + text) == "siwe.bad_header")
        #expect(failure(" " + text) == "siwe.bad_domain")
        #expect(failure("\u{feff}" + text) == "siwe.bad_domain")
        for other in ["\r\n", "\r", "\u{2028}", "\u{85}", "\u{b}", " "] {
            #expect(failure(text.replacing("\n", with: other)) != nil)
        }
    }

    @Test func `bytes that are no text are refused`() {
        let bytes = Array(Draft().text.utf8)
        for index in bytes.indices {
            for byte: UInt8 in [0x00, 0x80, 0xc3, 0xff] {
                var changed = bytes
                changed[index] = byte
                #expect(code { _ = try SignInMessage(bytes: changed) } != nil)
            }
        }
    }

    @Test func `a message may have 8 KiB and not a byte more`() {
        let spare = SignInMessage.byteCountMax - Draft.with { $0.statement = "" }.utf8.count
        #expect(failure(Draft.with { $0.statement = String(repeating: "a", count: spare) }) == nil)
        #expect(failure(Draft.with { $0.statement = String(repeating: "a", count: spare + 1) }) == "siwe.too_large")
        #expect(failure(String(repeating: "\n", count: 1 << 20)) == "siwe.too_large")
    }
}
