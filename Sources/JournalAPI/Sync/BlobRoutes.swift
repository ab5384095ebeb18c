import Primitives
import Storage
import Sync
import Web

/// The bytes of images, in both directions, resumable at any byte.
package struct BlobRoutes: Sendable {
    private static let mediaType = "application/octet-stream"
    static let bytes = Content.bytes([mediaType])
    static let range = RequestHeader("Range", .text, "One range of bytes, as in bytes=65536-.")
    static let contentRange = RequestHeader(
        "Content-Range", .text(pattern: #"^bytes ([0-9]{1,9}-[0-9]{1,9}/[0-9]{1,9}|[*]/0)$"#),
        "Which bytes come, as in bytes 0-65535/200000.")
    /// Names of 32 bytes with their framing.
    private static let missingBytesMax = BlobLimits.namesMax * 34 + 1024

    private let services: SyncServices
    private let images: ImageServices

    package init(_ services: SyncServices, images: ImageServices) {
        self.services = services
        self.images = images
    }

    func missing(_ call: Call) async throws -> Answer {
        let bytes = try await SyncMessage.receive(call, bytesMax: Self.missingBytesMax)
        let names = try BlobName.decode(
            try SyncMessage.decompressed(bytes, call, bytesMax: Self.missingBytesMax))
        let missing = try await services.withJournal(of: call) { journal in names.filter { !journal.blobs.has($0) } }
        return SyncMessage.answer(try BlobName.encode(missing))
    }

    /// Takes bytes in as they come, so that a connection that is cut loses none of those that arrived. What does not fit
    /// into the person's quota is refused before it comes: the device keeps it, and can send it later.
    ///
    /// - Throws: `image.quota_exceeded`, `blob.bad_range`, `blob.too_large`, and what the store throws.
    func put(_ call: Call) async throws -> Answer {
        let name = try name(call)
        let range = try ByteRange.Upload(call.header("content-range"), bodyCount: call.bodyCount)
        guard range.size <= BlobLimits.sizeMax else { throw Failure.blobTooLarge(BlobLimits.sizeMax) }
        return try await services.withJournal(of: call) { journal in
            let store = journal.blobs
            if case .complete(let size) = store.progress(name) { return Self.received(size, of: size) }
            try await images.sweeps.dropParts(of: journal)
            let quota = try await images.reserve(name, size: range.size, in: journal)
            let person = try call.caller.id
            do {
                let received = try await receive(call, range, name, store, quota)
                guard received == range.size else {
                    await images.sweeps.plan(person)
                    return Self.received(received, of: range.size)
                }
                try await store.finish(name, size: range.size)
            } catch {
                store.release(name)
                await images.sweeps.plan(person)
                throw error
            }
            if try await !journal.file.read({ try ImageStore($0).isNamed(name) }) { await images.sweeps.plan(person) }
            // Devices that have synced since the image was named wait for its bytes.
            let caller = try call.caller
            services.feed.publishSoon("journal_update", on: .journal, to: caller.id, except: caller.session)
            return Self.received(range.size, of: range.size)
        }
    }

    func head(_ call: Call) async throws -> Answer {
        let name = try name(call)
        return try await services.withJournal(of: call) { journal in
            switch journal.blobs.progress(name) {
            case .complete(let size):
                var answer = Answer(status: 200)
                answer["content-length"] = String(size)
                answer["content-type"] = Self.mediaType
                return answer
            case .partial(let received):
                var answer = Answer(status: 404)
                answer["upload-offset"] = String(received)
                return answer
            }
        }
    }

    func get(_ call: Call) async throws -> Answer {
        let name = try name(call)
        return try await services.withJournal(of: call) { journal in
            let blob = BlobAnswer(
                name: name, store: journal.blobs, mediaType: Self.mediaType, metrics: services.metrics)
            guard let answer = try await blob.answer(call) else { throw Failure.blobNotFound }
            return answer
        }
    }

    // MARK: Steps

    private func name(_ call: Call) throws(Failure) -> BlobName {
        guard let name = BlobName(call.parameter("sha256")) else { throw .blobBadName }
        return name
    }

    /// - Returns: how many bytes of the blob are here now.
    private func receive(
        _ call: Call, _ range: ByteRange.Upload, _ name: BlobName, _ store: BlobStore, _ quota: BlobQuota
    ) async throws -> Int64 {
        var waiting: [UInt8] = []
        var offset = range.offset
        var received: Int64 = 0
        let end = range.offset + range.count
        func flush() async throws {
            received = try await store.append(name, size: range.size, offset: offset, bytes: waiting, in: quota)
            offset += Int64(waiting.count)
            services.metrics.add(waiting.count, to: .blobBytesReceived)
            waiting.removeAll(keepingCapacity: true)
        }
        do {
            try await call.eachPiece { piece in
                guard offset + Int64(waiting.count + piece.count) <= end else { throw Failure.blobWrongSize }
                waiting += piece
                if waiting.count >= BlobLimits.chunkBytes { try await flush() }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            // The connection was cut. What arrived is kept; the sender asks how much that was.
            if !waiting.isEmpty { try await flush() }
            throw error
        }
        if !waiting.isEmpty || range.count == 0 { try await flush() }
        guard offset == end else { throw Failure.blobCut }
        return received
    }

    /// 204 when the blob is whole, 202 while more has to come.
    private static func received(_ count: Int64, of size: Int64) -> Answer {
        var answer = Answer(status: count == size ? 204 : 202)
        answer["upload-offset"] = String(count)
        return answer
    }
}

extension Failure {
    static let blobBadName = Failure(
        .invalid, "blob.bad_name", "An image is named by the 64 lower-case hexadecimal digits of its SHA-256.")
    static let blobCut = Failure(
        .invalid, "blob.cut", "Fewer bytes came than were announced. Ask how many are here, and go on from there.")
}
