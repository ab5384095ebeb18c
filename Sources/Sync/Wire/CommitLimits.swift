import Primitives

/// What a commit may hold. Whoever writes keeps to it; whoever receives refuses what does not.
package enum CommitLimits {
    package static let encodedBytesMax = 1 << 20
    package static let operationsMax = 1000
    package static let fieldsPerOperationMax = 256
    package static let textBytesMax = 256 << 10
    package static let summaryBytesMax = 1024
    /// Of a hybrid time, whose upper 48 bits are milliseconds: no replica of ours writes 47 of them (see
    /// `HybridTime.next`), and a database sorts it as a number with a sign.
    package static let timeMax = UInt64(Int64.max)
    /// A person has a handful of devices; a journal that was cloned and restored for decades has hundreds.
    package static let clockEntriesMax = 1024
}

extension Failure {
    package static func badCommit(_ dot: Dot, _ code: String, _ what: String) -> Failure {
        Failure(
            .invalid, "sync.\(code)", "Commit \(dot) was refused: \(what) Update Daybook on the device that sent it.")
    }
}
