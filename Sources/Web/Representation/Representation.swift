import HTTPTypes
import Hummingbird
import HummingbirdCore

/// In which form an answer goes out: not at all when the caller has it, compressed when the caller takes that.
///
/// Compression tells by its length how much of one text occurs in another. So an answer that could hold a token next to
/// what a stranger put in it must never be compressed: that is every answer on a route that gives
/// sessions out (`Admission.mayCompress`), and every one that sets a cookie.
enum Representation {
    /// Below that, a compressed answer is hardly shorter than the packet it travels in.
    private static let gzipBytesMin = 1 << 10

    static func of(_ response: Response, for request: Request, on route: RouteTable.Route) -> Response {
        guard route.admits.mayCompress, response.status == .ok, response.headers[.setCookie] == nil else {
            return response
        }
        let mayShrink = mayShrink(response)
        if let known = known(response, to: request, mayShrink) { return known }
        return mayShrink ? compressed(response, for: request) : response
    }

    /// Whether it could travel compressed. Decided by what it is, not by who asks: caches are told of it.
    private static func mayShrink(_ response: Response) -> Bool {
        guard response.headers[.contentEncoding] == nil, response.headers[.contentRange] == nil,
            response.body.contentLength.map({ $0 >= gzipBytesMin }) ?? true
        else { return false }
        let mediaType = mediaType(response)
        return mediaType.hasPrefix("text/") || mediaType.hasSuffix("json") || mediaType.hasSuffix("+xml")
    }

    private static func mediaType(_ response: Response) -> Substring {
        response.headers[.contentType]?.prefix { $0 != ";" } ?? ""
    }

    /// 304, when the caller names the tag that the answer has.
    private static func known(_ response: Response, to request: Request, _ mayShrink: Bool) -> Response? {
        guard request.method == .get || request.method == .head, let tag = response.headers[.eTag],
            let field = request.headers[.ifNoneMatch], EntityTags(field).contains(tag)
        else { return nil }
        var known = Response(status: .notModified, headers: response.headers)
        for name in [HTTPField.Name.contentType, .contentLength, .acceptRanges, .lastModified] {
            known.headers[name] = nil
        }
        if mayShrink {
            known.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            if AcceptedCodings.takesGzip(request.headers[.acceptEncoding]) {
                known.headers[.eTag] = EntityTags.compressed(tag)
            }
        }
        return known
    }

    private static func compressed(_ response: Response, for request: Request) -> Response {
        var response = response
        response.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        // What HEAD says is of the plain answer: how long the other would be is not known.
        guard request.method != .head, AcceptedCodings.takesGzip(request.headers[.acceptEncoding]) else {
            return response
        }
        response.headers[.contentEncoding] = "gzip"
        if let tag = response.headers[.eTag] { response.headers[.eTag] = EntityTags.compressed(tag) }
        response.body = response.body.gzipped(isReadAsItComes: mediaType(response).hasSuffix("ndjson"))
        return response
    }
}
