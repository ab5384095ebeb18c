import Ethereum
import Foundation
import NIOHTTP1
import Primitives

/// Signs in with a wallet key: EIP-4361, without a browser.
package struct SignIn: Sendable {
    /// A session that has begun.
    package struct Begun: Sendable {
        package let tokens: SessionTokens
        package let address: String
        package let person: String
    }

    static let statement = "Sign in to sync this journal."
    static let chainID: UInt64 = 1

    private let connection: ServerConnection
    private let world: World

    package init(_ connection: ServerConnection, world: World) {
        self.connection = connection
        self.world = world
    }

    private struct Nonce: Decodable {
        let nonce: String
    }

    private struct Proof: Encodable {
        let message: String
        let signature: String
        /// Says that this is no browser, and what its session is to be called.
        let device: String
    }

    private struct Accepted: Decodable {
        let address: String
        let user_id: String
        let access_token: String
        let refresh_token: String
        let expires_in: Int64
    }

    /// - Parameter device: what this device is called in the list of sessions.
    /// - Throws: what the server says of the message or the signature, `server.unreachable`, `server.bad_answer`.
    package func begin(with key: PrivateKey, device: String) async throws -> Begun {
        let server = connection.server
        let asked = try await connection.send(
            ServerCall(method: .GET, path: "/auth/nonce", isAuthorized: false))
        guard let nonce = try? JSONDecoder().decode(Nonce.self, from: Data(asked.body)).nonce else {
            throw Failure.serverBadAnswer(server)
        }
        let message = try SignInMessage(
            domain: server.authority, address: key.address, statement: Self.statement, uri: server.description,
            chainID: Self.chainID, nonce: nonce, issuedAt: world.now())
        let text = message.description
        let proof = Proof(
            message: text, signature: try PersonalMessage(text).sign(with: key).description, device: device)
        var headers = [("Content-Type", "application/json")]
        // A nonce counts only for whoever was given it.
        if let cookies = asked.cookies { headers.append(("Cookie", cookies)) }
        // A nonce counts once, so a lost answer cannot be asked for again.
        let answer = try await connection.send(
            ServerCall(
                method: .POST, path: "/auth/verify-siwe", headers: headers,
                body: Array(try JSONEncoder().encode(proof)), isAuthorized: false, isRepeatable: false))
        guard let accepted = try? JSONDecoder().decode(Accepted.self, from: Data(answer.body)) else {
            throw Failure.serverBadAnswer(server)
        }
        return Begun(
            tokens: SessionTokens(
                access: accepted.access_token, refresh: accepted.refresh_token, seconds: accepted.expires_in, in: world),
            address: accepted.address, person: accepted.user_id)
    }

    /// Ends the session on the server, so that its tokens are worth nothing from here on.
    package func end() async throws {
        _ = try await connection.send(ServerCall(method: .POST, path: "/auth/logout"))
    }

    /// Ends every session that the person has on the server, this one with them.
    package func endEverywhere() async throws {
        _ = try await connection.send(ServerCall(method: .POST, path: "/auth/revoke-all"))
    }
}
