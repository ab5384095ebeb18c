import Primitives

/// What bodies take of the memory, and who may send large ones when.
///
/// A body holds the room of the bytes that have come and of what is unpacked from them, and none for those that have not
/// come: whoever announces much and sends nothing takes nothing from anybody. One that has not come to its end gives way
/// when others need its room.
struct BodyRoom: Sendable {
    private let space: FairSpace<Holder>
    private let turnstile: Turnstile<Holder>

    init(_ limits: WebLimits) {
        space = FairSpace(
            bytesMax: Int64(limits.bodiesBytesMax), bytesPerPersonMax: Int64(limits.personBodiesBytesMax),
            graceTime: .seconds(WebLimits.readerGraceSeconds), ownRefusal: .bodiesTooMany, refusal: .bodiesNoRoom)
        turnstile = Turnstile(
            .init(
                insideMax: .max, insidePerPersonMax: WebLimits.receivingPerPersonMax, waitingMax: .max,
                waitingPerPersonMax: WebLimits.receivingWaitingPerPersonMax))
    }

    /// - Parameter giveWay: ends the request.
    func room(for holder: Holder, giveWay: @escaping @Sendable () -> Void) -> HeldBody {
        HeldBody(
            share: space.share(of: holder, freeBytes: Int64(WebLimits.smallBodyBytesMax), giveWay: giveWay),
            turnstile: turnstile, holder: holder)
    }
}

/// What the body of one request takes of the memory.
struct HeldBody: Sendable {
    let share: FairSpace<Holder>.Share
    fileprivate let turnstile: Turnstile<Holder>
    fileprivate let holder: Holder

    /// Waits until less of this holder's large bodies are received. It is not read meanwhile.
    func inTurn<T>(_ body: () async throws -> T) async throws -> T { try await turnstile.pass(holder, body) }
}

extension Failure {
    fileprivate static let bodiesTooMany = Failure(
        .tooMany, "bodies.too_many", "You are sending too many large bodies at once. Send one after the other.",
        retryAfterSeconds: 2)
    fileprivate static let bodiesNoRoom = Failure(
        .unavailable, "bodies.no_room",
        "The server is taking in too many large bodies right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
