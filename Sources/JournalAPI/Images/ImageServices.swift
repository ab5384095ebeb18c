import Journal
import Pictures
import Primitives
import Storage
import Sync
import Web

/// What the image routes need besides the journals: who decodes pictures, and the queues in front of it.
package struct ImageServices: Sendable {
    let journals: JournalServices
    let quotaBytes: Int64
    private let darkroom: Darkroom
    /// Bodies that are in memory.
    let bodies: Turnstile<ID<Caller>>
    /// Pictures that are being decoded.
    let decoders: Turnstile<ID<Caller>>
    /// One picture of a person is added after the other, so that a picture that does not fit is refused before its
    /// bytes are kept.
    let adding: Turnstile<ID<Caller>>

    /// Each has up to 5 MiB, twice while it is cleaned.
    private static let bodiesMax = 16
    private static let bodiesPerPersonMax = 4
    private static let addingMax = 64

    /// - Parameters:
    ///   - quotaBytes: of each person.
    ///   - coreCount: one core is left to small work.
    package init(_ journals: JournalServices, darkroom: Darkroom, quotaBytes: Int64, coreCount: Int) {
        self.journals = journals
        self.darkroom = darkroom
        self.quotaBytes = quotaBytes
        bodies = Turnstile(countMax: Self.bodiesMax, perPersonMax: Self.bodiesPerPersonMax)
        decoders = Turnstile(countMax: max(1, coreCount - 1), perPersonMax: 1)
        adding = Turnstile(countMax: Self.addingMax, perPersonMax: 1)
    }

    func thumbnails(of journal: OpenJournal) throws(Failure) -> Thumbnails {
        try Thumbnails(
            directory: journal.file.directory + "/thumbnails", darkroom: darkroom, world: journals.world)
    }

    /// Lets go of what was deleted and is too much to keep. As many bytes as a person may use are kept for an undo.
    func dropDeletedImages(of journal: OpenJournal) async throws {
        let thumbnails = try thumbnails(of: journal)
        for name in try await journal.file.dropDeletedImages(from: journal.blobs, bytesMax: quotaBytes) {
            thumbnails.delete(name)
        }
    }
}
