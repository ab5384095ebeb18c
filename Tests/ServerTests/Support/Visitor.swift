import Foundation
import Testing

/// A caller that says by `X-Forwarded-For` where it comes from, to a server that believes this machine.
struct Visitor {
    static let trust = ["--trusted-proxy", "127.0.0.1"]

    let server: RunningServer
    let address: String
    var fields: [String: String] = [:]

    func get(_ path: String) throws -> HTTPAnswer { try send("GET", path) }

    func post(_ path: String, _ json: [String: String]? = nil) throws -> HTTPAnswer { try send("POST", path, json) }

    func send(_ method: String, _ path: String, _ json: [String: String]? = nil) throws -> HTTPAnswer {
        var all = fields.merging(["X-Forwarded-For": address]) { a, _ in a }
        guard let json else {
            return try server.client().send(method, "/api/v1" + path, all, body: method == "GET" ? nil : [])
        }
        all["Content-Type"] = "application/json"
        let body = try JSONSerialization.data(withJSONObject: json)
        return try server.client().send(method, "/api/v1" + path, all, body: Array(body))
    }
}

extension HTTPAnswer {
    /// The tokens that a code or a refresh token gave.
    func tokens() throws -> (access: String, refresh: String) {
        let tokens = try #require(json["tokens"] as? [String: Any], "\(text)")
        return (
            try #require(tokens["access_token"] as? String), try #require(tokens["refresh_token"] as? String)
        )
    }
}
