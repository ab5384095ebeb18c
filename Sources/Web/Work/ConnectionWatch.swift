import NIOCore
import NIOHTTPTypes

/// Stands where a connection's bytes come in and go out, and notices three things: that the other side has gone, that
/// it does not read what it asked for, and that a request has had its time.
///
/// Whoever sends no more (a FIN) is taken to have gone, as in most servers: it cannot be told apart from a program that
/// ended, and work for nobody is what must not go on.
final class ConnectionWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private static let interval = TimeAmount.seconds(1)

    private let connection: Connection
    private let readerTime: TimeAmount
    private let metrics: Metrics
    private var tick: Scheduled<Void>?
    /// Of all that was written.
    private var writtenBytes = 0
    private var progress = Progress()

    /// How far the other side has read, and when that was noted.
    private struct Progress {
        var takenBytes = 0
        var noted = NIODeadline.uptimeNanoseconds(0)
    }

    init(_ connection: Connection, readerSeconds: Int, metrics: Metrics) {
        self.connection = connection
        readerTime = .seconds(Int64(readerSeconds))
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        startTicking(context)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        startTicking(context)
        writtenBytes += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { connection.hangUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.hangUp()
        tick?.cancel()
        tick = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.hangUp()
        tick?.cancel()
        tick = nil
    }

    // MARK: Once a second, as long as there is something to watch

    private func startTicking(_ context: ChannelHandlerContext) {
        guard tick == nil, context.channel.isActive else { return }
        progress = Progress(takenBytes: writtenBytes - unread(context), noted: .now())
        schedule(context)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        tick = nil
        connection.checkDeadline()
        let unread = unread(context)
        let taken = writtenBytes - unread
        if unread == 0 || taken - progress.takenBytes >= WebLimits.readerBytesMin {
            progress = Progress(takenBytes: taken, noted: .now())
        } else if .now() - progress.noted >= readerTime {
            metrics.add(to: .slowReadersClosed)
            connection.hangUp()
            context.close(promise: nil)
            return
        }
        if unread > 0 || connection.isBusy { schedule(context) }
    }

    /// The bytes that were written and did not leave this process.
    private func unread(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

@available(*, unavailable)
extension ConnectionWatch: Sendable {}

/// Counts the requests of a connection that are open.
final class OpenRequestsHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { connection.requestCame() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { connection.requestAnswered() }
        context.write(data, promise: promise)
    }
}

@available(*, unavailable)
extension OpenRequestsHandler: Sendable {}
