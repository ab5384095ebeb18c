import Journal
import Pictures
import Primitives
import Storage
import Sync
import Web

/// Images over REST: what the journal says of them, and their bytes.
struct ImageRoutes: Sendable {
    private let services: ImageServices
    private var journals: JournalServices { services.journals }

    /// Enough to find the size of a picture that nobody has filled with a large colour profile.
    private static let headBytes = 64 << 10

    private static let page = QueryField.integer("page", in: 1...1_000_000, or: 1, "Which page, from 1 on.")
    private static let limit = QueryField.integer("limit", in: 1...100, or: 50, "How many on a page.")
    private static let trade = QueryField.id("trade_id", of: Trade.self, "Only those of this trade.")
    private static let entry = QueryField.id("entry_id", of: Entry.self, "Only those of this entry.")
    static let listFields: [any QueryParameter] = [page, limit, trade, entry]

    private static let side = QueryField.parsed(
        "size", .choice(Thumbnails.sides.map { "\($0)" }), "The side of the square it fits into, in pixels.",
        wanted: "one of \(Thumbnails.sides.map { "\($0)" }.joined(separator: ", "))"
    ) { text in Thumbnails.sides.first { "\($0)" == text } }
    .or(Thumbnails.firstSide, shown: .text("\(Thumbnails.firstSide)"))
    static let thumbnailFields: [any QueryParameter] = [side]

    static let thumbnailType = ImageFormat.webp.mediaType
    static let ifRange = RequestHeader("If-Range", .text, "The ETag that the range is meant for.")
    private static let pictureTypes = ImageFormat.allCases.map(\.mediaType)
    static let byteAnswers: [Int: Content] = [200: .bytes(pictureTypes), 206: .bytes(pictureTypes), 416: .nothing]

    init(_ services: ImageServices) { self.services = services }

    func storage(_ call: Call) async throws -> StorageView {
        let space = try await journals.read(call) { try ImageStore($0).space() }
        return StorageView(used_bytes: space.usedBytes, quota_bytes: services.quotaBytes, image_count: space.count)
    }

    func list(_ call: Call) async throws -> ImagesView {
        let (page, limit) = (try call.value(of: Self.page), try call.value(of: Self.limit))
        let (trade, entry) = (try call.value(of: Self.trade), try call.value(of: Self.entry))
        let owners = [trade.map { ImageStore.Owner.trade($0) }, entry.map { .entry($0) }].compactMap(\.self)
        return try await journals.withJournal(of: call) { journal in
            let (images, count) = try await journal.file.read { db in
                let store = ImageStore(db)
                let (images, count) = try store.page(of: owners, offset: (page - 1) * limit, limit: limit)
                return (try images.map { ($0, try store.owners(of: $0.id)) }, count)
            }
            var views: [ImageView] = []
            for (image, owners) in images {
                views.append(ImageView(image, owners: owners, size: await shownSize(image, journal.blobs)))
            }
            return ImagesView(images: views, total: count, page: page, limit: limit)
        }
    }

    /// The bytes, or some of them.
    ///
    /// - Throws: `image.not_found`, `image.not_here`.
    func bytes(_ call: Call) async throws -> Answer {
        try await journals.withJournal(of: call) { journal in
            let (image, name) = try await image(call, in: journal)
            let format = ImageFormat(sniffing: try await head(name, journal.blobs, count: 16))
            guard
                var answer = try await BlobAnswer(
                    name: name, store: journal.blobs, mediaType: format?.mediaType ?? "application/octet-stream",
                    tag: Self.tag(name), metrics: journals.metrics
                ).answer(call)
            else { throw Failure.imageNotHere }
            // What is no picture is not shown at all.
            let disposition = ContentDisposition(format == nil ? .attachment : .inline, name: image.name)
            answer["content-disposition"] = disposition.text
            answer["cache-control"] = Self.caching
            return answer
        }
    }

    /// - Throws: `image.not_found`, `image.not_here`, `image.too_many_pixels`, `image.damaged`.
    func thumbnail(_ call: Call) async throws -> Answer {
        let (side, person) = (try call.value(of: Self.side), try call.caller.id)
        return try await journals.withJournal(of: call) { journal in
            let (_, name) = try await image(call, in: journal)
            let thumbnails = try services.thumbnails(of: journal)
            var bytes = thumbnails.find(name, side: side)
            if bytes == nil {
                guard journal.blobs.has(name) else { throw Failure.imageNotHere }
                // Devices send what they have; here is where somebody looks at it first.
                _ = try CleanImage(try await journal.blobs.read(name)).size()
                bytes = try await services.decoders.pass(person) {
                    try await thumbnails.make(of: name, at: journal.blobs.path(of: name), side: side)
                }
            }
            var answer = Answer(bytes ?? [], type: Self.thumbnailType)
            answer["etag"] = "\"\(name)-\(side)\""
            answer["cache-control"] = Self.caching
            return answer
        }
    }

    /// - Throws: `image.not_found`.
    func delete(_ call: Call) async throws -> DeletedView {
        let id = try id(call)
        return try await journals.withJournal(of: call) { journal in
            let edited = try await journals.edit(call, journal, "delete image \(Lookup.short(id))") { draft, db in
                _ = try ImageStore(db).delete(id, in: &draft)
            }
            try await services.dropDeletedImages(of: journal)
            return DeletedView(edited.commits)
        }
    }

    // MARK: Steps

    /// It may be kept, and is asked for every time: an image can get another picture.
    private static let caching = "private, no-cache"

    private static func tag(_ name: BlobName) -> String { "\"\(name)\"" }

    private func id(_ call: Call) throws(Failure) -> ID<Image> {
        guard let id = ID<Image>(call.parameter("id")) else { throw .imageNotFound }
        return id
    }

    private func image(_ call: Call, in journal: OpenJournal) async throws -> (Image, BlobName) {
        let id = try id(call)
        guard let image = try await journal.file.read({ try ImageStore($0).find(id) }),
            let name = BlobName(bytes: image.sha256)
        else { throw Failure.imageNotFound }
        return (image, name)
    }

    /// - Throws: `image.not_here`.
    private func head(_ name: BlobName, _ blobs: BlobStore, count: Int) async throws -> [UInt8] {
        guard blobs.has(name) else { throw Failure.imageNotHere }
        return try await blobs.read(name, count: count)
    }

    /// Nil for a picture that is not here, or whose head does not say it soon enough.
    private func shownSize(_ image: Image, _ blobs: BlobStore) async -> PictureSize? {
        guard let name = BlobName(bytes: image.sha256),
            let head = try? await head(name, blobs, count: Self.headBytes),
            let format = ImageFormat(sniffing: head)
        else { return nil }
        return PictureSize(format, head)
    }
}

extension Failure {
    static let imageNotFound = Failure(.notFound, "image.not_found", "There is no such image in your journal.")
    static let imageNotHere = Failure(
        .notFound, "image.not_here", "The picture itself is on another device, or was deleted too long ago.")
}
