import Foundation
import Journal
import Primitives

/// What became of one file.
package struct ImportReport: Sendable {
    package struct Row: Sendable {
        package let line: Int
        package let reason: String
    }

    /// Rows that are in another account already.
    package struct Elsewhere: Sendable {
        package let account: Account
        package let count: Int
    }

    package let file: String
    /// What the journal knows it by; nil where it brought nothing.
    package internal(set) var fileImport: ID<FileImport>?
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
    /// How the file was read, where that was chosen or guessed.
    package internal(set) var reading: [String] = []
    /// What a mapping is saved for; nil for a file without a header. It is not in a job's row.
    package internal(set) var header: String?
    /// Fills that it brought, or that were here, and that now wait as likely doubles.
    package internal(set) var doubles: [DoubleStore.Group] = []
    /// Of its fills, those that closed more than any fill here had opened: the rest is in no trade.
    package internal(set) var unmatchedCount = 0
    /// Rows that were left out because other accounts have them.
    package internal(set) var elsewhere: [Elsewhere] = []
    var elsewhereCounts: [ID<Account>: Int] = [:]
    /// Trades entered by hand that look like ones which it brought.
    package internal(set) var typed: [TypedTrades.Pair] = []
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

    /// Of a file that could not be read.
    package init(file: String, _ failure: Failure) {
        self.init(file: file)
        self.failure = failure
    }

    package var doubleCount: Int { doubles.reduce(0) { $0 + $1.count } }
    package var elsewhereCount: Int { elsewhere.reduce(0) { $0 + $1.count } }
    /// Whether a person has to look at what became of the file.
    package var isDoubtful: Bool { refusedCount > 0 || !doubles.isEmpty || !elsewhere.isEmpty }

    mutating func refuse(line: Int, reason: String) {
        refusedCount += 1
        if refused.count < refusedRowsMax { refused.append(Row(line: line, reason: reason)) }
    }

    mutating func skip(reason: String) {
        skippedCount += 1
        if skipped.count < Self.skippedReasonsMax || skipped[reason] != nil { skipped[reason, default: 0] += 1 }
    }
}

// MARK: As a job's row has it

extension ImportReport {
    /// What is no count.
    private struct Detail: Codable {
        struct Row: Codable {
            let line: Int
            let reason: String
        }

        struct Account: Codable {
            let id: ID<Journal.Account>
            let exchange: String
            let environment: String
            let label: String

            init(_ account: Journal.Account) {
                id = account.id
                exchange = account.exchange
                environment = account.environment.rawValue
                label = account.label
            }

            /// Nil for one of a later version.
            var account: Journal.Account? {
                Journal.Account.Environment(rawValue: environment).map {
                    Journal.Account(id: id, exchange: exchange, environment: $0, label: label)
                }
            }
        }

        let format: String
        let account: Account?
        let refused: [Row]
        let skipped: [String: Int]
        // What follows is not in the rows of earlier versions.
        let fileImport: ID<Journal.FileImport>?
        let reading: [String]?
        let doubles: [DoubleStore.Group]?
        let elsewhere: [Elsewhere]?
        let typed: [TypedTrades.Pair]?
        let unmatchedCount: Int?

        struct Elsewhere: Codable {
            let account: Account
            let count: Int
        }
    }

    /// What came of the job.
    ///
    /// - Parameter doneBytes: how much of the file was read.
    package func outcome(doneBytes: Int64) throws -> Job.Outcome {
        var counts = Job.Counts()
        counts.new = newCount
        counts.known = knownCount
        counts.refused = refusedCount
        counts.skipped = skippedCount
        let detail = Detail(
            format: format.rawValue,
            account: account.map { Detail.Account($0) },
            refused: refused.map { Detail.Row(line: $0.line, reason: $0.reason) }, skipped: skipped,
            fileImport: fileImport, reading: reading, doubles: doubles,
            elsewhere: elsewhere.map { Detail.Elsewhere(account: .init($0.account), count: $0.count) }, typed: typed,
            unmatchedCount: unmatchedCount)
        return Job.Outcome(
            done: doneBytes, counts: counts,
            detail: String(decoding: try JSONEncoder().encode(detail), as: UTF8.self),
            problem: failure.map { Job.Problem(code: $0.code, message: $0.message) })
    }

    /// What a job's row says; the reason why it failed stays there.
    package init(file: String, _ outcome: Job.Outcome) {
        self.init(file: file)
        newCount = outcome.counts.new
        knownCount = outcome.counts.known
        refusedCount = outcome.counts.refused
        skippedCount = outcome.counts.skipped
        let detail = outcome.detail.flatMap { try? JSONDecoder().decode(Detail.self, from: Data($0.utf8)) }
        guard let detail else { return }
        format = ImportFormat(rawValue: detail.format) ?? .auto
        refused = detail.refused.map { Row(line: $0.line, reason: $0.reason) }
        skipped = detail.skipped
        account = detail.account?.account
        fileImport = detail.fileImport
        reading = detail.reading ?? []
        doubles = detail.doubles ?? []
        elsewhere = (detail.elsewhere ?? []).compactMap { other in
            other.account.account.map { Elsewhere(account: $0, count: other.count) }
        }
        typed = detail.typed ?? []
        unmatchedCount = detail.unmatchedCount ?? 0
    }
}
