import Journal
import Primitives
import Sync

/// What a column of a journal's file may hold, whoever wrote it. Wider than what this version writes: what an older one
/// took in is kept.
struct StoredBound {
    enum Form {
        case integer(ClosedRange<Int64>)
        /// Valid UTF-8.
        case text(bytesMax: Int)
        case bytes(ClosedRange<Int>)
    }

    let form: Form
    let isOptional: Bool

    init(_ form: Form, optional isOptional: Bool = false) {
        self.form = form
        self.isOptional = isOptional
    }

    func admits(_ cell: StoredCell) -> Bool {
        switch (cell, form) {
        case (.null, _): isOptional
        case (.integer(let value), .integer(let range)): range.contains(value)
        case (.text(let bytes), .text(let bytesMax)):
            bytes.count <= bytesMax && String(validating: bytes, as: UTF8.self) != nil
        case (.bytes(let bytes), .bytes(let range)): range.contains(bytes.count)
        default: false
        }
    }

    static let id = StoredBound(.bytes(16...16))
    static let counter = StoredBound(.integer(1...Int64(Dot.counterMax)))
    /// The short number of a replica.
    static let number = StoredBound(.integer(1...replicaNumberMax))
    static let kind = StoredBound(.integer(1...Int64(Slot.kindCount) - 1))
    static let slot = StoredBound(.integer(1...Int64(Slot.kindCount) * Int64(Slot.fieldCount) - 1))
    static let flag = StoredBound(.integer(0...1))
    static let anyInteger = StoredBound(.integer(.min ... .max))

    /// Numbers are given out one after the other.
    static let replicaNumberMax = Int64(Int32.max)
    /// A number and a counter, seven bits a byte, for each entry.
    static let contextBytesMax = CommitLimits.clockEntriesMax * 18

    /// What the column of a field may hold.
    static func shown(_ form: Field.Form) -> StoredBound {
        switch form {
        case .text, .amount, .prose: StoredBound(.text(bytesMax: CommitLimits.textBytesMax), optional: true)
        case .integer: StoredBound(anyInteger.form, optional: true)
        case .id: StoredBound(id.form, optional: true)
        case .blob: StoredBound(.bytes(0...CommitLimits.textBytesMax), optional: true)
        }
    }
}

/// A table of facts: what cannot be derived from other tables.
///
/// Rows and positions get numbers of their own when they are copied, in the order of the old ones.
struct StoredTable {
    let name: String
    let columns: [(name: String, bound: StoredBound)]
    /// The column by whose order rows are numbered anew; nil for a table that has no such numbers.
    let order: String?

    init(_ name: String, order: String? = nil, _ columns: [(String, StoredBound)]) {
        self.name = name
        self.columns = columns.map { (name: $0.0, bound: $0.1) }
        self.order = order
    }

    static let replicas = StoredTable(
        "replica",
        [
            ("number", .number), ("id", .id), ("counter", StoredBound(.integer(0...Int64(Dot.counterMax)))),
            ("time", .anyInteger), ("hash", StoredBound(.bytes(CommitHash.count...CommitHash.count), optional: true)),
        ])
    static let log = StoredTable(
        "log", order: "position",
        [
            ("replica", .number), ("counter", .counter), ("time", .anyInteger),
            ("context", StoredBound(.bytes(1...StoredBound.contextBytesMax), optional: true)), ("packed", .flag),
            ("bytes", StoredBound(.bytes(0...CommitLimits.encodedBytesMax), optional: true)),
        ])
    static let local = StoredTable(
        "local",
        [
            ("key", StoredBound(.text(bytesMax: 64))),
            ("value", StoredBound(.bytes(0...CommitLimits.clockEntriesMax * 24))),
        ])
    static let blobs = StoredTable(
        "blob",
        [
            ("sha256", StoredBound(.bytes(32...32))), ("size", StoredBound(.integer(0...BlobLimits.sizeMax))),
            ("uploaded", .flag),
        ])

    /// Everything that names commits and is not the log.
    static let merged: [StoredTable] =
        [
            StoredTable(
                "origin", [("entity", .id), ("kind", .kind), ("replica", .number), ("counter", .counter)]),
            StoredTable(
                "register",
                [
                    ("entity", .id), ("slot", .slot), ("replica", .number), ("counter", .counter),
                    ("value", StoredBound(.bytes(1...CommitLimits.encodedBytesMax), optional: true)),
                ]),
            StoredTable(
                "prose",
                [
                    ("entity", .id), ("slot", .slot), ("replica", .number), ("counter", .counter),
                    ("text", StoredBound(.text(bytesMax: CommitLimits.textBytesMax), optional: true)),
                ]),
            StoredTable(
                "member",
                [("kind", .kind), ("owner", .id), ("member", .id), ("replica", .number), ("counter", .counter)]),
            StoredTable(
                "tombstone", [("kind", .kind), ("entity", .id), ("replica", .number), ("counter", .counter)]),
        ]
        + Schema.current.kinds.map { kind in
            StoredTable(
                kind.name, order: "row",
                [
                    ("id", .id), ("replica", .number), ("counter", .counter),
                    ("presence", StoredBound(.integer(0...2))),
                ] + kind.fields.map { ($0.name, .shown($0.form)) })
        }

    static let all = [replicas, log, local, blobs] + merged
    /// What is made anew from those.
    static let derived: Set = [
        "round_trip", "anchor", "trade_text", "entry_text", "account_alias", "likely_double", "partial_fill", "market",
    ]
}
