import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Primitives

/// Finds requests that two readers could understand in two ways: without a host or with several, with a host that is
/// none, or with two of a field of which there is one. (RFC 9112, 3.2; RFC 9110, 5.3)
///
/// It stands before anything that reads them. The answer has to wait for its turn among others on the connection, so
/// all it does here is to mark them, for `RequestHeadMiddleware`.
final class RequestHeadGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// A field that nobody outside can set: what they send under this name is thrown away.
    static let mark = "daybook-head-fault"

    enum Fault: String {
        case host, repeated

        var failure: Failure {
            switch self {
            case .host: .badHost
            case .repeated: .repeatedHeader
            }
        }
    }

    /// Those that may be there once, of all that anything here reads.
    private static let single: Set<String> = [
        "authorization", "content-encoding", "content-length", "content-range", "content-type", "daybook-replica",
        "if-modified-since", "if-range", "origin", "range", "sec-fetch-site", "transfer-encoding",
    ]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        head.headers.remove(name: Self.mark)
        if let fault = Self.fault(of: head) {
            head.headers.remove(name: "upgrade")
            head.headers.add(name: Self.mark, value: fault.rawValue)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    static func fault(of head: HTTPRequestHead) -> Fault? {
        var hosts: [String] = []
        var seen: Set<String> = []
        for (name, value) in head.headers {
            let name = name.lowercased()
            if name == "host" { hosts.append(value) }
            if single.contains(name), !seen.insert(name).inserted { return .repeated }
        }
        // Only HTTP/1.0 knows requests without one.
        if hosts.isEmpty { return (head.version.major, head.version.minor) < (1, 1) ? nil : .host }
        return hosts.count == 1 && HostField.isValid(hosts[0]) ? nil : .host
    }
}

@available(*, unavailable)
extension RequestHeadGate: Sendable {}

/// The value of `Host`: a name, or an address, and a port where it is not the usual one.
enum HostField {
    /// A name in the DNS has 253 letters at most; the rest is a port.
    private static let bytesMax = 260

    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= bytesMax else { return false }
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"),
                let address = ClientAddress(String(text[text.index(after: text.startIndex)..<end])), !address.isIPv4,
                !text[..<end].contains("%")
            else { return false }
            rest = text[text.index(after: end)...]
        } else {
            let name = text.prefix { $0 != ":" }
            guard !name.isEmpty, name.utf8.allSatisfy({ isOfName($0) }) else { return false }
            rest = text[name.endIndex...]
        }
        guard rest.hasPrefix(":") else { return rest.isEmpty }
        let port = rest.dropFirst()
        return port.utf8.allSatisfy { (48...57).contains($0) } && (port.isEmpty || UInt16(port) != nil)
    }

    /// Letters, digits, and what stands between the parts of a name. The grammar knows more, DNS does not.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// Refuses the requests that `RequestHeadGate` has marked, and ends their connection.
struct RequestHeadMiddleware: RouterMiddleware {
    private static let mark = HTTPField.Name(RequestHeadGate.mark)

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let mark = Self.mark, let fault = request.headers[mark].flatMap({ RequestHeadGate.Fault(rawValue: $0) })
        else { return try await next(request, context) }
        var answer = FailureShape.standard.answer(fault.failure, requestID: context.id)
        answer["connection"] = "close"
        return request.method == .head ? answer.hummingbird.createHeadResponse() : answer.hummingbird
    }
}

extension Failure {
    static let badHost = Failure(
        .invalid, "request.bad_host", "Send one Host field with the name that the server is reached under.")
    static let repeatedHeader = Failure(
        .invalid, "request.repeated_header", "A header field is there twice of which there can be one. Send it once.")
}
