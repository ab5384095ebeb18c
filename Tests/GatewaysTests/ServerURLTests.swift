import Gateways
import Primitives
import Testing

@Suite struct ServerURLTests {
    @Test(arguments: [
        ("https://daybook.example", "daybook.example", "https://daybook.example"),
        ("HTTPS://Daybook.Example:443/", "daybook.example", "https://daybook.example"),
        ("https://daybook.example:8443/journal/", "daybook.example:8443", "https://daybook.example:8443/journal"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "localhost", "http://localhost"),
        ("http://[::1]:8080", "[::1]:8080", "http://[::1]:8080"),
    ]) func `an address has one spelling`(text: String, authority: String, description: String) throws {
        let url = try ServerURL(text)
        #expect(url.authority == authority)
        #expect(url.description == description)
    }

    @Test(arguments: [
        ("daybook.example", "server.bad_url"), ("ftp://daybook.example", "server.bad_url"),
        ("https://", "server.bad_url"),
        ("https://user:secret@daybook.example", "server.bad_url"), ("https://daybook.example/?a=b", "server.bad_url"),
        ("https://daybook.example:0", "server.bad_url"), ("", "server.bad_url"),
        ("http://daybook.example", "server.insecure"), ("http://127.0.0.1.example.com", "server.insecure"),
        ("http://10.0.0.1", "server.insecure"), ("http://localhost.example", "server.insecure"),
    ]) func `what is no safe address is refused`(text: String, code: String) {
        let failure = #expect(throws: Failure.self) { try ServerURL(text) }
        #expect(failure?.code == code, "\(text)")
    }
}
