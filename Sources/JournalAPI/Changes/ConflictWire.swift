import Journal
import Primitives
import Storage
import Sync
import Web

struct ConflictsView: View {
    static let shape = Shape.object(
        "Conflicts", ["fields": .list(of: FieldConflict.shape), "deletions": .list(of: DeletionConflict.shape)])

    let fields: [FieldConflict]
    /// What one device deleted while another edited it.
    let deletions: [DeletionConflict]

    init(_ conflicts: [Conflict], _ contests: [Contest]) {
        fields = conflicts.map { FieldConflict($0) }
        deletions = contests.map { DeletionConflict($0) }
    }
}

/// A field with several values; nothing is lost until somebody chooses.
struct FieldConflict: View {
    struct Version: View {
        static let shape = Shape.object(
            "ConflictVersion",
            [
                "number": .count, "commit": .text.note("The one that wrote it."), "value": ValueView.shape,
                "is_cut": .flag.note("Whether the value is only the beginning of a text."),
                "size": .count.note("Of the whole value, in bytes."), "device": .text, "time": .time, "is_shown": .flag,
            ])

        let number: Int
        let commit: String
        let value: ValueView
        let is_cut: Bool
        let size: Int
        let device: String
        let time: String
        let is_shown: Bool

        init(_ version: Conflict.Version, field: String) {
            number = version.number
            commit = version.commit
            value = ValueView(PlainValue(version.value, field: field))
            is_cut = version.isCut
            size = version.byteCount
            device = version.device
            time = version.time.description
            is_shown = version.isShown
        }
    }

    static let shape = Shape.object(
        "FieldConflict",
        [
            "id": .id, "kind": .text, "what": .text.note("In a few words."), "field": .text,
            "versions": .list(of: Version.shape).note(
                "The latest first, at most \(ConflictReading.versionsMax) of them. Long texts are cut where there are many."
            ),
            "version_count": .count.note("How many there are."),
            "merged": .text.orNull.note("Of a long text: its versions made one, which is what is shown."),
            "merged_is_cut": .flag.orNull.note("Whether that is only its beginning; the thing itself shows it whole."),
            "overlaps": .flag.orNull.note(
                "Whether the versions change the same words, or are too many or too long to be made one."),
        ])

    let id: String
    let kind: String
    let what: String
    let field: String
    let versions: [Version]
    let version_count: Int
    @OrNull var merged: String?
    @OrNull var merged_is_cut: Bool?
    @OrNull var overlaps: Bool?

    init(_ conflict: Conflict) {
        let name = conflict.field.name
        id = conflict.key.id.description
        kind = Schema.current.kind(conflict.key.kind)?.name ?? ""
        what = conflict.entity
        field = name
        versions = conflict.versions.map { Version($0, field: name) }
        version_count = conflict.versionCount
        merged_is_cut = conflict.merged?.isCut
        merged = conflict.merged?.text
        overlaps = conflict.merged?.hasOverlap
    }
}

struct DeletionConflict: View {
    struct Act: Encodable, Sendable {
        static let shape = Shape.object(["device": .text, "time": .time, "fields": .list(of: .text)])

        let device: String
        let time: String
        let fields: [String]

        init(_ act: Contest.Act) {
            device = act.device
            time = act.time.description
            fields = act.fields
        }
    }

    static let shape = Shape.object(
        "DeletionConflict",
        [
            "id": .id, "kind": .text, "what": .text, "deleted": .list(of: Act.shape), "edited": .list(of: Act.shape),
        ])

    let id: String
    let kind: String
    let what: String
    let deleted: [Act]
    let edited: [Act]

    init(_ contest: Contest) {
        id = contest.key.id.description
        kind = Schema.current.kind(contest.key.kind)?.name ?? ""
        what = contest.entity
        deleted = contest.deletions.map { Act($0) }
        edited = contest.edits.map { Act($0) }
    }
}

/// How a conflict is settled: one of its values is kept, or its texts are merged.
struct Decision: Decodable, Sendable {
    static let shape = Shape.object(
        "Decision",
        [
            "keep": .oneOf(.text(length: 1...200), .integer(1...Int64.max)).optional
                .note("A version's number, its commit, or its device; alive or deleted for presence."),
            "merge": .oneOf(.text, .flag).optional
                .note("A text made of the versions, or true for the merged one as it is shown."),
        ])

    enum Choice: Sendable {
        case keep(String)
        /// Nil for the text as it is shown.
        case merge(String?)
    }

    private let kept: String?
    private let merge: Choice?

    private enum CodingKeys: CodingKey { case keep, merge }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let number = try? container.decode(Int.self, forKey: .keep) {
            kept = String(number)
        } else {
            kept = try container.decodeIfPresent(String.self, forKey: .keep)
        }
        if let isAsShown = try? container.decode(Bool.self, forKey: .merge) {
            merge = isAsShown ? .merge(nil) : nil
        } else {
            merge = try container.decodeIfPresent(String.self, forKey: .merge).map { .merge($0) }
        }
    }

    /// - Throws: `conflict.no_decision` unless there is exactly one.
    func choice() throws(Failure) -> Choice {
        switch (kept, merge) {
        case (let kept?, nil): .keep(kept)
        case (nil, let merge?): merge
        default:
            throw Failure(
                .invalid, "conflict.no_decision",
                "Say either what to \"keep\", a version's number or commit, or what to \"merge\", a text or true.")
        }
    }

    /// - Throws: `conflict.no_decision`.
    func isAlive() throws(Failure) -> Bool {
        switch kept {
        case "alive": true
        case "deleted": false
        default:
            throw Failure(.invalid, "conflict.no_decision", "Say what to \"keep\": \"alive\" or \"deleted\".")
        }
    }

    func summary(of field: String) throws(Failure) -> String {
        if case .keep(let choice) = try choice() { return "keep \(field) of \(choice)" }
        return "merge \(field)"
    }
}

struct SettledView: View {
    static let shape = Shape.object(
        "Settled", ["id": .id, "field": .text, "value": ValueView.shape, "commit": .text.orNull])

    let id: String
    let field: String
    let value: ValueView
    @OrNull var commit: String?
}
