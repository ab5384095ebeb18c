import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Primitives

/// One request, as far as a call of ours says anything about it.
struct ServerCall: Sendable {
    var method: HTTPMethod
    /// After `/api/v1`, with its slash.
    var path: String
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    var isAuthorized = true
    /// Whether it may be sent again after a lost answer.
    var isRepeatable = true
    /// The most bytes of body that are taken from the answer.
    var answerBytesMax = 64 << 10
}

struct ServerAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var isSuccess: Bool { (200...299).contains(status) }
    /// In whole seconds, as the server asks.
    var retryAfterSeconds: Int? { headers.first(name: "Retry-After").flatMap { Int($0) }.map { max(0, $0) } }

    /// The cookies that the answer sets, as they are sent back; nil when it sets none.
    var cookies: String? {
        let pairs = headers["Set-Cookie"].prefix(8).map { $0.prefix { $0 != ";" } }.filter {
            $0.contains("=") && $0.utf8.count <= 1024 && $0.utf8.allSatisfy { (33...126).contains($0) }
        }
        return pairs.isEmpty ? nil : pairs.joined(separator: "; ")
    }
}

/// Calls a server: shows the session's token, waits where it asks to wait, and turns every refusal into a `Failure`.
package final class ServerConnection: Sendable {
    /// How often one call is sent, when the server is busy or the connection is cut.
    package static let attemptsMax = 5
    /// The longest wait between two of them; who asks for more is told to come back later.
    package static let waitSecondsMax = 30
    private static let connectSeconds: Int64 = 10
    private static let silenceSeconds: Int64 = 60
    /// From the first byte of a call to the last of its answer: also a server that sends a byte a minute comes to an end.
    package static let callSeconds: Int64 = 300
    /// An access token with less left than this is renewed before it is shown.
    private static let leftMillisecondsMin: Int64 = 5000

    package let server: ServerURL
    private let client: HTTPClient
    private let keeper: (any SessionKeeper)?
    private let world: World
    private let callTime: Duration

    /// - Parameters:
    ///   - keeper: the session; nil for calls that need none.
    ///   - callTime: how long one call may take with its answer.
    package init(
        _ server: ServerURL, keeper: (any SessionKeeper)?, world: World, callTime: Duration = .seconds(callSeconds)
    ) {
        self.server = server
        self.callTime = callTime
        self.keeper = keeper
        self.world = world
        var configuration = HTTPClient.Configuration()
        // A redirect would take the token to wherever it leads.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(
            connect: .seconds(Self.connectSeconds), read: .seconds(Self.silenceSeconds))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections. Nothing can be called afterwards.
    package func close() async { try? await client.shutdown() }

    /// - Throws: what the server says; `server.unreachable`, `session.expired`, `session.missing`.
    func send(_ call: ServerCall) async throws -> ServerAnswer {
        let answer = try await answer(call)
        guard answer.isSuccess else { throw ServerFailure.of(answer, from: server) }
        return answer
    }

    /// The answer, also one that is a refusal.
    func answer(_ call: ServerCall) async throws -> ServerAnswer {
        guard call.isAuthorized, let keeper else { return try await repeated(call, bearer: nil) }
        var tokens = try await freshTokens(keeper)
        var answer = try await repeated(call, bearer: tokens.access)
        if answer.status == 401 {
            tokens = try await keeper.renew(tokens, by: refresh)
            answer = try await repeated(call, bearer: tokens.access)
            if answer.status == 401 { throw Failure.sessionExpired }
        }
        return answer
    }

    /// A token that counts for a while yet.
    func bearer(renewing isRefused: Bool = false) async throws -> String {
        guard let keeper else { throw Failure.sessionExpired }
        let tokens = try await freshTokens(keeper)
        return isRefused ? try await keeper.renew(tokens, by: refresh).access : tokens.access
    }

    private func freshTokens(_ keeper: any SessionKeeper) async throws -> SessionTokens {
        let tokens = try await keeper.tokens()
        guard tokens.expires < world.now().adding(milliseconds: Self.leftMillisecondsMin) else { return tokens }
        return try await keeper.renew(tokens, by: refresh)
    }

    private struct Refresh: Encodable {
        let refresh_token: String
    }

    @Sendable private func refresh(_ stale: SessionTokens) async throws -> SessionTokens {
        let answer = try await repeated(
            ServerCall(
                method: .POST, path: "/auth/extension-refresh", headers: [("Content-Type", "application/json")],
                body: Array(try JSONEncoder().encode(Refresh(refresh_token: stale.refresh))), isAuthorized: false),
            bearer: nil)
        if (400...499).contains(answer.status), answer.status != 429 { throw Failure.sessionExpired }
        guard answer.isSuccess else { throw ServerFailure.of(answer, from: server) }
        guard let new = try? JSONDecoder().decode(TokensAnswer.self, from: Data(answer.body)) else {
            throw Failure.serverBadAnswer(server)
        }
        return new.read(in: world)
    }

    // MARK: One call, as often as it takes

    private func repeated(_ call: ServerCall, bearer: String?) async throws -> ServerAnswer {
        var attempt = 1
        while true {
            let isLast = attempt == Self.attemptsMax || !call.isRepeatable
            do {
                let answer = try await once(call, bearer: bearer)
                guard answer.status == 429 || answer.status == 503, !isLast else { return answer }
                let wait = answer.retryAfterSeconds ?? 0
                guard wait <= Self.waitSecondsMax else { return answer }
                try await pause(attempt: attempt, atLeastSeconds: wait)
            } catch let failure as Failure {
                throw failure
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                guard !isLast, !ServerFailure.isOffline(error) else { throw ServerFailure.network(error, server) }
                try await pause(attempt: attempt, atLeastSeconds: 0)
            }
            attempt += 1
        }
    }

    /// 0.1, 0.2, 0.4 … seconds, and up to as much again by chance, so that a hundred devices do not come back at once.
    private func pause(attempt: Int, atLeastSeconds: Int) async throws {
        let base = 100 << min(attempt - 1, 6)
        let chance = world.random(2).reduce(0) { $0 << 8 | Int($1) }
        try await Task.sleep(for: .milliseconds(atLeastSeconds * 1000 + base + base * chance / 65_536))
    }

    /// The client's own deadline ends with the head of the answer.
    private func once(_ call: ServerCall, bearer: String?) async throws -> ServerAnswer {
        try await withThrowingTaskGroup(of: ServerAnswer?.self) { group in
            group.addTask { try await self.whole(call, bearer: bearer) }
            group.addTask { try await self.waitInVain() }
            defer { group.cancelAll() }
            guard let answer = try await group.next() ?? nil else { throw HTTPClientError.deadlineExceeded }
            return answer
        }
    }

    private func waitInVain() async throws -> ServerAnswer? {
        try await Task.sleep(for: callTime)
        return nil
    }

    private func whole(_ call: ServerCall, bearer: String?) async throws -> ServerAnswer {
        var request = HTTPClientRequest(url: server.url(call.path))
        request.method = call.method
        if let bearer { request.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty || call.method == .POST || call.method == .PUT {
            request.body = .bytes(ByteBuffer(bytes: call.body))
        }
        let response = try await client.execute(request, timeout: .seconds(Self.callSeconds))
        var body: [UInt8] = []
        // The answer to HEAD tells the length of a body that does not come.
        if call.method != .HEAD {
            for try await part in response.body {
                guard body.count + part.readableBytes <= call.answerBytesMax else {
                    throw Failure.serverBadAnswer(server)
                }
                body.append(contentsOf: part.readableBytesView)
            }
        }
        return ServerAnswer(status: Int(response.status.code), headers: response.headers, body: body)
    }
}
