import Foundation
import NIOHTTP1
import Primitives

/// One of a person's sessions, as the server tells of it. Names come from other devices: clean them before showing them.
package struct ServerSession: Hashable, Sendable {
    package let id: ID<ServerSession>
    /// `web`, `device` or `extension`, or what a later server may call it.
    package let kind: String
    package let name: String?
    package let created: Timestamp?
    package let lastSeen: Timestamp?
    package let expires: Timestamp?
    /// Where it was last seen from: the beginning of an address.
    package let network: String?
    /// Whether it is the one that asks.
    package let isCurrent: Bool
}

/// The sessions of whoever is signed in.
package struct ServerSessions: Sendable {
    private static let answerBytesMax = 1 << 20

    private let connection: ServerConnection

    package init(_ connection: ServerConnection) { self.connection = connection }

    private struct Listed: Decodable {
        struct Session: Decodable {
            let id: String
            let kind: String
            let name: String?
            let created_at: String?
            let last_seen_at: String?
            let expires_at: String?
            let network: String?
            let current: Bool?
        }
        let sessions: [Session]
    }

    /// - Throws: what a connection throws; `server.bad_answer`.
    package func list() async throws -> [ServerSession] {
        let answer = try await connection.send(
            ServerCall(method: .GET, path: "/auth/sessions", answerBytesMax: Self.answerBytesMax))
        guard let listed = try? JSONDecoder().decode(Listed.self, from: Data(answer.body)).sessions else {
            throw Failure.serverBadAnswer(connection.server)
        }
        return try listed.map { session in
            guard let id = ID<ServerSession>(session.id) else { throw Failure.serverBadAnswer(connection.server) }
            return ServerSession(
                id: id, kind: session.kind, name: session.name, created: session.created_at.flatMap { Timestamp($0) },
                lastSeen: session.last_seen_at.flatMap { Timestamp($0) },
                expires: session.expires_at.flatMap { Timestamp($0) }, network: session.network,
                isCurrent: session.current ?? false)
        }
    }

    /// Ends one session: whatever holds its tokens has to sign in again.
    package func revoke(_ id: ID<ServerSession>) async throws {
        _ = try await connection.send(ServerCall(method: .DELETE, path: "/auth/sessions/\(id)"))
    }
}
