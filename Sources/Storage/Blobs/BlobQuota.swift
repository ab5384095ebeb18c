import Primitives
import Sync

/// How much a store may hold.
package struct BlobQuota: Hashable, Sendable {
    /// What a file takes at least, however small: a block of the disk.
    package static let fileBytes: Int64 = 4096

    package let bytesMax: Int64
    /// Bytes that do not count: of deleted images, which are kept for an undo.
    package let exemptBytes: Int64

    /// As much as there is on the disk: a device's own.
    package static let none = BlobQuota(bytesMax: .max, exemptBytes: 0)

    package init(bytesMax: Int64, exemptBytes: Int64) {
        self.bytesMax = bytesMax
        self.exemptBytes = exemptBytes
    }

    var isLimited: Bool { bytesMax < .max }
    /// So many files, whole or not: without it, nobody would count empty ones.
    package var filesMax: Int { Int(clamping: max(1024, bytesMax / Self.fileBytes)) }
}

/// What a store holds, in figures that are kept up to date: counting the files anew each time would take too long.
struct BlobUse: Sendable {
    /// A blob of which only the beginning has come.
    struct Part: Sendable {
        var received: Int64
        /// Of the whole blob, as whoever sends it says.
        var size: Int64
        var touched: Timestamp
    }

    /// For how long the rest of a blob has its place kept, in milliseconds, while nothing comes of it.
    static let heldMilliseconds: Int64 = 120_000

    /// Of all files, whole or not.
    var bytes: Int64 = 0
    var files = 0
    var parts: [BlobName: Part] = [:]

    /// Makes sure that `more` bytes fit besides what is here and what others have begun to send.
    ///
    /// - Throws: `image.quota_exceeded`.
    func check(_ more: Int64, of size: Int64, besides name: BlobName?, in quota: BlobQuota, at now: Timestamp)
        throws(Failure)
    {
        guard quota.isLimited, more > 0 || files >= quota.filesMax else { return }
        let held = parts.reduce(Int64(0)) { sum, part in
            let isOn = now.milliseconds(since: part.value.touched) < Self.heldMilliseconds
            return part.key == name || !isOn ? sum : sum + max(0, part.value.size - part.value.received)
        }
        let used = max(0, bytes - quota.exemptBytes) + held
        guard more <= quota.bytesMax - used, files < quota.filesMax else {
            throw .imageQuotaExceeded(used, size, of: quota.bytesMax)
        }
    }

    /// The part that has to go for another one; nil while there is room.
    func oldestTooMany(besides name: BlobName) -> BlobName? {
        guard parts[name] == nil, parts.count >= BlobStore.partsMax else { return nil }
        return parts.min { $0.value.touched < $1.value.touched }?.key
    }
}
