import Journal
import Primitives
import Storage
import Sync

/// Conflicts as people and scripts see them.
enum ConflictText {
    static func json(_ conflicts: [Conflict], _ contests: [Contest]) -> JSON {
        .object(["fields": .list(conflicts.map(json)), "deletions": .list(contests.map(json))])
    }

    private static func json(_ conflict: Conflict) -> JSON {
        var object: [String: JSON] = [
            "id": .id(conflict.key.id), "what": .text(conflict.entity), "field": .text(conflict.field.name),
            "versions": .list(
                conflict.versions.map { version in
                    .object([
                        "number": .count(version.number),
                        "value": ShownValue(version.value, field: conflict.field.name).json,
                        "is_cut": .flag(version.isCut), "size": .count(version.byteCount),
                        "device": .text(version.device), "time": .time(version.time),
                        "is_shown": .flag(version.isShown),
                    ])
                }),
            "version_count": .count(conflict.versionCount),
        ]
        if let merged = conflict.merged {
            object["merged"] = .text(merged.text)
            object["merged_is_cut"] = .flag(merged.isCut)
            object["overlaps"] = .flag(merged.hasOverlap)
        }
        return .object(object)
    }

    private static func json(_ contest: Contest) -> JSON {
        .object([
            "id": .id(contest.key.id), "what": .text(contest.entity),
            "deleted": .list(contest.deletions.map(json)), "edited": .list(contest.edits.map(json)),
        ])
    }

    private static func json(_ act: Contest.Act) -> JSON {
        .object([
            "device": .text(act.device), "time": .time(act.time), "fields": .list(act.fields.map { .text($0) }),
        ])
    }

    static func show(_ conflict: Conflict) {
        let terminal = Terminal.output
        print(terminal.styled("\(conflict.entity.onOneLine) · \(conflict.field.name)", .bold))
        for version in conflict.versions {
            let shown = version.isShown ? "  (shown)" : ""
            print("  \(version.number)  \(version.device.onOneLine), \(ShownValue.local(version.time))\(shown)")
            indent(ShownValue(version.value, field: conflict.field.name).text)
            if version.isCut {
                print("     … (\(version.byteCount) bytes in all; --version \(version.number) shows them)")
            }
        }
        let rest = conflict.versionCount - (conflict.versions.last?.number ?? conflict.versionCount)
        if rest > 0, let last = conflict.versions.last {
            print("  … and \(Figures.count(rest, "version")) more: --version \(last.number + 1) shows the next ones")
        }
        if let merged = conflict.merged {
            print(merged.hasOverlap ? "  Shown, with the words that both changed between marks:" : "  Shown, merged:")
            indent(merged.text)
            if merged.isCut { print("     …") }
        }
        print("")
    }

    static func show(_ contest: Contest) {
        print(Terminal.output.styled("\(contest.entity.onOneLine) · deleted there, edited here", .bold))
        for act in contest.deletions { print("  deleted by \(act.device.onOneLine), \(ShownValue.local(act.time))") }
        for act in contest.edits {
            let fields = act.fields.joined(separator: ", ")
            print("  edited by \(act.device.onOneLine), \(ShownValue.local(act.time)): \(fields)")
        }
        print("")
    }

    private static func indent(_ text: String) {
        for line in text.forTerminal.split(separator: "\n", omittingEmptySubsequences: false) { print("     \(line)") }
    }

    /// The thing of an id whose field is meant: an id of a trade may stand for several annotations of it.
    static func key(
        among keys: [JournalState.Key], field: String, in journal: JournalFile
    ) async throws -> JournalState.Key {
        try await journal.read { try Settlement($0).key(among: keys, field: field) }
    }
}
