import HTTPTypes
import Hummingbird
import HummingbirdCore
import Primitives

/// One request to one route, from the question who calls to the answer as it goes out.
final class RouteJob: RequestJob {
    private let route: RouteTable.Route
    private let request: Request
    private let context: CallContext
    private let admittance: Admittance
    private let limits: WebLimits
    private let unread: HeldBytes
    private let bodies: HeldBytes
    private let work: RequestWork

    init(
        _ route: RouteTable.Route, _ request: Request, _ context: CallContext, admittance: Admittance,
        limits: WebLimits, unread: HeldBytes, bodies: HeldBytes, work: RequestWork
    ) {
        self.route = route
        self.request = request
        self.context = context
        self.admittance = admittance
        self.limits = limits
        self.unread = unread
        self.bodies = bodies
        self.work = work
    }

    /// - Throws: `answers.unread`, `answers.too_many`; what `Admittance` and the handler throw.
    func perform() async throws -> Response {
        let address = admittance.address(of: request, context)
        let caller = try await admittance.admit(request, from: address, to: route.admits)
        let holder =
            caller.map { HeldBytes.Holder.person($0.id) }
            ?? .address((address ?? .unknown).household)
        try unread.check(holder)
        let query = try Query(request.uri.query ?? "")
        if let known = route.reads { try query.check(known) }
        let call = Call(
            request, context, query: query, caller: caller, from: address, origins: admittance.origins,
            limits: limits, work: work,
            room: HeldBody(bodies, for: holder, connection: context.connection, work: work))
        let answer = try await route.handler(call)
        var response = Representation.of(answer.hummingbird, for: request, on: route)
        // What fits into the connection is not waited for.
        if answer.heldBytes > WebLimits.pieceBytes {
            let connection = context.connection
            let share = try unread.reserve(answer.heldBytes, for: holder) { connection?.close() }
            response.body = response.body.holding(share)
        }
        return response
    }
}
