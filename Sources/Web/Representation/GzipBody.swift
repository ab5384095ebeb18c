import HTTPTypes
import HummingbirdCore
import NIOCore

extension ResponseBody {
    /// Quick rather than small: a page of trades shrinks to a sixth at this level, and to a seventh for twice the time.
    private static let gzipLevel: Int32 = 1

    /// The same body, compressed while it is sent.
    ///
    /// - Parameter isRead: whether it is read as it comes, line by line, so that nothing may wait in here.
    func gzipped(isReadAsItComes isRead: Bool) -> ResponseBody {
        let body = self
        return ResponseBody { writer in
            let gzip = try GzipWriter(
                stream: GzipStream(level: Self.gzipLevel), then: isRead ? .flush : .wait, parent: writer)
            try await body.write(gzip)
        }
    }
}

private struct GzipWriter: ResponseBodyWriter {
    let stream: GzipStream
    let then: GzipStream.Then
    var parent: any ResponseBodyWriter

    mutating func write(_ buffer: ByteBuffer) async throws {
        let bytes = try stream.compress(buffer.readableBytesView, then)
        if !bytes.isEmpty { try await parent.write(ByteBuffer(bytes: bytes)) }
    }

    consuming func finish(_ trailing: HTTPFields?) async throws {
        let bytes = try stream.compress([], .end)
        try await parent.write(ByteBuffer(bytes: bytes))
        try await parent.finish(trailing)
    }
}
