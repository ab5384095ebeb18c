import Gateways
import Primitives
import Sync

/// A session that is gone with the process.
actor MemoryKeeper: SessionKeeper {
    private var current: SessionTokens
    private var replica: ReplicaID?

    init(_ tokens: SessionTokens) { current = tokens }

    func tokens() -> SessionTokens { current }

    func renew(
        _ stale: SessionTokens, by refresh: @escaping @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        guard current == stale else { return current }
        current = try await refresh(stale)
        return current
    }

    func namedReplica() -> ReplicaID? { replica }
    func remember(namedReplica: ReplicaID) { replica = namedReplica }
}
