import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Primitives

/// One request, as a handler sees it.
package struct Call: Sendable {
    private let request: Request
    private let context: CallContext
    private let origins: Origins
    private let limits: WebLimits
    private let work: RequestWork
    private let room: HeldBody
    private let query: Query
    /// Set for routes that admit persons only.
    private let admitted: Caller?
    /// How the family of the route tells what went wrong.
    let failures: FailureShape
    /// Where it comes from; nil when the system cannot tell.
    package let address: ClientAddress?

    init(
        _ request: Request, _ context: CallContext, query: Query, caller: Caller?, from address: ClientAddress?,
        origins: Origins, limits: WebLimits, work: RequestWork, room: HeldBody, failures: FailureShape
    ) {
        self.failures = failures
        self.request = request
        self.context = context
        self.query = query
        self.address = address
        self.origins = origins
        self.limits = limits
        self.work = work
        self.room = room
        admitted = caller
    }

    /// - Throws: `auth.needed` on a route that admits anyone.
    package var caller: Caller {
        get throws(Failure) {
            guard let admitted else { throw .signInNeeded }
            return admitted
        }
    }

    /// Where it comes from, as a network; nil when the system cannot tell.
    package var network: String? { address?.network }
    package var logger: Logger { context.logger }
    var requestID: String { context.id }

    /// The part of the path that stands where the route says `{name}`.
    package func parameter(_ name: String) -> String { context.parameters.get(name) ?? "" }

    /// Path and query, as they came.
    package var target: String { request.uri.string }

    package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }

    package func cookie(_ name: String) -> String? { request.cookies[name]?.value }

    /// A parameter of the query.
    ///
    /// - Throws: `request.bad_query` when it is not what the field wants.
    package func value<Value>(of field: QueryField<Value>) throws(Failure) -> Value {
        try field.value(of: query[field.name])
    }

    /// The `Content-Length`, when it says one.
    package var bodyCount: Int64? { header("content-length").flatMap { Int64($0) } }

    /// Refuses what a page of another site sent. Browsers name the site with every request that changes something; a
    /// program that is no browser need not, and nobody can make it send somebody's cookies.
    ///
    /// - Throws: `auth.foreign_origin`.
    package func refuseForeignOrigin() throws(Failure) { try request.refuseForeignOrigin(origins) }

    /// The whole body.
    ///
    /// - Throws: `request.too_large`, `request.too_slow`, `bodies.too_many`, `bodies.no_room`.
    package func body(bytesMax: Int) async throws -> [UInt8] {
        if let count = bodyCount, count > Int64(bytesMax) { throw Failure.requestTooLarge(bytesMax) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(min(bodyCount ?? 0, Int64(bytesMax))))
        try await eachPiece { piece in
            guard bytes.count + piece.count <= bytesMax else { throw Failure.requestTooLarge(bytesMax) }
            try hold(piece.count)
            bytes += piece
        }
        return bytes
    }

    /// Receives a body that may be large and does something with it, when it is this caller's turn.
    ///
    /// - Throws: `server.busy` when too many wait already; what `body` throws.
    package func inTurn<T>(_ body: () async throws -> T) async throws -> T {
        if let count = bodyCount, count <= Int64(WebLimits.smallBodyBytesMax) { return try await body() }
        return try await room.inTurn(body)
    }

    /// Takes room for what is kept of the body in memory, or made of it, until the request is answered.
    ///
    /// - Throws: `bodies.too_many`, `bodies.no_room`.
    package func hold(_ count: Int) throws(Failure) { try room.share.take(Int64(count)) }

    /// Gives back what was held: nothing of it is kept.
    package func letGo() { room.share.giveBack() }

    /// The body in pieces, as they come. They take no room, unless they are held.
    ///
    /// - Throws: `request.too_slow`; what `receive` throws.
    package func eachPiece(_ receive: ([UInt8]) async throws -> Void) async throws {
        let deadline = ContinuousClock.now + .seconds(limits.bodySeconds)
        var pieces = request.body.makeAsyncIterator()
        while let buffer = try await work.receiving({ try await pieces.next() }) {
            guard ContinuousClock.now < deadline else { throw Failure.requestTooSlow }
            try await receive(Array(buffer.readableBytesView))
        }
        // From here on nobody is slow but this server.
        room.share.keep()
    }

    /// A JSON body. Nothing else is taken, so that no form of another site can be mistaken for one.
    ///
    /// - Throws: `request.not_json`, `request.bad_json`, `request.too_large`.
    package func json<Wire: Decodable>(
        as type: Wire.Type = Wire.self, bytesMax: Int = WebLimits.jsonBytesMax
    ) async throws -> Wire {
        let mediaType = header("content-type")?.prefix { $0 != ";" }.lowercased()
        guard mediaType?.trimmingCharacters(in: .whitespaces) == "application/json" else {
            throw Failure.requestNotJSON
        }
        let bytes = try await body(bytesMax: bytesMax)
        do {
            return try JSONDecoder().decode(Wire.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw Failure.requestBadJSON(error)
        }
    }
}

extension Request {
    /// Methods that change something.
    var isUnsafe: Bool { method != .get && method != .head && method != .options }

    func refuseForeignOrigin(_ origins: Origins) throws(Failure) {
        if let origin = headers[.origin], !origins.contains(origin) { throw .foreignOrigin }
        if let name = HTTPField.Name("sec-fetch-site"), let site = headers[name], site != "same-origin", site != "none"
        {
            throw .foreignOrigin
        }
    }
}

extension Failure {
    package static func requestTooLarge(_ bytesMax: Int) -> Failure {
        Failure(.tooLarge, "request.too_large", "The body may have \(bytesMax) bytes here.")
    }
    package static let requestTooSlow = Failure(
        .invalid, "request.too_slow", "The body took too long. Try again on a better connection.")
    package static let requestNotJSON = Failure(
        .invalid, "request.not_json", "Send the body as JSON, with Content-Type: application/json.")

    fileprivate static func requestBadJSON(_ error: DecodingError) -> Failure {
        let path: [any CodingKey]
        switch error {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        @unknown default: path = []
        }
        let place = path.map(\.stringValue).joined(separator: ".")
        return Failure(
            .invalid, "request.bad_json",
            place.isEmpty ? "The body is no JSON of the expected shape." : "The field \"\(place)\" is missing or wrong."
        )
    }
}
