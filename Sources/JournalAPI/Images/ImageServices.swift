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
    private let darkroom: Darkroom
    /// One picture of a person is added after the other, so that a picture that does not fit is refused before its
    /// bytes are kept.
    let adding: Turnstile<ID<Caller>>

    /// - Parameter quotaBytes: of each person.
    package init(_ journals: JournalServices, darkroom: Darkroom, quotaBytes: Int64) {
        self.journals = journals
        self.darkroom = darkroom
        self.quotaBytes = quotaBytes
        adding = Turnstile(
            .init(
                insideMax: .max, insidePerPersonMax: 1, waitingMax: .max,
                waitingPerPersonMax: WorkLimits.waitingPerPersonMax))
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
