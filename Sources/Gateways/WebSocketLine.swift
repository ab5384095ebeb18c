import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Primitives

/// One WebSocket connection as a client makes it: over TLS where the server's URL says so, every frame masked.
struct WebSocketLine: Sendable {
    let channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private static let connectSeconds: Int64 = 10

    private enum Decided: Sendable {
        case open(WebSocketLine)
        case refused
    }

    /// - Throws: `live.refused` when the server answers with anything but the upgrade; what the network throws.
    static func open(_ server: ServerURL, bearer: String, frameBytesMax: Int) async throws -> WebSocketLine {
        let tls = server.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let decided = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(connectSeconds))
            .connect(host: server.host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(handler(tls, server.host))
                    }
                    return try upgrade(channel, server, bearer: bearer, frameBytesMax: frameBytesMax)
                }
            }
        switch try await decided.get() {
        case .open(let line): return line
        case .refused: throw Failure.liveRefused
        }
    }

    /// A certificate for a bare IP address is checked without a name in the handshake: TLS has no such thing.
    private static func handler(_ tls: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
    }

    private static func upgrade(
        _ channel: any Channel, _ server: ServerURL, bearer: String, frameBytesMax: Int
    ) throws -> EventLoopFuture<Decided> {
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: server.authority)
        headers.add(name: "Authorization", value: "Bearer \(bearer)")
        let upgrader = NIOTypedWebSocketClientUpgrader<Decided>(
            maxFrameSize: frameBytesMax,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    .open(WebSocketLine(channel: try NIOAsyncChannel(wrappingChannelSynchronously: channel)))
                }
            })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(
                upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                    upgradeRequestHead: HTTPRequestHead(
                        version: .http1_1, method: .GET, uri: server.liveURI, headers: headers),
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.close().recover { _ in }.map { .refused }
                    })))
    }

    func text(_ text: String) -> WebSocketFrame { frame(.text, ByteBuffer(string: text)) }

    func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer = ByteBuffer()) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }
}
