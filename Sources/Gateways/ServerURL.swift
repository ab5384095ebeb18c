import Foundation
import Primitives

/// Where a server is: `https://daybook.example`, `http://127.0.0.1:8080`.
///
/// Plain HTTP is taken for this machine only: a token that crosses a network in the clear belongs to whoever listens.
package struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// What stands before `/api/v1`: empty, or `/daybook`.
    private let path: String

    private static let textCountMax = 1024

    /// - Throws: `server.bad_url`, `server.insecure`.
    package init(_ text: String) throws(Failure) {
        guard text.utf8.count <= Self.textCountMax, let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.query == nil, parts.fragment == nil, (1...65_535).contains(parts.port ?? 1),
            parts.percentEncodedPath.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { throw .serverBadURL }
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isSecure ? 443 : 80)
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        guard isSecure || isLoopback else { throw .serverInsecure }
    }

    /// Whether it is this machine.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && numbers.allSatisfy { $0 != nil }
    }

    /// The host, and the port unless it is the scheme's own: what a sign-in message calls the domain.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }
    package var description: String { origin + path }

    /// - Parameter call: begins with a slash.
    func url(_ call: String) -> String { "\(origin)\(path)/api/v1\(call)" }

    /// The path of the WebSocket on the port of the REST calls.
    var liveURI: String { path + "/ws" }
}

extension Failure {
    package static let serverBadURL = Failure(
        .invalid, "server.bad_url", "This is no address of a server. Write it like https://daybook.example.")
    package static let serverInsecure = Failure(
        .invalid, "server.insecure",
        "Plain http would show your session to the network, so it is taken for this machine only (127.0.0.1). "
            + "Put the server behind TLS and use https, or reach it through an SSH tunnel.")
}
