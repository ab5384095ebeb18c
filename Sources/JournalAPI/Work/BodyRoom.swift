import Primitives
import Web

/// Where large bodies are received.
///
/// One that is being received holds the room of the bytes that have come, and none for those that have not: whoever
/// announces much and sends nothing takes nothing from anybody. Of one person only some are received at once; the others
/// wait unread, in that person's own line.
package struct BodyRoom: Sendable {
    private let turnstile: Turnstile<ID<Caller>>
    private let space: FairSpace

    /// - Parameter bodiesMax: that are in memory at once, each with up to 16 MiB.
    package init(bodiesMax: Int) {
        turnstile = Turnstile(
            .init(
                insideMax: .max, insidePerPersonMax: WorkLimits.bodiesPerPersonMax, waitingMax: .max,
                waitingPerPersonMax: WorkLimits.bodiesWaitingPerPersonMax))
        // One more, because nobody gets more than stays free.
        space = FairSpace(
            bytesMax: Int64(bodiesMax + 1) * WorkLimits.bodyBytesMax,
            bytesPerPersonMax: WorkLimits.bodyBytesPerPersonMax)
    }

    /// Receives a body and does something with it.
    ///
    /// - Parameter body: is given the share to which it counts the bytes that it keeps in memory.
    /// - Throws: `server.busy` when this person has too many bodies on their way, or there is no room for one.
    func receive<T>(_ call: Call, _ body: (FairSpace.Share) async throws -> T) async throws -> T {
        let person = try call.caller.id
        let share = space.share(of: person, freeBytes: Int64(WorkLimits.smallBodyBytesMax))
        if let count = call.bodyCount, count <= Int64(WorkLimits.smallBodyBytesMax) { return try await body(share) }
        return try await turnstile.pass(person) { try await body(share) }
    }
}
