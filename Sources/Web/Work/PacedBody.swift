import HummingbirdCore
import NIOCore
import Primitives

extension ResponseBody {
    /// Bytes that are in memory, sent no faster than they are read. What waits for a slow reader is then the caller's to
    /// count, and not hidden in the connection.
    static func paced(_ buffer: ByteBuffer) -> ResponseBody {
        guard buffer.readableBytes > WebLimits.pieceBytes else { return ResponseBody(byteBuffer: buffer) }
        return ResponseBody(contentLength: buffer.readableBytes) { writer in
            try await writer.writePaced(buffer)
            try await writer.finish(nil)
        }
    }

    /// The same body, which holds `share` until it is sent.
    func holding(_ share: FairSpace<Holder>.Share) -> ResponseBody {
        let body = self
        return ResponseBody(contentLength: contentLength) { writer in
            defer { share.giveBack() }
            try await body.write(writer)
        }
    }
}

extension ResponseBodyWriter {
    /// Writes in pieces, each when the one before has left this process but for what the connection may hold.
    mutating func writePaced(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(WebLimits.pieceBytes, rest.readableBytes))
        {
            try await write(piece)
            await Connection.current?.settle()
        }
    }
}
