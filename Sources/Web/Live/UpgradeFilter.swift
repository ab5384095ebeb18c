import NIOCore
import NIOHTTP1

/// Takes the wish to upgrade out of requests that cannot have it, so that they are answered as plain HTTP.
///
/// Behind it stands swift-nio's typed upgrade handler, which loses the head of a request whose upgrade nobody claims;
/// `curl --http2` sends one with every first request.
final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let paths: Set<String>

    init(paths: Set<String>) { self.paths = paths }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "upgrade"), !isWebSocket(head)
        else { return context.fireChannelRead(data) }
        head.headers.remove(name: "upgrade")
        head.headers.remove(name: "http2-settings")
        let options = head.headers[canonicalForm: "connection"].filter {
            $0.lowercased() != "upgrade" && $0.lowercased() != "http2-settings"
        }
        head.headers.remove(name: "connection")
        if !options.isEmpty { head.headers.add(name: "connection", value: options.joined(separator: ", ")) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func isWebSocket(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.prefix { $0 != "?" }
        return head.method == .GET && paths.contains(String(path)) && head.version == .http1_1
            && head.headers[canonicalForm: "upgrade"].map { $0.lowercased() } == ["websocket"]
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers["sec-websocket-key"].count == 1 && head.headers["sec-websocket-version"] == ["13"]
            && !head.headers.contains(name: "content-length") && !head.headers.contains(name: "transfer-encoding")
    }
}

/// Ends a connection that has not sent its first request in time, or when the server stops before it did.
final class UndecidedHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let seconds: Int
    private var deadline: Scheduled<Void>?

    init(seconds: Int) { self.seconds = seconds }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
