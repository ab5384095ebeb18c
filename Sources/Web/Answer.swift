import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Primitives

/// What a handler answers.
package struct Answer: Sendable, Answerable {
    private var response: Response
    /// What it takes of the memory until it is sent, in bytes.
    let heldBytes: Int

    /// Without a body.
    package init(status: Int) {
        response = Response(status: .init(code: status))
        heldBytes = 0
    }

    /// A body of bytes.
    package init(status: Int = 200, _ bytes: [UInt8], type mediaType: String) {
        self.init(status, ByteBuffer(bytes: bytes), type: mediaType)
    }

    /// A body of text.
    package init(status: Int = 200, text: String, type mediaType: String) {
        self.init(status, ByteBuffer(string: text), type: mediaType)
    }

    /// A body of JSON, with its keys in order so that equal answers have equal bytes.
    package init(status: Int = 200, json view: some Encodable) throws {
        self.init(status, ByteBuffer(bytes: try JSONBytes.of(view)), type: "application/json")
    }

    /// A body of JSON.
    package init(status: Int = 200, json: JSON) {
        self.init(status: status, text: json.compact, type: "application/json")
    }

    private init(_ status: Int, _ body: ByteBuffer, type mediaType: String) {
        heldBytes = body.readableBytes
        response = Response(status: .init(code: status), body: .paced(body))
        self["content-type"] = mediaType
    }

    /// A body that is read while it is sent.
    ///
    /// - Parameters:
    ///   - count: of all its bytes.
    ///   - piece: gives up to so many bytes at an offset.
    package init(
        status: Int = 200, count: Int64, type mediaType: String, pieceBytes: Int,
        piece: @escaping @Sendable (_ offset: Int64, _ count: Int) async throws -> [UInt8]
    ) {
        // One piece is read while the one before is sent.
        heldBytes = 2 * pieceBytes
        response = Response(
            status: .init(code: status),
            body: ResponseBody(contentLength: Int(count)) { writer in
                var offset: Int64 = 0
                while offset < count {
                    let bytes = try await piece(offset, Int(min(Int64(pieceBytes), count - offset)))
                    // A body that is shorter than it was said to be can only be broken off.
                    guard !bytes.isEmpty else { throw CancellationError() }
                    try await writer.writePaced(ByteBuffer(bytes: bytes))
                    offset += Int64(bytes.count)
                }
                try await writer.finish(nil)
            })
        self["content-type"] = mediaType
    }

    /// A body that is written while it is sent, and whose length nobody knows before.
    package init(
        status: Int = 200, streaming mediaType: String, _ write: @escaping @Sendable (AnswerStream) async throws -> Void
    ) {
        heldBytes = WebLimits.streamBytes
        response = Response(
            status: .init(code: status),
            body: ResponseBody { writer in
                let stream = AnswerStream(writer)
                try await write(stream)
                try await stream.finish()
            })
        self["content-type"] = mediaType
    }

    /// A header field. Names that HTTP does not allow are left out.
    package subscript(_ name: String) -> String? {
        get { HTTPField.Name(name).flatMap { response.headers[$0] } }
        set { HTTPField.Name(name).map { response.headers[$0] = newValue } }
    }

    /// Adds a cookie that scripts cannot read and other sites cannot make a browser send.
    ///
    /// - Parameter seconds: 0 removes it.
    package mutating func setCookie(_ name: String, _ value: String, path: String, seconds: Int) {
        response.headers.append(
            HTTPField(
                name: .setCookie,
                value: "\(name)=\(value); Path=\(path); Max-Age=\(seconds); Secure; HttpOnly; SameSite=Strict"))
    }

    package func answer() -> Answer { self }

    /// What Hummingbird sends.
    var hummingbird: Response { response }
}

/// Where the body of an answer goes, piece by piece. It waits when whoever reads is slow.
package final class AnswerStream {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    package func write(_ bytes: [UInt8]) async throws {
        if !bytes.isEmpty { try await writer.writePaced(ByteBuffer(bytes: bytes)) }
    }

    package func write(_ text: String) async throws {
        if !text.isEmpty { try await writer.writePaced(ByteBuffer(string: text)) }
    }

    func finish() async throws { try await writer.finish(nil) }
}

/// What a handler may return.
package protocol Answerable: Sendable {
    func answer() throws -> Answer
}

/// A JSON body on its way out.
package protocol View: Encodable, Answerable {}

extension View {
    package func answer() throws -> Answer { try Answer(json: self) }
}
