import Primitives

/// A picture in the journal. Its bytes lie beside the journal under their SHA-256; many images may share them.
package struct Image: Hashable, Sendable {
    package let id: ID<Image>
    /// 32 bytes.
    package let sha256: [UInt8]
    /// What the file was called.
    package let name: String
    /// `image/png`, for example.
    package let mediaType: String
    /// In bytes; nil when what the journal says of it cannot be.
    package let size: Int64?
    package let caption: String
    package let createdAt: Timestamp?

    package init(
        id: ID<Image>, sha256: [UInt8], name: String, mediaType: String, size: Int64?, caption: String,
        createdAt: Timestamp?
    ) {
        self.id = id
        self.sha256 = sha256
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.caption = caption
        self.createdAt = createdAt
    }
}
