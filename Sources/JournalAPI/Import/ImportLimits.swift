import Storage

/// How much is imported over REST.
package enum ImportLimits {
    /// One file, in bytes.
    static let fileBytesMax = 256 << 20
    /// Rows of one file: about a minute of work.
    package static let rowsMax = 2_000_000
    /// The first rows that were refused are told, so many of them.
    static let refusedRowsMax = 1000
    /// Files of one person that are received at once.
    static let receivingPerPersonMax = 1
    /// Files of one person that wait, unread, to be received.
    static let receivingWaitingPerPersonMax = 16
    /// Up to here a file is small, in bytes: small files do not wait for large ones.
    static let smallFileBytesMax: Int64 = 4 << 20
    /// Small files that are worked on at once, in turns.
    static let smallFilesMax = 4
    /// The same of others: each may have some 250 MB in memory, if it is a workbook.
    static let largeFilesMax = 1
    /// How often a job is begun that never ends in order.
    package static let attemptsMax = 3
}
