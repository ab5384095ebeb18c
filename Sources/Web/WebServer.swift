import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Primitives
import ServiceLifecycle

/// Where to listen. Port 0 lets the system choose.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, with an IPv6 address in square brackets. Nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Everything that listens, made from the families' route tables.
package struct WebServer: Sendable {
    private let tables: [RouteTable]
    private let door: DoorSettings
    private let sessions: SessionAdmission
    private let connections: ConnectionCount
    private let feed: LiveFeed
    private let metrics: Metrics
    private let limits: WebLimits
    private let unread: FairSpace<Holder>
    private let bodies: BodyRoom
    private let world: World
    private let logger: Logger

    package init(
        tables: [RouteTable], sessions: SessionAdmission, door: DoorSettings, feed: LiveFeed, metrics: Metrics,
        limits: WebLimits, world: World, logger: Logger
    ) {
        self.tables = tables
        self.door = door
        self.sessions = sessions
        connections = ConnectionCount(addressMax: limits.addressConnectionsMax, proxies: door.proxies)
        self.feed = feed
        self.metrics = metrics
        self.limits = limits
        unread = .unreadAnswers(limits)
        bodies = BodyRoom(limits)
        self.world = world
        self.logger = logger
    }

    /// REST, and WebSocket on `/ws`.
    ///
    /// - Parameter running: is told the port once it listens.
    package func http(
        on address: ListenAddress, running: @escaping @Sendable (_ port: Int) async -> Void
    ) -> any Service { service(router(tables), ["/ws"], address, running) }

    /// WebSocket on a port of its own, as in the API reference.
    package func webSocket(
        on address: ListenAddress, running: @escaping @Sendable (_ port: Int) async -> Void
    ) -> any Service { service(router([]), ["/", "/ws"], address, running) }

    private func router(_ tables: [RouteTable]) -> Router<CallContext> {
        let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: LastAnswerMiddleware())
        router.add(middleware: RequestLogMiddleware(metrics: metrics))
        router.add(middleware: AnswerHeaderMiddleware(isSecure: door.isSecure))
        router.add(middleware: RequestHeadMiddleware())
        router.add(middleware: CrossOriginMiddleware(allowed: Set(door.allowedOrigins)))
        router.add(middleware: FailureMiddleware(shapes: FailureShapes(tables)))
        let routes = tables.flatMap(\.routes)
        for route in routes {
            guard let method = HTTPRequest.Method(rawValue: route.method) else { continue }
            router.on(RouterPath(route.path), method: method, responder: responder(route))
        }
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            guard let failures = routes.first?.failures else { continue }
            // Whatever can be got can be asked about.
            let methods = Set(routes.map(\.method))
            refuseOtherMethods(path, methods.contains("GET") ? methods.union(["HEAD"]) : methods, failures, router)
        }
        return router
    }

    private func responder(_ route: RouteTable.Route) -> CallbackResponder<CallContext> {
        CallbackResponder { [sessions, door, limits, unread, bodies, metrics] request, context in
            let work = RequestWork(budget: .ofRequest(), seconds: limits.workSeconds, metrics: metrics)
            context.connection?.begin(work)
            defer { context.connection?.end(work) }
            return try await work.run(
                RouteJob(
                    route, request, context, proxies: door.proxies, origins: sessions.origins, limits: limits,
                    unread: unread, bodies: bodies,
                    work: work, metrics: metrics))
        }
    }

    /// A path that is there says which methods it knows.
    private func refuseOtherMethods(
        _ path: String, _ methods: Set<String>, _ failures: FailureShape, _ router: Router<CallContext>
    ) {
        let allowed = methods.sorted()
        let refused = CallbackResponder<CallContext> { _, context in
            var answer = failures.answer(.wrongMethod(allowed), requestID: context.id)
            answer["allow"] = allowed.joined(separator: ", ")
            return answer.hummingbird
        }
        for method in Self.methods where !methods.contains(method.rawValue) {
            router.on(RouterPath(path), method: method, responder: refused)
        }
    }

    /// Those that are in use. Whatever else comes is met by no path.
    private static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
        + [HTTPRequest.Method("QUERY")].compactMap { $0 }

    private func service(
        _ router: Router<CallContext>, _ paths: Set<String>, _ address: ListenAddress,
        _ running: @escaping @Sendable (_ port: Int) async -> Void
    ) -> any Service {
        var configuration = ApplicationConfiguration(address: .hostname(address.host, port: address.port))
        configuration.availableConnectionsDelegate = .maximum(limits.connectionsMax, logger: logger)
        return Application(
            responder: router.buildResponder(),
            server: HTTPServerBuilder { responder in
                SocketChannel(
                    responder: responder, paths: paths, feed: feed, sessions: sessions, proxies: door.proxies,
                    connections: connections,
                    tls: door.tls, limits: limits, world: world, metrics: metrics)
            },
            configuration: configuration,
            onServerRunning: { await running($0.localAddress?.port ?? address.port) },
            logger: logger)
    }
}
