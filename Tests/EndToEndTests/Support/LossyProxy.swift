import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Stands between devices and the server: keeps what both send, and does to it what networks do.
final class LossyProxy: Sendable {
    /// What happens to one connection.
    struct Fate: Sendable {
        /// The connection is cut after so many bytes from the device; what is beyond is lost.
        var sentBytesMax: Int?
        /// The same for bytes from the server.
        var receivedBytesMax: Int?
        /// Every piece waits so long.
        var delayMilliseconds: Int64 = 0
    }

    /// What went over one connection, what was cut off included.
    struct Traffic: Sendable {
        var sent: [UInt8] = []
        var received: [UInt8] = []
    }

    let port: Int
    private let record: Record
    private let listener: any Channel

    init() async throws {
        let record = Record()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { Relay.connect($0, record) }
            .bind(host: "127.0.0.1", port: 0).get()
        self.record = record
        port = listener.localAddress?.port ?? 0
    }

    func close() async throws { try await listener.close() }

    /// Says where the server is, and what happens to the next connections; those after them have a good line.
    func lead(to port: Int, _ fates: [Fate] = []) {
        record.state.withLock { state in
            state.target = port
            state.fates = fates
        }
    }

    /// How many fates have come true.
    var cutCount: Int { record.state.withLock { $0.cutCount } }

    /// What has gone over the line since the last time this was asked.
    func takeTraffic() -> [Traffic] {
        record.state.withLock { state in
            defer { state.traffic = Array(repeating: Traffic(), count: state.traffic.count) }
            return state.traffic
        }
    }
}

/// What the connections of a proxy have in common.
private final class Record: Sendable {
    struct State {
        var target = 0
        var fates: [LossyProxy.Fate] = []
        var traffic: [LossyProxy.Traffic] = []
        var cutCount = 0
    }

    let state = Mutex(State())

    /// - Returns: where the next connection goes, its number, and its fate.
    func next() -> (target: Int, number: Int, fate: LossyProxy.Fate) {
        state.withLock { state in
            state.traffic.append(LossyProxy.Traffic())
            let fate = state.fates.isEmpty ? LossyProxy.Fate() : state.fates.removeFirst()
            return (state.target, state.traffic.count - 1, fate)
        }
    }

    func note(_ bytes: ByteBuffer, on number: Int, isSent: Bool) {
        state.withLock { state in
            if isSent {
                state.traffic[number].sent += bytes.readableBytesView
            } else {
                state.traffic[number].received += bytes.readableBytesView
            }
        }
    }

    func noteCut() { state.withLock { $0.cutCount += 1 } }
}

/// Hands on what one side sends.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let partner: any Channel
    private let record: Record
    private let number: Int
    private let isSent: Bool
    private let delay: TimeAmount
    private var rest: Int?

    private init(_ partner: any Channel, _ record: Record, _ number: Int, isSent: Bool, _ fate: LossyProxy.Fate) {
        self.partner = partner
        self.record = record
        self.number = number
        self.isSent = isSent
        delay = .milliseconds(fate.delayMilliseconds)
        rest = isSent ? fate.sentBytesMax : fate.receivedBytesMax
    }

    /// Connects a device's channel with the server.
    static func connect(_ device: any Channel, _ record: Record) -> EventLoopFuture<Void> {
        let (target, number, fate) = record.next()
        return ClientBootstrap(group: device.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMap { server in
                device.eventLoop.makeCompletedFuture {
                    try device.pipeline.syncOperations.addHandler(Relay(server, record, number, isSent: true, fate))
                    try server.pipeline.syncOperations.addHandler(Relay(device, record, number, isSent: false, fate))
                }
                // Not before both have a partner. The device's channel begins to read by itself once it is registered.
                .flatMap { device.setOption(.autoRead, value: true) }
                .flatMap { server.setOption(.autoRead, value: true) }
            }
            .flatMapError { _ in device.close() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        record.note(bytes, on: number, isSent: isSent)
        var isLast = false
        if let rest {
            guard rest > 0 else { return }
            isLast = bytes.readableBytes >= rest
            bytes = bytes.readSlice(length: min(rest, bytes.readableBytes)) ?? bytes
            self.rest = rest - bytes.readableBytes
        }
        let (device, partner, record) = (context.channel, partner, record)
        context.eventLoop.scheduleTask(in: delay) { [bytes, isLast] in
            let written = partner.writeAndFlush(bytes)
            guard isLast else { return }
            record.noteCut()
            written.whenComplete { _ in
                partner.close(promise: nil)
                device.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What is still waiting is handed on first.
        let partner = partner
        context.eventLoop.scheduleTask(in: delay + .milliseconds(1)) { partner.close(promise: nil) }
    }
}
