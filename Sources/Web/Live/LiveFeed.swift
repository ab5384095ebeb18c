import Foundation
import Primitives
import Synchronization

/// Tells people's other connections what has just happened to what is theirs.
///
/// An event goes to the person it belongs to and to nobody else, whatever a connection has subscribed to. Events may
/// be lost; whoever hears none finds out at the next sync.
package final class LiveFeed: Sendable {
    /// What a person can listen to. `journal` means one's own: `journal.{user_id}`.
    package enum Channel: String, Hashable, Sendable, CaseIterable {
        case journal
    }

    /// What a connection is told to do.
    enum Delivery: Sendable {
        case event(String)
        /// The session is over.
        case end
    }

    private struct Member {
        var caller: Caller
        var channels: Set<Channel> = []
        let deliver: @Sendable (Delivery) -> Void
    }

    private struct Delayed: Hashable {
        let event: String
        let channel: Channel
        let person: ID<Person>
        let session: ID<Session>
    }

    private struct State {
        var delayed: Set<Delayed> = []
        var members: [UInt64: Member] = [:]
        var connections: [ID<Person>: Set<UInt64>] = [:]
        var lastConnection: UInt64 = 0
    }

    private let state = Mutex(State())
    private let metrics: Metrics

    package init(metrics: Metrics) { self.metrics = metrics }

    /// How many connections have said who they are.
    package var memberCount: Int { state.withLock { $0.members.count } }

    /// Sends `{"stream": "journal.{user_id}", "data": {"e": event}}` to a person's connections that listen.
    ///
    /// - Parameter except: the session that did it, and knows.
    package func publish(_ event: String, on channel: Channel, to person: ID<Person>, except: ID<Session>?) {
        let listeners = state.withLock { state in
            (state.connections[person] ?? []).compactMap { state.members[$0] }
                .filter { $0.caller.id == person && $0.caller.session != except && $0.channels.contains(channel) }
        }
        guard !listeners.isEmpty else { return }
        let text = "{\"stream\":\"\(Self.stream(channel, of: person))\",\"data\":{\"e\":\"\(event)\"}}"
        for listener in listeners { listener.deliver(.event(text)) }
        metrics.add(listeners.count, to: .liveEvents)
    }

    /// Sends it a moment later, and once for all that happens until then: for what comes in bursts.
    package func publishSoon(
        _ event: String, on channel: Channel, to person: ID<Person>, except session: ID<Session>
    ) {
        let delayed = Delayed(event: event, channel: channel, person: person, session: session)
        guard state.withLock({ $0.delayed.insert(delayed).inserted }) else { return }
        Task {
            // Named in full: `Self` in the closure of a task, within a class, is a jump to nowhere in Swift 6.3.1.
            try? await Task.sleep(for: LiveFeed.delay)
            publish(delayed)
        }
    }

    /// A function of its own: an optional id that a task's closure holds while it sleeps is another such jump.
    private func publish(_ delayed: Delayed) {
        _ = state.withLock { $0.delayed.remove(delayed) }
        publish(delayed.event, on: delayed.channel, to: delayed.person, except: delayed.session)
    }

    private static let delay = Duration.milliseconds(500)

    /// Those whose connections have said who they are.
    package var sessions: Set<ID<Session>> { state.withLock { Set($0.members.values.map(\.caller.session)) } }

    /// Ends the connections of a session that was revoked.
    package func end(_ session: ID<Session>) {
        let members = state.withLock { $0.members.values.filter { $0.caller.session == session } }
        for member in members { member.deliver(.end) }
    }

    static func stream(_ channel: Channel, of person: ID<Person>) -> String { "\(channel.rawValue).\(person)" }

    /// - Returns: the number by which the connection is known from here on.
    func join(_ caller: Caller, deliver: @escaping @Sendable (Delivery) -> Void) -> UInt64 {
        state.withLock { state in
            state.lastConnection += 1
            state.members[state.lastConnection] = Member(caller: caller, deliver: deliver)
            state.connections[caller.id, default: []].insert(state.lastConnection)
            return state.lastConnection
        }
    }

    /// Newer papers of the same person.
    func renew(_ connection: UInt64, _ caller: Caller) { state.withLock { $0.members[connection]?.caller = caller } }

    func subscribe(_ connection: UInt64, to channels: Set<Channel>) {
        state.withLock { $0.members[connection]?.channels.formUnion(channels) }
    }

    func unsubscribe(_ connection: UInt64, from channels: Set<Channel>) {
        state.withLock { $0.members[connection]?.channels.subtract(channels) }
    }

    func leave(_ connection: UInt64) {
        state.withLock { state in
            guard let member = state.members.removeValue(forKey: connection) else { return }
            state.connections[member.caller.id]?.remove(connection)
            if state.connections[member.caller.id]?.isEmpty == true { state.connections[member.caller.id] = nil }
        }
    }
}
