import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Primitives
import Synchronization

/// Lets one connection become a WebSocket, and finds out who it is when the request says so.
///
/// Nothing has to be said. A token that is shown must be good, though, and a cookie counts only from our own pages:
/// browsers send cookies with every WebSocket that any page opens, also to another port.
final class Handshake: Sendable {
    private let sessions: SessionAdmission
    private let proxies: TrustedProxies
    private let caller = Mutex<Caller?>(nil)

    init(sessions: SessionAdmission, proxies: TrustedProxies) {
        self.sessions = sessions
        self.proxies = proxies
    }

    func upgrader() -> NIOTypedWebSocketServerUpgrader<SocketChannel.Decided> {
        NIOTypedWebSocketServerUpgrader(
            // Whoever reads says goodbye in order; the automatic answer would hang up on it.
            maxFrameSize: WebLimits.frameBytesMax, enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeFutureWithTask { await self.identify(head.headers, peer: channel.remoteAddress) }
                    .flatMap { refusal in
                        guard let refusal else { return channel.eventLoop.makeSucceededFuture(HTTPHeaders()) }
                        return Self.refuse(refusal, channel)
                    }
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    .webSocket(
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel), self.caller.withLock { $0 })
                }
            })
    }

    private func identify(_ headers: HTTPHeaders, peer: SocketAddress?) async -> Failure? {
        let address = proxies.client(
            of: peer.flatMap { ClientAddress($0) }, forwardedFor: headers["x-forwarded-for"])
        do {
            if let authorization = headers.first(name: "authorization") {
                guard let token = Credentials.bearerToken(authorization) else { throw Failure.tokenInvalid }
                let found = try await sessions.caller(holding: token, from: address)
                caller.withLock { $0 = found }
            } else if let cookie = Cookies(from: headers["cookie"])[sessions.cookies.access] {
                guard let origin = headers.first(name: "origin"), sessions.origins.contains(origin) else {
                    throw Failure.foreignOrigin
                }
                // An old cookie comes along by itself; it makes nobody a stranger.
                let found = try await sessions.authenticator.caller(holding: cookie.value, from: address)
                caller.withLock { $0 = found }
            }
            return nil
        } catch let failure as Failure {
            return failure
        } catch {
            return Failure(.internal, "internal", "")
        }
    }

    /// Answers while the connection still speaks HTTP, and ends it: after this the upgrade handler knows no answer.
    private static func refuse(_ failure: Failure, _ channel: any Channel) -> EventLoopFuture<HTTPHeaders?> {
        let answer = FailureShape.standard.answer(failure, requestID: "-").hummingbird
        var headers = HTTPHeaders()
        for field in answer.headers { headers.add(name: field.name.rawName, value: field.value) }
        headers.replaceOrAdd(name: "content-length", value: "0")
        headers.replaceOrAdd(name: "connection", value: "close")
        headers.remove(name: "content-type")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status.code), headers: headers)
        return channel.eventLoop.makeSucceededVoidFuture().flatMap {
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            return channel.writeAndFlush(HTTPServerResponsePart.end(nil)).flatMap { channel.close() }
        }.map { nil }
    }
}
