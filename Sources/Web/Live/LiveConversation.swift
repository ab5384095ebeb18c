import Foundation
import Logging
import NIOCore
import NIOWebSocket
import Primitives
import ServiceLifecycle
import Synchronization

/// One WebSocket connection from the upgrade to the goodbye.
///
/// Nobody has to say who they are to connect; nothing private is heard before. It ends with 4401 when the session is
/// revoked or its token runs out (`AUTH` with a newer one prolongs it), with 1001 when the server stops, and without
/// a word when the other side stopped to read.
final class LiveConversation: Sendable {
    /// Close codes of our own begin at 4000.
    static let sessionOver = WebSocketErrorCode.unknown(4401)

    private enum Outgoing: Sendable {
        case text(String)
        case ping
        case pong(ByteBuffer)
        case close(WebSocketErrorCode, String)
    }

    private struct Identity {
        var caller: Caller
        let connection: UInt64
    }

    private struct State {
        var identity: Identity?
        var failedAuthentications = 0
        var heard = ContinuousClock.now
    }

    private let channel: any Channel
    private let feed: LiveFeed
    private let sessions: SessionAdmission
    private let limits: WebLimits
    private let world: World
    private let metrics: Metrics
    private let state = Mutex(State())
    private let outgoing: AsyncStream<Outgoing>
    private let queue: AsyncStream<Outgoing>.Continuation

    init(
        channel: any Channel, feed: LiveFeed, sessions: SessionAdmission, limits: WebLimits, world: World,
        metrics: Metrics
    ) {
        self.channel = channel
        self.feed = feed
        self.sessions = sessions
        self.limits = limits
        self.world = world
        self.metrics = metrics
        (outgoing, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(WebLimits.waitingEventsMax))
    }

    /// - Parameter caller: who the handshake said it is.
    func run(_ asyncChannel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, caller: Caller?) async {
        if let caller { identify(caller) }
        defer { state.withLock { $0.identity }.map { feed.leave($0.connection) } }
        // What fails from here on is a connection that broke, which is how most of them end.
        try? await asyncChannel.executeThenClose { inbound, outbound in
            await withGracefulShutdownHandler {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.beat() }
                    async let writing: Void? = try? write(to: outbound)
                    let isOver = await read(inbound)
                    queue.finish()
                    // What was said last has to be heard before the connection is closed.
                    _ = await writing
                    if !isOver { try? await channel.closeFuture.get() }
                    group.cancelAll()
                }
            } onGracefulShutdown: {
                self.send(.close(.goingAway, "the server is stopping"))
            }
        }
    }

    // MARK: Out

    private func send(_ message: Outgoing) {
        guard case .dropped = queue.yield(message) else { return }
        queue.finish()
        metrics.add(to: .slowReadersDropped)
        channel.close(promise: nil)
    }

    private func write(to outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
        for await message in outgoing {
            switch message {
            case .text(let text):
                try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
            case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
            case .pong(let data): try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: data))
            case .close(let code, let reason):
                var data = ByteBuffer()
                data.write(webSocketErrorCode: code)
                data.writeString(reason)
                try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
                // The other side answers in kind; who does not is not waited for.
                channel.eventLoop.scheduleTask(in: .seconds(Int64(WebLimits.closeSeconds))) { [channel] in
                    channel.close(promise: nil)
                }
                return
            }
        }
    }

    /// Asks whether the other side is still there, and ends the connection with its token.
    private func beat() async {
        let silenceMax = Duration.seconds(limits.pingSeconds) * 2.5
        var pinged = ContinuousClock.now
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(min(1, limits.pingSeconds)))
            let now = ContinuousClock.now
            let (caller, heard) = state.withLock { ($0.identity?.caller, $0.heard) }
            if let caller, caller.expires <= world.now() { return send(.close(Self.sessionOver, "the token expired")) }
            if now - heard > silenceMax {
                channel.close(promise: nil)
                return
            }
            if now - pinged >= .seconds(limits.pingSeconds) {
                pinged = now
                send(.ping)
            }
        }
    }

    // MARK: In

    /// Listens until the other side has said goodbye or hung up.
    ///
    /// - Returns: false when what came cannot be read any more: our own goodbye still has to get there.
    private func read(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>) async -> Bool {
        var assembly = MessageAssembly()
        // After a goodbye of ours nothing counts but theirs.
        var isLeaving = false
        do {
            for try await frame in inbound {
                state.withLock { $0.heard = .now }
                guard !isLeaving || frame.opcode == .connectionClose else { continue }
                switch assembly.take(frame) {
                case .nothing: break
                case .ping(let data): send(.pong(data))
                case .goodbye:
                    send(.close(.normalClosure, ""))
                    return true
                case .breach(let code, let reason):
                    send(.close(code, reason))
                    isLeaving = true
                case .message(let message): isLeaving = await !hear(message)
                }
            }
            return true
        } catch let error as NIOWebSocketError {
            let isTooLarge = error == .invalidFrameLength
            send(.close(isTooLarge ? .messageTooLarge : .protocolError, isTooLarge ? "a frame may have 16 KiB" : ""))
            return false
        } catch {
            return true
        }
    }

    /// - Returns: false when the connection has to end.
    private func hear(_ message: [UInt8]) async -> Bool {
        guard let request = try? JSONDecoder().decode(LiveRequest.self, from: Data(message)),
            request.params.count <= WebLimits.paramsMax
        else {
            send(.text(LiveReply(id: nil, error: .badRequest).text))
            return true
        }
        do throws(LiveReply.Refusal) {
            switch request.method {
            case .authenticate: try await authenticate(request.params)
            case .subscribe: try subscribe(request.params)
            case .unsubscribe: try unsubscribe(request.params)
            }
            send(.text(LiveReply(id: request.id, error: nil).text))
        } catch {
            send(.text(LiveReply(id: request.id, error: error).text))
            guard state.withLock({ $0.failedAuthentications }) < WebLimits.failedAuthenticationsMax else {
                send(.close(.policyViolation, "too many wrong tokens"))
                return false
            }
        }
        return true
    }

    private func authenticate(_ params: [String]) async throws(LiveReply.Refusal) {
        guard params.count == 1 else { throw .badRequest }
        let found: Caller?
        do {
            found = try await sessions.authenticator.caller(
                holding: params[0], from: channel.remoteAddress.flatMap { ClientAddress($0) })
        } catch {
            throw .unavailable
        }
        guard let caller = found else {
            state.withLock { $0.failedAuthentications += 1 }
            throw .badToken
        }
        if let known = state.withLock({ $0.identity }) {
            guard known.caller.id == caller.id else { throw .otherPerson }
            state.withLock { $0.identity?.caller = caller }
            feed.renew(known.connection, caller)
        } else {
            identify(caller)
        }
    }

    private func identify(_ caller: Caller) {
        let connection = feed.join(caller) { [weak self] delivery in
            switch delivery {
            case .event(let text): self?.send(.text(text))
            case .end: self?.send(.close(Self.sessionOver, "the session was ended"))
            }
        }
        state.withLock { $0.identity = Identity(caller: caller, connection: connection) }
    }

    private func subscribe(_ params: [String]) throws(LiveReply.Refusal) {
        let (channels, identity) = try ownChannels(params)
        guard params.count <= limits.subscriptionsMax else { throw .tooManyChannels }
        feed.subscribe(identity.connection, to: channels)
    }

    private func unsubscribe(_ params: [String]) throws(LiveReply.Refusal) {
        let (channels, identity) = try ownChannels(params)
        feed.unsubscribe(identity.connection, from: channels)
    }

    /// One that is not understood or not one's own refuses the whole list.
    private func ownChannels(_ params: [String]) throws(LiveReply.Refusal) -> (Set<LiveFeed.Channel>, Identity) {
        guard !params.isEmpty else { throw .badRequest }
        let identity = state.withLock { $0.identity }
        var channels: Set<LiveFeed.Channel> = []
        for name in params {
            guard let (channel, owner) = LiveFeed.Channel.parse(name) else { throw .unknownChannel }
            guard let identity, owner == nil || owner == identity.caller.id else { throw .notYours }
            channels.insert(channel)
        }
        guard let identity else { throw .notYours }
        return (channels, identity)
    }
}
