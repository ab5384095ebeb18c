import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Ends the connection after an answer that says `Connection: close`, and reads no more of the request.
///
/// Closing at once would make the system throw away the answer along with what was not read, so there is a moment in
/// between. What comes out of requests that had arrived already goes nowhere.
final class LastAnswerHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isLast = false
    private var isOver = false

    func read(context: ChannelHandlerContext) {
        if !isLast { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isOver {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(data, promise: promise)
        switch unwrapOutboundIn(data) {
        case .head(let head): isLast = head.headerFields[.connection] == "close"
        case .body: break
        case .end:
            guard isLast else { return }
            isOver = true
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
    }
}

/// Sees to it that nothing is worked on after an answer that says `Connection: close`, whatever has arrived already.
struct LastAnswerMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        if response.headers[.connection] == "close" { context.connection?.hangUp() }
        return response
    }
}
