import Crypto
import Journal
import Pictures
import Primitives
import Storage
import Sync
import Web

/// Images on their way in.
struct UploadRoutes: Sendable {
    private let services: ImageServices

    init(_ services: ImageServices) { self.services = services }

    /// Takes a picture out of a form, and puts it into the journal.
    ///
    /// - Throws: `image.no_file`, `image.too_large`, `image.unknown_format`, `image.damaged`, `image.too_many_pixels`,
    ///   `image.quota_exceeded`, `trade.not_found`, `entry.not_found`, `server.busy`,
    ///   `bodies.too_many`, `bodies.no_room`.
    func upload(_ call: Call) async throws -> Answer {
        let person = try call.caller.id
        return try await call.inTurn {
            let upload = try await receive(call)
            let size = try upload.picture.size()
            return try await services.journals.withJournal(of: call) { journal in
                let proof = try await services.journals.workshop.run(for: person) {
                    try await services.thumbnails(of: journal).proof(of: upload.picture.bytes)
                }
                do {
                    let image = try await services.adding.pass(person) { try await add(upload, to: journal, call) }
                    if let name = BlobName(bytes: image.sha256) { proof.keep(as: name) }
                    try await services.dropDeletedImages(of: journal)
                    let owners = try await journal.file.read { try ImageStore($0).owners(of: image.id) }
                    var answer = try Answer(status: 201, json: ImageView(image, owners: owners, size: size))
                    answer["location"] = "/api/v1/journal/images/\(image.id)"
                    return answer
                } catch {
                    proof.discard()
                    throw error
                }
            }
        }
    }

    // MARK: Steps

    /// Up to here a form that is too large is read to its end: most programs listen only then. Cameras make no larger
    /// pictures.
    private static let bodyBytesMax = 20 << 20

    /// What came with a form.
    private struct Upload: Sendable {
        let picture: CleanImage
        let fileName: String
        let caption: String
        let owner: ImageStore.Owner?
    }

    private func receive(_ call: Call) async throws -> Upload {
        if let count = call.bodyCount, count > Int64(Self.bodyBytesMax) {
            throw Failure.imageTooLarge(Int(clamping: count))
        }
        var name: String?
        var bytes: [UInt8] = []
        var count = 0
        let texts = try await call.multipart(
            files: ImageForm.files, FormLimits(fileBytesMax: Self.bodyBytesMax * 2)
        ) { event in
            switch event {
            case .part(let part):
                guard name == nil else { throw Failure.imageTwoFiles }
                name = part.fileName ?? ""
            case .bytes(let piece):
                count += piece.count
                guard count <= Self.bodyBytesMax else { throw Failure.imageTooLarge(count) }
                // Of what is too large nothing is kept, and no more is read than lets the sender hear why.
                if count <= CleanImage.sizeMax {
                    try call.hold(piece.count)
                    bytes += piece
                } else {
                    bytes = []
                    call.letGo()
                }
            case .end: break
            }
        }
        guard count <= CleanImage.sizeMax else { throw Failure.imageTooLarge(count) }
        guard let name else { throw Failure.imageNoFile }
        // The clean picture stands beside the other for a moment.
        try call.hold(bytes.count)
        return Upload(
            picture: try CleanImage(bytes), fileName: name, caption: texts["caption"] ?? "", owner: try owner(texts))
    }

    private func owner(_ texts: FormTexts) throws(Failure) -> ImageStore.Owner? {
        // An empty field of a form says nothing.
        let (trade, entry) = (texts["trade_id"] ?? "", texts["entry_id"] ?? "")
        guard trade.isEmpty || entry.isEmpty else { throw .imageTwoOwners }
        if !trade.isEmpty {
            guard let id = ID<Trade>(trade) else { throw .imageBadOwner("trade_id") }
            return .trade(id)
        }
        guard !entry.isEmpty else { return nil }
        guard let id = ID<Entry>(entry) else { throw .imageBadOwner("entry_id") }
        return .entry(id)
    }

    private func add(_ upload: Upload, to journal: OpenJournal, _ call: Call) async throws -> Image {
        let (bytes, world) = (upload.picture.bytes, services.journals.world)
        let size = Int64(bytes.count)
        guard let name = BlobName(bytes: Array(SHA256.hash(data: bytes))) else { throw Failure.blobWrongContent }
        // Nothing that does not fit reaches the disk. A picture that was deleted is there and does not count, until it is
        // shown again.
        let quota = try await services.quota(of: journal)
        if try await journal.file.read({ try ImageStore($0).isNamed(name) && !ImageStore($0).isShown(name) }) {
            try await journal.blobs.check(size, in: quota)
        }
        let isNew = !journal.blobs.has(name)
        _ = try await journal.blobs.put(bytes, in: quota)
        let image = Image(
            id: .new(in: world), sha256: name.bytes, name: upload.fileName,
            mediaType: upload.picture.format.mediaType, size: size, caption: upload.caption, createdAt: world.now())
        do {
            return try await services.journals.edit(call, journal, "add image \(image.name)") { draft, db in
                try ImageStore(db).add(image, to: upload.owner, in: &draft)
                return image
            }.result
        } catch {
            // Its bytes are there, and perhaps no image names them.
            if isNew { try await journal.file.dropLooseImage(name, from: journal.blobs) }
            throw error
        }
    }
}

extension Failure {
    static let imageNoFile = Failure(
        .invalid, "image.no_file", "There is no picture in the form: send it as a file in the field \"file\".")
    static let imageTwoFiles = Failure(
        .invalid, "image.two_files", "There are several pictures in the form: send one at a time.")
    static let imageTwoOwners = Failure(
        .invalid, "image.two_owners", "An image hangs on a trade or on an entry: give trade_id or entry_id, not both.")
    static func imageBadOwner(_ field: String) -> Failure {
        Failure(.invalid, "image.bad_owner", "The field \"\(field)\" must be an id: a UUID.")
    }
}
