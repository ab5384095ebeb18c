import Foundation
import NIOHTTP1
import Primitives

/// Lets another device in by six digits: one side shows them, the other types them.
package struct Pairing: Sendable {
    /// A code that was given out.
    package struct Code: Sendable {
        package let digits: String
        package let lifetimeSeconds: Int
    }

    /// Who has typed the code. The name is what that side calls itself: clean it before showing it.
    package struct Claim: Hashable, Sendable {
        package let id: String
        package let name: String?
        package let kind: String?
        package let network: String?
    }

    /// What has become of a code.
    package enum State: Hashable, Sendable {
        /// There is none: it has expired, or was withdrawn.
        case gone
        case waiting
        /// Someone in another network has typed it, and waits for a yes.
        case pending(Claim)
        /// Someone is in.
        case claimed(Claim?)
    }

    /// How long a claim is followed that nobody confirms. No code lives as long.
    private static let followSecondsMax = 600
    private static let waitSeconds = 1...30

    private let connection: ServerConnection
    private let world: World

    package init(_ connection: ServerConnection, world: World) {
        self.connection = connection
        self.world = world
    }

    // MARK: The side that shows the code

    private struct Begun: Decodable {
        let code: String
        let expires_in: Int
    }

    private struct Watched: Decodable {
        struct Claim: Decodable {
            let id: String
            let name: String?
            let kind: String?
            let network: String?
        }
        let status: String
        let claim: Claim?
    }

    private struct Confirmation: Encodable {
        let claim: String
    }

    /// A new code for a device; one that was given out before counts no more.
    ///
    /// - Throws: what a connection throws; `server.bad_answer`.
    package func begin() async throws -> Code {
        let answer = try await connection.send(ServerCall(method: .POST, path: "/auth/pair-extension?kind=device"))
        guard let begun = try? JSONDecoder().decode(Begun.self, from: Data(answer.body)), Self.isCode(begun.code),
            (1...86_400).contains(begun.expires_in)
        else { throw Failure.serverBadAnswer(connection.server) }
        return Code(digits: begun.code, lifetimeSeconds: begun.expires_in)
    }

    package func state() async throws -> State {
        let answer = try await connection.send(ServerCall(method: .GET, path: "/auth/pair-extension"))
        guard let watched = try? JSONDecoder().decode(Watched.self, from: Data(answer.body)) else {
            throw Failure.serverBadAnswer(connection.server)
        }
        let claim = watched.claim.map { Claim(id: $0.id, name: $0.name, kind: $0.kind, network: $0.network) }
        switch (watched.status, claim) {
        case ("none", _): return .gone
        case ("waiting", _): return .waiting
        case ("pending", let claim?): return .pending(claim)
        case ("claimed", let claim): return .claimed(claim)
        default: throw Failure.serverBadAnswer(connection.server)
        }
    }

    /// Lets a claim in.
    ///
    /// - Returns: false when it is not there any more.
    package func confirm(_ claim: Claim) async throws -> Bool {
        let answer = try await connection.answer(
            ServerCall(
                method: .POST, path: "/auth/pair-extension/confirm", headers: Self.json,
                body: Array(try JSONEncoder().encode(Confirmation(claim: claim.id)))))
        guard answer.isSuccess || answer.status == 404 else { throw ServerFailure.of(answer, from: connection.server) }
        return answer.isSuccess
    }

    /// Takes the code back: it counts no more, for nobody.
    package func withdraw() async throws {
        _ = try await connection.send(ServerCall(method: .DELETE, path: "/auth/pair-extension"))
    }

    // MARK: The side that types it

    private struct Typed: Encodable {
        let code: String
        let name: String
        let kind = "device"
    }

    private struct Me: Decodable {
        let user_id: String
        let address: String
    }

    /// Claims a code, and begins the session that it is for.
    ///
    /// - Parameters:
    ///   - code: six digits.
    ///   - name: what this device is called in the list of sessions.
    ///   - isPending: called once when the other side has to confirm first.
    /// - Throws: `pairing.bad_code`, `pairing.unanswered`, what the server says (`pairing.refused`, `pairing.too_many`),
    ///   `server.unreachable`, `server.bad_answer`.
    package func claim(
        _ code: String, as name: String, isPending: @Sendable () -> Void
    ) async throws -> SignIn.Begun {
        guard Self.isCode(code) else { throw Failure.pairingBadCode }
        // Each code that is sent counts as a guess, so a lost answer is not asked for again by itself.
        let call = ServerCall(
            method: .POST, path: "/auth/extension-pair", headers: Self.json,
            body: Array(try JSONEncoder().encode(Typed(code: code, name: name))), isAuthorized: false,
            isRepeatable: false)
        let first = try await connection.answer(call)
        guard first.status == 202 else { return try await begun(first) }
        isPending()
        var waitSeconds = first.retryAfterSeconds
        let end = world.now().adding(milliseconds: Int64(Self.followSecondsMax) * 1000)
        while world.now() < end {
            let seconds = min(max(waitSeconds ?? 2, Self.waitSeconds.lowerBound), Self.waitSeconds.upperBound)
            try await Task.sleep(for: .seconds(seconds))
            do {
                let answer = try await connection.answer(call)
                waitSeconds = answer.retryAfterSeconds
                // Waiting for a person is worth more patience than a single call.
                if [202, 429, 502, 503, 504].contains(answer.status) { continue }
                return try await begun(answer)
            } catch let failure as Failure where failure.code == "server.unreachable" {
                waitSeconds = nil
            }
        }
        throw Failure.pairingUnanswered
    }

    private func begun(_ answer: ServerAnswer) async throws -> SignIn.Begun {
        guard answer.isSuccess else { throw ServerFailure.of(answer, from: connection.server) }
        guard let tokens = try? JSONDecoder().decode(TokensAnswer.self, from: Data(answer.body)).read(in: world) else {
            throw Failure.serverBadAnswer(connection.server)
        }
        // Nobody but the server knows yet who this is.
        let asked = try await connection.send(
            ServerCall(
                method: .GET, path: "/auth/me", headers: [("Authorization", "Bearer \(tokens.access)")],
                isAuthorized: false))
        guard let me = try? JSONDecoder().decode(Me.self, from: Data(asked.body)) else {
            throw Failure.serverBadAnswer(connection.server)
        }
        return SignIn.Begun(tokens: tokens, address: me.address, person: me.user_id)
    }

    private static let json = [("Content-Type", "application/json")]

    /// Whether these are six digits of ASCII.
    package static func isCode(_ text: String) -> Bool {
        text.utf8.count == 6 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Failure {
    package static let pairingBadCode = Failure(
        .invalid, "pairing.bad_code", "A code is six digits, as the other device shows them.")
    static let pairingUnanswered = Failure(
        .unavailable, "pairing.unanswered", "Nobody has confirmed this device. Ask for a new code and try again.")
}
