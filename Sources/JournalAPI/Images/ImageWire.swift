import Journal
import Primitives
import Storage
import Sync
import Web

/// An image, without its bytes.
struct ImageView: View {
    let id: String
    /// Where its bytes are.
    let url: String
    let thumbnail_url: String
    let sha256: String
    let name: String
    let media_type: String
    @OrNull var size: Int64?
    /// As it is shown; null while the bytes are on another device.
    @OrNull var width: Int?
    @OrNull var height: Int?
    let caption: String
    let trade_ids: [String]
    let entry_ids: [String]
    @OrNull var created_at: String?

    init(_ image: Image, owners: [ImageStore.Owner], size shown: PictureSize?) {
        id = image.id.description
        url = "/api/v1/journal/images/\(image.id)"
        thumbnail_url = url + "/thumbnail"
        sha256 = Hex.encode(image.sha256)
        name = image.name
        media_type = image.mediaType
        size = image.size
        width = shown?.width
        height = shown?.height
        caption = image.caption
        trade_ids = owners.compactMap { if case .trade(let id) = $0 { id.description } else { nil } }
        entry_ids = owners.compactMap { if case .entry(let id) = $0 { id.description } else { nil } }
        created_at = image.createdAt?.description
    }

    /// Of a picture that any of its formats' readers shows, in pixels.
    static let sideMax = 65_535

    static let shape = Shape.object(
        "Image",
        [
            "id": .id,
            "url": .text.note("Where its bytes are.", example: "/api/v1/journal/images/0193b8e6-…"),
            "thumbnail_url": .text.note("Where a small picture of it is, as WebP."),
            "sha256": .sha256.note("Of the bytes, and their strong ETag."),
            "name": .text.note("What the file was called.", example: "chart.png"),
            "media_type": .text.note("Told by the content.", example: "image/png"),
            "size": .count.orNull.note("In bytes; null when a device said what cannot be."),
            "width": .integer(1...Int64(sideMax)).orNull.note(
                "In pixels, as it is shown; null while the bytes are elsewhere."),
            "height": .integer(1...Int64(sideMax)).orNull,
            "caption": .text,
            "trade_ids": .list(of: .id).note("The trades it hangs on."),
            "entry_ids": .list(of: .id).note("The entries it hangs on."),
            "created_at": .time.orNull,
        ])
}

struct ImagesView: View {
    let images: [ImageView]
    let total: Int
    let page: Int
    let limit: Int

    static let shape = Shape.object(
        "Images",
        [
            "images": .list(of: ImageView.shape), "total": .count, "page": .integer(1...1_000_000),
            "limit": .integer(1...100),
        ])
}

/// What the pictures of a person take. Those under several names count once.
struct StorageView: View {
    let used_bytes: Int64
    let quota_bytes: Int64
    let image_count: Int

    static let shape = Shape.object(
        "Storage",
        [
            "used_bytes": .count.note(
                "Of all pictures that are here, also those that devices brought, whole or in part."),
            "quota_bytes": .count.note("Up to which pictures can be uploaded."),
            "image_count": .count.note("Pictures that differ."),
        ])
}

/// What a form for an image has.
enum ImageForm {
    /// The second is what some programs call it.
    static let files: Set<String> = ["file", "image"]

    static let shape = Shape.object(
        "NewImage",
        [
            "file": .file("image/png", "image/jpeg", "image/webp", "image/gif").note(
                "The picture, up to 5 MiB. What it says of the place, the time and the camera is taken out."),
            "trade_id": .oneOf(.id, .empty).optional.note("The trade it shows."),
            "entry_id": .oneOf(.id, .empty).optional.note("The entry it belongs to."),
            "caption": .text(length: 0...ImageStore.captionBytesMax).optional,
        ])
}

extension Shape {
    /// A field of a form that nobody filled in, which browsers send all the same.
    fileprivate static let empty = Shape.choice([""])
}
