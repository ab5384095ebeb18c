import Foundation
import Journal
import Primitives
import Storage

/// What became of one file, for scripts and for people.
extension ImportReport {
    /// How many refused rows a person is shown.
    private static let shownRows = 20

    var json: JSON {
        var fields: [String: JSON] = [
            "file": .text(file), "format": .text(format.rawValue),
            "account": account.map { AccountJSON.account($0) } ?? .null, "new": .count(newCount),
            "known": .count(knownCount), "refused": .count(refusedCount), "skipped": .count(skippedCount),
            "refused_rows": .list(
                refused.map { .object(["line": .count($0.line), "reason": .text($0.reason)]) }),
            "skipped_reasons": .object(skipped.mapValues { .count($0) }), "import": .id(fileImport),
            "reading": .list(reading.map { .text($0) }), "doubles": .count(doubleCount),
            "doubles_in": .list(doubles.map { ImportJSON.group($0) }), "known_elsewhere": .count(elsewhereCount),
            "known_in": .list(
                elsewhere.map { .object(["account": AccountJSON.account($0.account), "count": .count($0.count)]) }),
            "typed": .list(typed.map { ImportJSON.pair($0) }), "partial_history": .count(unmatchedCount),
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
        for line in reading { print("  \(line)".onOneLine) }
        printDoubts(terminal)
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

    /// What a person has to decide.
    private func printDoubts(_ terminal: Terminal) {
        for other in elsewhere {
            print(
                terminal.styled(
                    ("  \(Figures.count(other.count, "row")) left out: account \(other.account.exchange)/\(other.account.label) "
                        + "has them already. --allow-duplicates imports them all the same.").onOneLine, .yellow))
        }
        for group in doubles.prefix(Self.shownRows) { print(terminal.styled("  \(group.sentence)".onOneLine, .yellow)) }
        if doubles.count > Self.shownRows {
            print("  … and \(doubles.count - Self.shownRows) more; --json lists them.")
        }
        if !doubles.isEmpty {
            print(
                "  They count in no figure until you decide: `daybook import review` lists them, `daybook import undo` takes "
                    + "the import back.")
        }
        if unmatchedCount > 0 {
            print(
                ("  \(Figures.count(unmatchedCount, "fill")) closed what began before this history: so much is in no trade. "
                    + "`daybook fill list --partial` lists them, `daybook fill cost` says what it had cost.").onOneLine)
        }
        for pair in typed.prefix(Self.shownRows) {
            print(
                ("  Trade \(Lookup.short(pair.typed)) of \(pair.symbol), entered by hand, looks like one of this file: "
                    + "`daybook import review --join \(Lookup.short(pair.typed))` makes them one.").onOneLine)
        }
    }
}
