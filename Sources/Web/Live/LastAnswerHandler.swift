import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends the connection after an answer that says `Connection: close`, and reads no more of the request.
///
/// Closing at once would make the system throw away the answer along with what was not read, so there is a moment in
/// between.
final class LastAnswerHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isLast = false

    func read(context: ChannelHandlerContext) {
        if !isLast { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        switch unwrapOutboundIn(data) {
        case .head(let head): isLast = head.headerFields[.connection] == "close"
        case .body: break
        case .end:
            guard isLast else { return }
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
    }
}
