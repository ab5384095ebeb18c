import HTTPTypes
import Hummingbird
import HummingbirdCore
import Primitives

/// One request to one route, from the question who calls to the answer as it goes out.
final class RouteJob: RequestJob {
    private let route: RouteTable.Route
    private let request: Request
    private let context: CallContext
    private let proxies: TrustedProxies
    private let origins: Origins
    private let limits: WebLimits
    private let unread: FairSpace<Holder>
    private let bodies: BodyRoom
    private let work: RequestWork
    private let metrics: Metrics

    init(
        _ route: RouteTable.Route, _ request: Request, _ context: CallContext, proxies: TrustedProxies,
        origins: Origins, limits: WebLimits, unread: FairSpace<Holder>, bodies: BodyRoom, work: RequestWork,
        metrics: Metrics
    ) {
        self.route = route
        self.request = request
        self.context = context
        self.proxies = proxies
        self.origins = origins
        self.limits = limits
        self.unread = unread
        self.bodies = bodies
        self.work = work
        self.metrics = metrics
    }

    /// - Throws: `answers.unread`, `answers.too_many`, `request.too_much`; what the admission and the handler throw.
    func perform() async throws -> Response {
        let address = proxies.client(of: request, from: context.peer)
        let caller = try await route.admits.admit(Credentials(request, from: address))
        let holder = caller.map { Holder.person($0.id) } ?? .address((address ?? .unknown).household)
        try unread.check(holder)
        let query = try Query(request.uri.query ?? "")
        if let known = route.reads { try query.check(known) }
        let room = bodies.room(for: holder, giveWay: close)
        defer { room.share.giveBack() }
        let call = Call(
            request, context, query: query, caller: caller, from: address, origins: origins, limits: limits,
            work: work, room: room, failures: route.failures)
        let answer = try await route.handler(call)
        var response = Representation.of(answer.hummingbird, for: request, on: route)
        // What fits into the connection is not waited for.
        if answer.heldBytes > WebLimits.pieceBytes {
            guard answer.heldBytes <= unread.bytesAtMost else { throw Failure.tooMuchWork }
            let share = unread.share(of: holder, giveWay: close)
            try share.take(Int64(answer.heldBytes))
            response.body = response.body.holding(share)
        }
        return response
    }

    /// Makes room for others.
    private var close: @Sendable () -> Void {
        let (connection, metrics) = (context.connection, metrics)
        return {
            metrics.add(to: .slowReadersClosed)
            connection?.close()
        }
    }
}
