import Storage
import Sync
import Web

/// A blob on its way out: the whole of it, or what `Range` asks for (RFC 9110, 14).
struct BlobAnswer: Sendable {
    let name: BlobName
    let store: BlobStore
    let mediaType: String
    /// A strong entity tag of the bytes.
    var tag: String?
    let metrics: Metrics

    /// What is read from the disk at once.
    private static let pieceBytes = 256 << 10

    /// Nil when the blob is not here whole.
    func answer(_ call: Call) async throws -> Answer? {
        guard case .complete(let size) = store.progress(name) else { return nil }
        var answer: Answer
        switch ByteRange.download(range(call), size: size) {
        case .whole: answer = try await bytes(offset: 0, count: size, status: 200)
        case .part(let offset, let count):
            answer = try await bytes(offset: offset, count: count, status: 206)
            answer["content-range"] = "bytes \(offset)-\(offset + count - 1)/\(size)"
        case .outside:
            answer = Answer(status: 416)
            answer["content-range"] = "bytes */\(size)"
        }
        answer["accept-ranges"] = "bytes"
        if let tag { answer["etag"] = tag }
        return answer
    }

    /// A range that was meant for other bytes is none, and neither is one of bytes that the caller has.
    private func range(_ call: Call) -> String? {
        if let tag, let known = call.header("if-none-match"), EntityTags(known).contains(tag) { return nil }
        if let condition = call.header("if-range"), condition != tag { return nil }
        return call.header("range")
    }

    private func bytes(offset: Int64, count: Int64, status: Int) async throws -> Answer {
        metrics.add(Int(count), to: .blobBytesSent)
        guard count > Int64(Self.pieceBytes) else {
            return Answer(
                status: status, try await store.read(name, offset: offset, count: Int(count)), type: mediaType)
        }
        return Answer(status: status, count: count, type: mediaType, pieceBytes: Self.pieceBytes) {
            [name, store] place, count in
            try await store.read(name, offset: offset + place, count: count)
        }
    }
}
