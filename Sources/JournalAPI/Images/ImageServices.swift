import Journal
import Pictures
import Primitives
import Storage
import Sync
import Web

/// What the image routes need besides the journals: who decodes pictures, and how much of them there may be.
package struct ImageServices: Sendable {
    let journals: JournalServices
    let quotaBytes: Int64
    let sweeps: BlobSweeps
    private let darkroom: Darkroom
    /// One picture of a person is added after the other, so that a picture that does not fit is refused before its
    /// bytes are kept.
    let adding: Turnstile<ID<Person>>

    /// - Parameter quotaBytes: of each person.
    package init(_ journals: JournalServices, darkroom: Darkroom, quotaBytes: Int64, sweeps: BlobSweeps) {
        self.sweeps = sweeps
        self.journals = journals
        self.darkroom = darkroom
        self.quotaBytes = quotaBytes
        adding = Turnstile(
            .init(
                insideMax: .max, insidePerPersonMax: 1, waitingMax: .max,
                waitingPerPersonMax: Workshop.waitingPerPersonMax))
    }

    func thumbnails(of journal: OpenJournal) throws(Failure) -> Thumbnails {
        try Thumbnails(
            directory: journal.file.directory + "/thumbnails", darkroom: darkroom, world: journals.world)
    }

    /// How much the images of a journal take, in bytes.
    func usedBytes(of journal: OpenJournal) async throws -> Int64 {
        let exempt = try await journal.file.deletedImageBytes(in: journal.blobs)
        return max(0, try await journal.blobs.usedBytes() - exempt)
    }

    /// How much a journal's images may take, as things stand.
    func quota(of journal: OpenJournal) async throws -> BlobQuota {
        BlobQuota(
            bytesMax: quotaBytes, exemptBytes: try await journal.file.deletedImageBytes(in: journal.blobs))
    }

    /// Keeps a place for a picture that a device sends.
    ///
    /// - Throws: `image.quota_exceeded`.
    func reserve(_ name: BlobName, size: Int64, in journal: OpenJournal) async throws -> BlobQuota {
        do {
            // Mostly it fits without asking what the deleted ones take.
            let plain = BlobQuota(bytesMax: quotaBytes, exemptBytes: 0)
            try await journal.blobs.reserve(name, size: size, in: plain)
            return plain
        } catch let failure as Failure where failure.code == "image.quota_exceeded" {
            try await dropDeletedImages(of: journal)
            let quota = try await quota(of: journal)
            try await journal.blobs.reserve(name, size: size, in: quota)
            return quota
        }
    }

    /// Lets go of what was deleted and is too much to keep. As many bytes as a person may use are kept for an undo.
    func dropDeletedImages(of journal: OpenJournal) async throws {
        let thumbnails = try thumbnails(of: journal)
        for name in try await journal.file.dropDeletedImages(from: journal.blobs, bytesMax: quotaBytes) {
            thumbnails.delete(name)
        }
    }
}
