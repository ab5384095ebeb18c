import Primitives
import Testing

@testable import Ethereum

struct SignInPolicyTests {
    private let now = Timestamp("2026-11-21T09:30:00Z") ?? Timestamp(milliseconds: 0)
    private let policy: SignInPolicy

    init() throws { policy = try SignInPolicy(origin: "https://daybook.example", chainIDs: [1, 10]) }

    private func failure(after milliseconds: Int64 = 0, _ change: (inout Draft) -> Void = { _ in }) -> String? {
        let text = Draft.with(change)
        return code { try SignInMessage(text).check(against: policy, at: now.adding(milliseconds: milliseconds)) }
    }

    private func header(_ site: String) -> String { site + " wants you to sign in with your Ethereum account:" }

    @Test func `a message for this site and this moment is accepted`() {
        #expect(failure() == nil)
        #expect(failure { $0.header = header("https://daybook.example") } == nil)
        #expect(failure { $0.header = header("HTTPS://Daybook.Example") } == nil)
        #expect(failure { $0.chainID = "Chain ID: 10" } == nil)
    }

    @Test(arguments: [
        "evil.example", "daybook.example.evil.example", "evil-daybook.example", "www.daybook.example",
        "daybook.example:443", "daybook.example:8443", "daybook.example@evil.example", "evil@daybook.example",
        "daybook.example.", "127.0.0.1", "%64aybook.example",
    ])
    func `another domain is refused`(domain: String) {
        #expect(failure { $0.header = header(domain) } == "siwe.wrong_domain")
        #expect(failure { $0.header = header("https://" + domain) } == "siwe.wrong_domain")
    }

    @Test func `another scheme is refused`() {
        #expect(failure { $0.header = header("http://daybook.example") } == "siwe.wrong_scheme")
        #expect(failure { $0.header = header("chrome-extension://daybook.example") } == "siwe.wrong_scheme")
    }

    @Test func `the URI may be anything below this origin`() {
        for uri in ["", "/", "/a/b?c#d", "?a", "#a", ":443", ":443/x", ":/x"] {
            #expect(failure { $0.uri = "URI: https://daybook.example" + uri } == nil, "\(uri)")
        }
        #expect(failure { $0.uri = "URI: HTTPS://DAYBOOK.EXAMPLE/Login" } == nil)
    }

    @Test(arguments: [
        "http://daybook.example/", "https://evil.example/", "https://daybook.example.evil.example",
        "https://daybook.example@evil.example", "https://user@daybook.example", "https://daybook.example:444",
        "https://daybook.example:80", "https:daybook.example", "urn:https://daybook.example",
        "https:///daybook.example",
        "https://evil.example/https://daybook.example", "https://evil.example#https://daybook.example",
        "https://daybook.example:443:443", "https://daybook.exampl",
    ])
    func `a URI of another origin is refused`(uri: String) {
        let expected = uri.hasSuffix(":443:443") ? "siwe.bad_uri" : "siwe.wrong_origin"
        #expect(failure { $0.uri = "URI: \(uri)" } == expected)
    }

    @Test func `another network is refused`() {
        for chainID in ["0", "2", "11", "18446744073709551615"] {
            #expect(failure { $0.chainID = "Chain ID: \(chainID)" } == "siwe.wrong_chain")
        }
    }

    @Test func `a message is good for ten minutes, and a clock may be a minute ahead`() {
        #expect(failure(after: 600_000) == nil)
        #expect(failure(after: 600_001) == "siwe.issued_too_long_ago")
        #expect(failure(after: -60_000) == nil)
        #expect(failure(after: -60_001) == "siwe.issued_in_future")
    }

    @Test func `a message expires at its time, not after it`() {
        let line = "Expiration Time: 2026-11-21T09:31:00Z"
        #expect(failure(after: 59_999) { $0.rest = [line] } == nil)
        #expect(failure(after: 60_000) { $0.rest = [line] } == "siwe.expired")
    }

    @Test func `a message is valid from its time, not before it`() {
        let line = "Not Before: 2026-11-21T09:31:00Z"
        #expect(failure(after: 59_999) { $0.rest = [line] } == "siwe.not_yet_valid")
        #expect(failure(after: 60_000) { $0.rest = [line] } == nil)
    }

    @Test func `the two limits hold independently`() {
        let contradiction = ["Expiration Time: 2026-11-21T09:29:00Z", "Not Before: 2026-11-21T09:31:00Z"]
        for minutes in -1...9 { #expect(failure(after: Int64(minutes) * 60_000) { $0.rest = contradiction } != nil) }
    }

    @Test func `the windows are configuration`() throws {
        let strict = try SignInPolicy(
            origin: "https://daybook.example", chainIDs: [1], ageSecondsMax: 1, aheadSecondsMax: 0)
        let message = try SignInMessage(Draft().text)
        try message.check(against: strict, at: now.adding(milliseconds: 1000))
        #expect(
            code { try message.check(against: strict, at: now.adding(milliseconds: 1001)) }
                == "siwe.issued_too_long_ago")
        #expect(
            code { try message.check(against: strict, at: now.adding(milliseconds: -1)) } == "siwe.issued_in_future")
    }

    @Test(arguments: [
        ("https://daybook.example", "https://daybook.example", "daybook.example"),
        ("https://Daybook.Example/", "https://daybook.example", "daybook.example"),
        ("https://daybook.example:443", "https://daybook.example", "daybook.example"),
        ("https://daybook.example:443/", "https://daybook.example", "daybook.example"),
        ("http://localhost:8080", "http://localhost:8080", "localhost:8080"),
        ("http://localhost:80", "http://localhost", "localhost"),
        ("http://localhost:443", "http://localhost:443", "localhost:443"),
        ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
    ])
    func `an origin is read as browsers write it`(text: String, origin: String, domain: String) throws {
        let policy = try SignInPolicy(origin: text, chainIDs: [1])
        #expect(policy.origin == origin)
        #expect(policy.domain == domain)
    }

    @Test(arguments: [
        "", "daybook.example", "https://", "https:///", "ftp://daybook.example", "https://daybook.example/app",
        "https://daybook.example//", "https://daybook.example?", "https://daybook.example#",
        "https://a@daybook.example",
        "https://day book.example", "https://:80", "*",
    ])
    func `an origin that is none is refused`(origin: String) {
        #expect(code { _ = try SignInPolicy(origin: origin, chainIDs: [1]) } == "siwe.bad_policy")
    }

    @Test func `a policy needs a network and sensible windows`() {
        let origin = "https://daybook.example"
        #expect(code { _ = try SignInPolicy(origin: origin, chainIDs: []) } == "siwe.bad_policy")
        for seconds in [-1, 86_401, Int.max, Int.min] {
            #expect(code { _ = try SignInPolicy(origin: origin, chainIDs: [1], ageSecondsMax: seconds) } != nil)
            #expect(code { _ = try SignInPolicy(origin: origin, chainIDs: [1], aheadSecondsMax: seconds) } != nil)
        }
    }
}
