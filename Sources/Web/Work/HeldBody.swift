import Primitives

/// Takes room for a body as it comes. It is given back when the request is done with.
struct HeldBody: Sendable {
    private let bodies: HeldBytes
    private let holder: HeldBytes.Holder
    private let connection: Connection?
    private let work: RequestWork

    init(_ bodies: HeldBytes, for holder: HeldBytes.Holder, connection: Connection?, work: RequestWork) {
        self.bodies = bodies
        self.holder = holder
        self.connection = connection
        self.work = work
    }

    /// Bytes that were announced and do not come hold nothing; those that came do.
    ///
    /// - Parameters:
    ///   - count: of the bytes that have come.
    ///   - taken: of the bytes that room was taken for; as many more are taken as are needed.
    /// - Throws: `bodies.too_many`, `bodies.no_room`.
    func extend(to count: Int, taken: inout Int) throws(Failure) {
        while count - WebLimits.bodyFreeBytes > taken {
            let connection = connection
            work.hold(try bodies.reserve(WebLimits.bodyFreeBytes, for: holder) { connection?.close() })
            taken += WebLimits.bodyFreeBytes
        }
    }
}
