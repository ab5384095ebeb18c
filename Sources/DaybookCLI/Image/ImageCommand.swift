import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Images: charts and screenshots on trades and entries.",
        discussion: """
            PNG, JPEG, WebP and GIF up to 5 MiB. What a picture says of the place, the time and the camera is taken out
            before it is kept. One picture under many names takes its space once.
            """,
        subcommands: [
            ImageListCommand.self, ImageAddCommand.self, ImageReplaceCommand.self, ImageGetCommand.self,
            ImageDeleteCommand.self,
        ])
}

/// The image that a command is about.
struct ImageChoice: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The image: 4 or more digits of its id, or `last`.", valueName: "id"), completion: .images)
    var id: String

    func find(in journal: JournalFile) async throws -> ID<Image> {
        let text = id
        return try await journal.read { try Lookup($0).image(text) }
    }
}

/// Images as scripts see them.
enum ImageJSON {
    static func image(_ image: Image, owners: [ImageStore.Owner]? = nil) -> JSON {
        var fields: [String: JSON] = [
            "id": .id(image.id), "sha256": .text(Hex.encode(image.sha256)), "name": .text(image.name),
            "media_type": .text(image.mediaType), "size": .integer(image.size), "caption": .text(image.caption),
            "created": .time(image.createdAt),
        ]
        if let owners {
            fields["trades"] = .list(owners.compactMap { if case .trade(let id) = $0 { .id(id) } else { nil } })
            fields["entries"] = .list(owners.compactMap { if case .entry(let id) = $0 { .id(id) } else { nil } })
        }
        return .object(fields)
    }
}

/// A picture on its way from a file into the journal.
struct PictureFile {
    let name: String
    let picture: CleanImage

    /// - Throws: `file.not_found`, and what `CleanImage` throws.
    init(_ path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes, attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw Failure(.notFound, "file.not_found", "There is no file \(path), or it cannot be read.")
        }
        // A film is not read into memory to find out that it is no picture.
        if let size = attributes[.size] as? Int, size > CleanImage.sizeMax * 4 {
            throw Failure(
                .tooLarge, "image.too_large",
                "\(path) has \(Figures.bytes(Int64(size))); 5 MiB are allowed. Make it smaller first.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.notFound, "file.not_found", "There is no file \(path), or it cannot be read.")
        }
        name = URL(fileURLWithPath: path).lastPathComponent
        picture = try CleanImage(Array(data))
    }

    /// Keeps the bytes, and tells what the journal has to say of them.
    func stored(in blobs: BlobStore, id: ID<Image>, caption: String = "", now: Timestamp) async throws -> Image {
        let blob = try await blobs.put(picture.bytes)
        return Image(
            id: id, sha256: blob.bytes, name: name, mediaType: picture.format.mediaType,
            size: Int64(picture.bytes.count), caption: caption, createdAt: now)
    }
}
