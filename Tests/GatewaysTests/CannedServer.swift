import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server that answers what it was told to, one answer after the other or by a rule, and keeps what it was asked.
final class CannedServer: Sendable {
    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Ends the connection instead of answering.
        var isCut = false
        /// Never says that this was all.
        var isUnfinished = false

        static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: headers, body: Array(text.utf8))
        }
    }

    struct Question: Sendable {
        let line: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private let listener: any Channel
    private let memory: Memory
    var port: Int { listener.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    fileprivate final class Memory: Sendable {
        let state = Mutex<(answers: [Answer], questions: [Question])>(([], []))
        let rule: (@Sendable (Question) -> Answer)?

        init(_ rule: (@Sendable (Question) -> Answer)?) { self.rule = rule }
    }

    convenience init(_ answers: [Answer]) async throws {
        let memory = Memory(nil)
        memory.state.withLock { $0.answers = answers }
        try await self.init(memory)
    }

    convenience init(_ rule: @escaping @Sendable (Question) -> Answer) async throws {
        try await self.init(Memory(rule))
    }

    private init(_ memory: Memory) async throws {
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(memory))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.memory = memory
    }

    var questions: [Question] { memory.state.withLock { $0.questions } }

    func close() async throws { try await listener.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let memory: Memory
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ memory: Memory) { self.memory = memory }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body += part.readableBytesView
            case .end: answer(context)
            }
        }

        private func answer(_ context: ChannelHandlerContext) {
            guard let head else { return }
            let question = Question(line: "\(head.method) \(head.uri)", headers: head.headers, body: body)
            let answer = memory.state.withLock { state in
                state.questions.append(question)
                if let rule = memory.rule { return rule(question) }
                return state.answers.isEmpty ? Answer(status: 500) : state.answers.removeFirst()
            }
            guard !answer.isCut else { return context.close(promise: nil) }
            var headers = HTTPHeaders(answer.headers)
            if !headers.contains(name: "Content-Length"), answer.status != 204 {
                headers.add(name: "Content-Length", value: "\(answer.body.count)")
            }
            let response = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            if head.method != .HEAD {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            }
            guard !answer.isUnfinished else { return context.flush() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
