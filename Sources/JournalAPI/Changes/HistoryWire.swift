import Primitives
import Storage
import Web

struct HistoryView: View {
    static let shape = Shape.object(
        "History",
        [
            "commits": .list(of: CommitView.shape),
            "is_whole": .flag.note("False where the server began from a snapshot and lacks what came before."),
            "next": .text.orNull.note(
                "Of one thing's history: the commit to ask after for what comes next; null at the end.",
                example: "a3f2/17"),
        ])

    let commits: [CommitView]
    let is_whole: Bool
    @OrNull var next: String?

    init(_ entries: [HistoryEntry], isWhole: Bool, next: String?) {
        self.next = next
        commits = entries.map { CommitView($0) }
        is_whole = isWhole
    }
}

/// One step of a person on one device.
struct CommitView: View {
    static let shape = Shape.object(
        "Commit",
        [
            "commit": .text.note("Its name, which POST /journal/undo takes.", example: "a3f2/17"), "device": .text,
            "time": .time, "summary": .text.orNull, "change_count": .count,
            "changes": .list(of: ChangeView.shape)
                .note("To the thing that was asked for; empty in the list of all commits."),
        ])

    let commit: String
    let device: String
    let time: String
    @OrNull var summary: String?
    let change_count: Int
    let changes: [ChangeView]

    init(_ entry: HistoryEntry) {
        commit = entry.name
        device = entry.device
        time = entry.time.description
        summary = entry.summary
        change_count = entry.changeCount
        changes = entry.changes.map { ChangeView($0) }
    }
}

struct ChangeView: View {
    static let shape = Shape.object(
        "Change",
        [
            "act": .choice(["write", "delete", "revive", "add", "remove"]), "field": .text.orNull,
            "before": ValueView.shape, "after": ValueView.shape,
            "kind": .text.orNull.note("Of what was added or removed: tag or image."), "label": .text.orNull,
        ])

    let act: String
    @OrNull var field: String?
    @OrNull var before: ValueView?
    @OrNull var after: ValueView?
    @OrNull var kind: String?
    @OrNull var label: String?

    init(_ change: EntityChange) {
        switch change {
        case .wrote(let name, let former, let new):
            act = "write"
            field = name
            before = ValueView(PlainValue(former, field: name))
            after = ValueView(PlainValue(new, field: name))
        case .deleted: act = "delete"
        case .revived: act = "revive"
        case .added(let noun, let name):
            act = "add"
            (kind, label) = (noun, name)
        case .removed(let noun, let name):
            act = "remove"
            (kind, label) = (noun, name)
        }
    }
}

/// What a field holds: a text, a whole number, a time, or nothing.
struct ValueView: View {
    static let shape = Shape.oneOf(.text, .integer).orNull

    private let value: PlainValue

    init(_ value: PlainValue) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .none, .unknown: try container.encodeNil()
        case .text(let text): try container.encode(text)
        case .integer(let integer): try container.encode(integer)
        case .time(let time): try container.encode(time.description)
        }
    }
}

struct GivenCommit: Decodable, Sendable {
    static let shape = Shape.object([
        "commit": .text(length: 1...200).note("As the history names it.", example: "a3f2/17")
    ])

    let commit: String
}

struct UndoView: View {
    struct Item: Encodable, Sendable {
        static let shape = Shape.object(["what": .text, "field": .text.orNull, "note": .text])

        let what: String
        @OrNull var field: String?
        let note: String

        init(_ item: UndoOutcome.Item) {
            what = item.entity
            field = item.field
            note = item.note
        }
    }

    static let shape = Shape.object(
        "Undo",
        [
            "undone": .text.note("The commit that was taken back."),
            "commit": .text.orNull.note("The one that did it, which can be undone in its turn."), "summary": .text,
            "restored": .list(of: Item.shape),
            "left_alone": .list(of: Item.shape).note("What has been changed since, here or on another device."),
        ])

    let undone: String
    @OrNull var commit: String?
    let summary: String
    let restored: [Item]
    let left_alone: [Item]

    init(_ outcome: UndoOutcome, commit: String?) {
        undone = outcome.name
        self.commit = commit
        summary = outcome.summary
        restored = outcome.restored.map { Item($0) }
        left_alone = outcome.leftAlone.map { Item($0) }
    }
}
