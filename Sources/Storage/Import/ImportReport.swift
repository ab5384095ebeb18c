import Journal
import Primitives

/// What became of one file.
package struct ImportReport: Sendable {
    package struct Row: Sendable {
        package let line: Int
        package let reason: String
    }

    package let file: String
    package internal(set) var format: ImportFormat = .auto
    package internal(set) var account: Account?
    package internal(set) var newCount = 0
    package internal(set) var knownCount = 0
    package private(set) var refusedCount = 0
    package private(set) var skippedCount = 0
    /// The first of those that were refused.
    package private(set) var refused: [Row] = []
    /// How often each reason came up.
    package private(set) var skipped: [String: Int] = [:]
    /// Why the file as a whole could not be read.
    package var failure: Failure?

    /// A file of nonsense must not fill the memory with complaints.
    package static let refusedRowsMax = 100_000
    private static let skippedReasonsMax = 100
    private let refusedRowsMax: Int

    package init(file: String, refusedRowsMax: Int = Self.refusedRowsMax) {
        self.file = file
        self.refusedRowsMax = refusedRowsMax
    }

    mutating func refuse(line: Int, reason: String) {
        refusedCount += 1
        if refused.count < refusedRowsMax { refused.append(Row(line: line, reason: reason)) }
    }

    mutating func skip(reason: String) {
        skippedCount += 1
        if skipped.count < Self.skippedReasonsMax || skipped[reason] != nil { skipped[reason, default: 0] += 1 }
    }
}
