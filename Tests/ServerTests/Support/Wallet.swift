import Ethereum
import Foundation
import Primitives
import Testing

/// Someone with a key.
struct Wallet {
    let key: PrivateKey

    /// - Parameter number: tells wallets apart.
    init(_ number: UInt8 = 1) throws { key = try PrivateKey(bytes: [UInt8](repeating: number, count: 32)) }

    init(_ key: PrivateKey) { self.key = key }

    /// Parts of the sign-in that a test wants to be wrong.
    struct Changes {
        var domain: String?
        var uri: String?
        var chainID: UInt64 = 1
        var nonce: String?
        var issuedAt: Timestamp?
        var expirationTime: Timestamp?
        var notBefore: Timestamp?
        var signer: PrivateKey?
        var signature: String?
        /// Nil signs in like a page.
        var device: String? = "test"
        var fields: [String: String] = [:]
    }

    /// Asks for a nonce, signs and shows it.
    func signIn(at server: RunningServer, _ changes: Changes = Changes()) throws -> HTTPAnswer {
        let client = try server.client()
        var changes = changes
        let nonce = try Self.nonce(client)
        if changes.fields["Cookie"] == nil { changes.fields["Cookie"] = nonce.cookie }
        return try show(message(server, changes.nonce ?? nonce.text, changes), client, changes)
    }

    /// - Returns: the nonce, and the cookie to send back with it.
    static func nonce(_ client: HTTPConnection) throws -> (text: String, cookie: String) {
        let answer = try client.get("/api/v1/auth/nonce")
        return (
            try #require(answer.json["nonce"] as? String), "sign_in=" + (try #require(answer.cookie("sign_in")))
        )
    }

    func message(_ server: RunningServer, _ nonce: String, _ changes: Changes = Changes()) throws -> String {
        try SignInMessage(
            domain: changes.domain ?? "127.0.0.1:\(server.port)", address: key.address, statement: "Sign in.",
            uri: changes.uri ?? "http://127.0.0.1:\(server.port)", chainID: changes.chainID, nonce: nonce,
            issuedAt: changes.issuedAt ?? World.live.now(), expirationTime: changes.expirationTime,
            notBefore: changes.notBefore
        ).description
    }

    func show(_ message: String, _ client: HTTPConnection, _ changes: Changes = Changes()) throws -> HTTPAnswer {
        let signature =
            try changes.signature ?? PersonalMessage(message).sign(with: changes.signer ?? key).description
        var proof = ["message": message, "signature": signature]
        proof["device"] = changes.device
        return try client.post("/api/v1/auth/verify-siwe", proof, changes.fields)
    }

    /// A session that works.
    func session(at server: RunningServer) throws -> SignedIn {
        let answer = try signIn(at: server)
        try #require(answer.status == 200, "\(answer.text)")
        return SignedIn(
            userID: try #require(answer.json["user_id"] as? String),
            access: try #require(answer.json["access_token"] as? String),
            refresh: try #require(answer.json["refresh_token"] as? String))
    }
}

struct SignedIn {
    let userID: String
    let access: String
    let refresh: String

    var bearer: [String: String] { ["Authorization": "Bearer \(access)"] }
}
