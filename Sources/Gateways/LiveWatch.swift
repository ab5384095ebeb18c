import Foundation
import NIOCore
import NIOWebSocket
import Primitives

/// Hears from the server when the journal has changed on another device.
///
/// It connects again by itself, each time with more patience, and says so; news may have been missed in between, so
/// whoever listens syncs after each `connected`.
package struct LiveWatch: Sendable {
    package enum Event: Equatable, Sendable {
        /// From now on changes are told.
        case connected
        /// Another device, or the server itself, has written to the journal.
        case changed
        /// Changes are not told until the next `connected`.
        case disconnected(Failure)
    }

    private static let pingSeconds = 30
    /// Without a sign of life for so long the connection is given up.
    private static let silenceSeconds = 75
    private static let pauseMillisecondsMax = 60_000
    private static let eventsWaitingMax = 16
    private static let messageBytesMax = 16_384

    private let connection: ServerConnection
    private let world: World

    package init(_ connection: ServerConnection, world: World) {
        self.connection = connection
        self.world = world
    }

    /// The events from now on. The stream ends only with the task that reads it, or with `session.expired`, which is
    /// then its last event.
    package func events() -> AsyncStream<Event> {
        AsyncStream(bufferingPolicy: .bufferingNewest(Self.eventsWaitingMax)) { continuation in
            let task = Task {
                await follow { continuation.yield($0) }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(_ tell: @Sendable @escaping (Event) -> Void) async {
        var attempt = 0
        var isRefused = false
        while !Task.isCancelled {
            do {
                let bearer = try await connection.bearer(renewing: isRefused)
                isRefused = false
                let line = try await WebSocketLine.open(
                    connection.server, bearer: bearer, frameBytesMax: Self.messageBytesMax)
                isRefused = try await listen(to: line) {
                    attempt = 0
                    tell(.connected)
                } changed: {
                    tell(.changed)
                }
                tell(.disconnected(.liveEnded))
            } catch let failure as Failure {
                tell(.disconnected(failure))
                if failure.kind == .unauthenticated, failure.code != Failure.liveRefused.code { return }
                isRefused = failure.code == Failure.liveRefused.code
            } catch {
                if Task.isCancelled { return }
                tell(.disconnected(ServerFailure.network(error, connection.server)))
            }
            attempt += 1
            try? await pause(attempt)
        }
    }

    /// 0.5, 1, 2 … seconds, up to a minute, and half as much again by chance.
    private func pause(_ attempt: Int) async throws {
        let base = min(Self.pauseMillisecondsMax, 250 << min(attempt, 10))
        let chance = world.random(2).reduce(0) { $0 << 8 | Int($1) }
        try await Task.sleep(for: .milliseconds(base + base * chance / 131_072))
    }

    /// - Returns: whether the server ended it because the token no longer counts.
    private func listen(
        to line: WebSocketLine, connected: () -> Void, changed: () -> Void
    ) async throws -> Bool {
        try await line.channel.executeThenClose { inbound, outbound in
            try await outbound.write(line.text(#"{"method":"SUBSCRIBE","params":["journal"],"id":1}"#))
            let heard = LastSign()
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        try await Task.sleep(for: .seconds(Self.pingSeconds))
                        guard await heard.age < .seconds(Self.silenceSeconds) else {
                            // The reader below then comes to its end.
                            try await line.channel.channel.close()
                            return
                        }
                        try await outbound.write(line.frame(.ping))
                    }
                }
                defer { group.cancelAll() }
                for try await frame in inbound {
                    await heard.renew()
                    switch frame.opcode {
                    case .text:
                        switch Message(frame) {
                        case .subscribed: connected()
                        case .event: changed()
                        case .refused(let failure): throw failure
                        case .other: break
                        }
                    case .ping: try await outbound.write(line.frame(.pong, frame.unmaskedData))
                    case .connectionClose: return Self.endsSession(frame)
                    default: break
                    }
                }
                return false
            }
        }
    }

    private static func endsSession(_ frame: WebSocketFrame) -> Bool {
        var data = frame.unmaskedData
        return data.readInteger(as: UInt16.self) == 4401
    }
}

/// When the other side was last heard of.
private actor LastSign {
    private var moment = ContinuousClock.now
    var age: Duration { ContinuousClock.now - moment }
    func renew() { moment = .now }
}

/// What the server says on the line.
private enum Message {
    case subscribed, event, other
    case refused(Failure)

    private struct Body: Decodable {
        struct Refusal: Decodable {
            let code: Int
            let message: String
        }
        let id: Int?
        let stream: String?
        let error: Refusal?
    }

    init(_ frame: WebSocketFrame) {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(frame.unmaskedData.readableBytesView)) else {
            self = .other
            return
        }
        if let error = body.error {
            self = .refused(error.code == 401 || error.code == 403 ? .liveRefused : .liveEnded)
        } else if let stream = body.stream {
            self = stream.hasPrefix("journal.") ? .event : .other
        } else {
            self = body.id == 1 ? .subscribed : .other
        }
    }
}

extension Failure {
    package static let liveEnded = Failure(
        .unavailable, "live.ended", "The server ended the live connection. It is tried again by itself.")
    package static let liveRefused = Failure(
        .unauthenticated, "live.refused", "The server did not open a live connection. It is tried again by itself.")
}
