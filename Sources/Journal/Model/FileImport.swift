import Primitives

/// A file that was imported, and how it was read.
package struct FileImport: Hashable, Sendable {
    package let id: ID<FileImport>
    package let file: String
    package let account: ID<Account>
    /// The layout by which it was read, as `binance_spot`: two files of one layout write the same fill alike.
    package let layout: String
    package let createdAt: Timestamp
    /// Of the file's bytes; nil where they could not be read again, as from a pipe.
    package let sha256: [UInt8]?
    /// How finely its times are told: 1, 1,000 or 60,000 milliseconds, or a day.
    package let resolutionMilliseconds: Int64
    /// Whether its fills have ids of the exchange's own.
    package let hasIDs: Bool
    /// What was chosen or guessed, for people: “times in UTC+2, day first”.
    package let reading: String
    /// How many fills it brought.
    package let fillCount: Int

    package init(
        id: ID<FileImport>, file: String, account: ID<Account>, layout: String, createdAt: Timestamp, sha256: [UInt8]?,
        resolutionMilliseconds: Int64, hasIDs: Bool, reading: String, fillCount: Int
    ) {
        self.id = id
        self.file = file
        self.account = account
        self.layout = layout
        self.createdAt = createdAt
        self.sha256 = sha256
        self.resolutionMilliseconds = resolutionMilliseconds
        self.hasIDs = hasIDs
        self.reading = reading
        self.fillCount = fillCount
    }
}
