import Gateways
import Primitives
import Sync
import Synchronization

/// A session that rests in memory.
final class MemorySession: SessionKeeper {
    private let state: Mutex<(tokens: SessionTokens, replica: ReplicaID?)>

    init(access: String = "first", expires: Int64 = .max) {
        state = Mutex(
            (SessionTokens(access: access, refresh: "refresh", expires: Timestamp(milliseconds: expires)), nil))
    }

    func tokens() async throws -> SessionTokens { state.withLock { $0.tokens } }

    func renew(
        _ stale: SessionTokens, by refresh: @escaping @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        let new = try await refresh(stale)
        state.withLock { $0.tokens = new }
        return new
    }

    func namedReplica() async throws -> ReplicaID? { state.withLock { $0.replica } }
    func remember(namedReplica: ReplicaID) async throws { state.withLock { $0.replica = namedReplica } }
}

/// The code of the failure that a body ends with; nil when it does not.
func failureCode(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch let failure as Failure {
        return failure.code
    } catch {
        return "\(error)"
    }
}
