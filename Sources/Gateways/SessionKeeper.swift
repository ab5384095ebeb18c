import Primitives
import Sync

/// What a signed-in device shows the server. It prints as nothing, so that no token reaches a log by accident.
package struct SessionTokens: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package let access: String
    package let refresh: String
    /// When the access token stops to count, by this device's clock.
    package let expires: Timestamp

    package init(access: String, refresh: String, expires: Timestamp) {
        self.access = access
        self.refresh = refresh
        self.expires = expires
    }

    /// - Parameter seconds: how long the access token counts, as the server says; more than a day is not believed.
    init(access: String, refresh: String, seconds: Int64, in world: World) {
        self.init(
            access: access, refresh: refresh,
            expires: world.now().adding(milliseconds: min(max(seconds, 0), 86_400) * 1000))
    }

    package var description: String { "tokens" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where a session rests between two runs of the program.
package protocol SessionKeeper: Sendable {
    /// - Throws: `session.missing` when nobody is signed in.
    func tokens() async throws -> SessionTokens

    /// Trades tokens that no longer count for new ones, and has those on disk before it returns.
    ///
    /// However many ask at once, in this process or another, `refresh` runs once: whoever comes later gets what the
    /// first one got.
    func renew(
        _ stale: SessionTokens, by refresh: @escaping @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens

    /// The replica that the server knows this session to write as.
    func namedReplica() async throws -> ReplicaID?
    func remember(namedReplica: ReplicaID) async throws
}

/// Tokens as the server writes them for whoever is no browser.
struct TokensAnswer: Decodable {
    struct Tokens: Decodable {
        let access_token: String
        let refresh_token: String
        let expires_in: Int64
    }
    let tokens: Tokens

    func read(in world: World) -> SessionTokens {
        SessionTokens(
            access: tokens.access_token, refresh: tokens.refresh_token, seconds: tokens.expires_in, in: world)
    }
}
