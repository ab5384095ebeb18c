import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket
import Primitives

/// A connection that speaks HTTP, and WebSocket when its first request asks for that on a path where there is one.
///
/// Hummingbird has no WebSocket, so this is swift-nio's, in the place where Hummingbird takes a channel of its own.
struct SocketChannel: ServerChildChannel, HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: Connection
        let decided: EventLoopFuture<Decided>
    }

    /// What the first request made of the connection.
    enum Decided: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case webSocket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, Caller?)
    }

    let responder: HTTPChannelHandler.Responder
    /// The paths that can be upgraded.
    let paths: Set<String>
    let feed: LiveFeed
    let sessions: SessionAdmission
    let proxies: TrustedProxies
    let connections: ConnectionCount
    /// Nil where the connection is plain.
    let tls: NIOSSLContext?
    let limits: WebLimits
    let world: World
    let metrics: Metrics

    private struct TooManyConnections: Error {}

    /// What cannot be served is closed: nobody else would, and it would count as long as the other side likes.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try assemble(channel, logger) }.flatMapErrorThrowing { error in
            metrics.add(to: .connectionsRefused)
            channel.close(promise: nil)
            throw error
        }
    }

    private func assemble(_ channel: any Channel, _ logger: Logger) throws -> Value {
        guard connections.admit(channel) else { throw TooManyConnections() }
        let connection = Connection(channel)
        try channel.syncOptions?.setOption(
            .writeBufferWaterMark, value: .init(low: WebLimits.pieceBytes / 4, high: WebLimits.pieceBytes / 2))
        try channel.pipeline.syncOperations.addHandler(
            ConnectionWatch(connection, readerSeconds: limits.readerSeconds, metrics: metrics))
        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = WebLimits.headersBytesMax
        decoderLimits.maxHeaderListSize = WebLimits.headersBytesMax
        decoderLimits.maxHeaderFieldCount = WebLimits.headerCountMax
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
        let parseErrors = HTTPServerProtocolErrorHandler()
        let gate = RequestHeadGate()
        let undecided = UndecidedHandler(seconds: limits.handshakeSeconds)
        let filter = UpgradeFilter(paths: paths)
        let upgrader = NIOTypedHTTPServerUpgradeHandler<Decided>(
            httpEncoder: encoder, extraHTTPHandlers: [decoder, parseErrors, gate, undecided, filter],
            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [Handshake(sessions: sessions, proxies: proxies).upgrader()]
            ) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    for handler: any RemovableChannelHandler in [
                        try pipeline.handler(type: HTTPServerProtocolErrorHandler.self),
                        try pipeline.handler(type: UndecidedHandler.self),
                        try pipeline.handler(type: UpgradeFilter.self),
                    ] {
                        pipeline.removeHandler(handler, promise: nil)
                    }
                    return try http(channel, connection, logger)
                }
            })
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([encoder, decoder, parseErrors, gate, undecided, filter, upgrader])
        return Value(channel: channel, connection: connection, decided: upgrader.upgradeResultFuture)
    }

    private func http(_ channel: any Channel, _ connection: Connection, _ logger: Logger) throws -> Decided {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
        try pipeline.addHandler(OpenRequestsHandler(connection))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: .seconds(limits.idleSeconds), logger: logger))
        try pipeline.addHandler(LastAnswerHandler())
        return .http(
            try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
    }

    func handle(value: Value, logger: Logger) async {
        // Whatever became of it, nothing is left that would listen.
        defer { value.channel.close(promise: nil) }
        // A connection that ends before its first request has nothing to say.
        guard let decided = try? await value.decided.get() else { return }
        switch decided {
        case .http(let channel):
            await Connection.$current.withValue(value.connection) {
                await handleHTTP(asyncChannel: channel, logger: logger)
            }
        case .webSocket(let channel, let caller):
            let conversation = LiveConversation(
                channel: value.channel, feed: feed, sessions: sessions, limits: limits, world: world,
                metrics: metrics)
            await conversation.run(channel, caller: caller)
        }
    }
}
