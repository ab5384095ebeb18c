import Primitives
import Storage
import Sync
import Synchronization

/// A server of one person's: a journal, the names of replicas that it knows, and the conversation.
///
/// Who may bring what is decided by the rule and the tables of the real one.
final class SimulatedServer: Sendable {
    let journal: JournalFile
    private let control: ControlDatabase
    private let session: Session
    private let endpoint: LocalSync
    private let bound = Mutex<Set<ReplicaID>>([])

    /// - Parameter world: names the person and the session.
    init(_ journal: JournalFile, world: World) async throws {
        self.journal = journal
        let control = try await ControlDatabase.inMemory(world: world)
        self.control = control
        let session = try await control.write { transaction in
            let person = try transaction.persons.findOrJoin(address: [1], in: world)
            let holder = Session.Holder(.device, name: "simulated", network: nil)
            return try transaction.sessions.begin(person.id, holder, lifetimes: SessionLifetimes(), in: world).session
        }
        self.session = session
        endpoint = LocalSync(journal: journal) { replica in
            try await control.read { try $0.replicas.mayRelay(replica, for: session.person) }
        }
    }

    /// A device's way to it: it says which replica it writes for, as the session's first request does.
    func exchange(_ request: ExchangeRequest, as replica: ReplicaID) async throws -> ExchangeResponse {
        if bound.withLock({ $0.insert(replica).inserted }) {
            let session = session
            try await control.write { control in
                _ = try control.replicas.bind(
                    replica, to: session, written: [], newMax: .max)
            }
        }
        return try await endpoint.exchange(request, as: replica)
    }
}
