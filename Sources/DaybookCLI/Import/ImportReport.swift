import Foundation
import Journal
import Primitives

/// What became of one file.
struct ImportReport: Sendable {
    struct Row: Sendable {
        let line: Int
        let reason: String
    }

    let file: String
    var format: ImportFormat = .auto
    var account: Account?
    var newCount = 0
    var knownCount = 0
    var refusedCount = 0
    var skippedCount = 0
    /// The first of those that were refused.
    private(set) var refused: [Row] = []
    /// How often each reason came up.
    private(set) var skipped: [String: Int] = [:]
    /// Why the file as a whole could not be read.
    var failure: Failure?

    /// A file of nonsense must not fill the memory with complaints.
    private static let refusedRowsMax = 100_000
    private static let skippedReasonsMax = 100
    /// How many refused rows a person is shown.
    static let shownRows = 20

    init(file: String) { self.file = file }

    mutating func refuse(line: Int, reason: String) {
        refusedCount += 1
        if refused.count < Self.refusedRowsMax { refused.append(Row(line: line, reason: reason)) }
    }

    mutating func skip(reason: String) {
        skippedCount += 1
        if skipped.count < Self.skippedReasonsMax || skipped[reason] != nil { skipped[reason, default: 0] += 1 }
    }

    var json: JSON {
        var fields: [String: JSON] = [
            "file": .text(file), "format": .text(format.rawValue),
            "account": account.map { AccountJSON.account($0) } ?? .null, "new": .count(newCount),
            "known": .count(knownCount), "refused": .count(refusedCount), "skipped": .count(skippedCount),
            "refused_rows": .list(
                refused.map { .object(["line": .count($0.line), "reason": .text($0.reason)]) }),
            "skipped_reasons": .object(skipped.mapValues { .count($0) }),
        ]
        if let failure {
            fields["error"] = .object(["code": .text(failure.code), "message": .text(failure.message)])
        }
        return .object(fields)
    }

    func printed(isDryRun: Bool, milliseconds: Int64) {
        let terminal = Terminal.output
        if let failure {
            print("\(file): \(failure.message) [\(failure.code)]".onOneLine)
            return
        }
        let place = account.map { " into \($0.exchange)/\($0.label)" } ?? ""
        print("\(terminal.styled(file.onOneLine, .bold)) (\(format.rawValue))\(place.onOneLine)")
        var parts = ["\(newCount) new", "\(knownCount) known already", "\(refusedCount) refused"]
        if skippedCount > 0 { parts.append("\(skippedCount) skipped") }
        let total = newCount + knownCount
        let speed = milliseconds >= 1000 ? " in \(Figures.duration(milliseconds: Double(milliseconds)))" : ""
        print(
            "  \(Figures.count(total, "fill"))\(speed): \(parts.joined(separator: ", "))\(isDryRun ? " (nothing was written)" : "")"
        )
        for (reason, count) in skipped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("  skipped \(count): \(reason)".onOneLine)
        }
        for row in refused.prefix(Self.shownRows) {
            print(terminal.styled("  line \(row.line): \(row.reason)".onOneLine, .yellow))
        }
        if refusedCount > Self.shownRows {
            print("  … and \(refusedCount - Self.shownRows) more; --json lists them.")
        }
    }
}
