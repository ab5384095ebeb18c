import Primitives
import Sync

/// What the numbers on the wire mean: the kinds of entities, their fields, and the sets.
///
/// A number is never reused and never changes its meaning. A name is both the column on disk and the word people see.
package struct Schema: Sendable {
    package let kinds: [EntityKind]

    package init(kinds: [EntityKind]) { self.kinds = kinds }

    /// What this version knows.
    package static let current = Schema(kinds: [
        account, fill, trade, tag, entry, image, device, settings, instrument, fileImport, mapping,
    ])

    package func kind(_ kind: Kind) -> EntityKind? { kinds.first { $0.kind == kind } }

    /// Whether concurrent versions of the field are shown merged.
    package static func isProse(_ slot: Slot) -> Bool {
        current.kind(slot.kind)?.field(slot.field)?.form == .prose
    }

    /// `alias_of`: the account that this one is another name of. `currency`: of what is traded without a quote currency,
    /// as stocks. `margin`: 1 where sales on spot markets may be short.
    package static let account = EntityKind(
        1, "account",
        [
            Field(1, "exchange", .text), Field(2, "environment", .text), Field(3, "label", .text),
            Field(4, "cost_basis", .text), Field(5, "alias_of", .id), Field(6, "currency", .text),
            Field(7, "margin", .integer, .flag),
        ])
    /// `aside`: 1 for a fill that makes no trade. `aside_with`: the trade that was deleted with it. `market_kind`, `leg`
    /// and `effect`: see `Fill`. `import`: what brought it. `review`: what a person said of a likely double, `double` or
    /// `distinct`. `cost_price`: what a person says was paid for what this fill sold and no fill had bought.
    package static let fill = EntityKind(
        2, "fill",
        [
            Field(1, "account", .id), Field(2, "symbol", .text), Field(3, "side", .text), Field(4, "price", .amount),
            Field(5, "quantity", .amount), Field(6, "fee", .amount), Field(7, "fee_currency", .text),
            Field(8, "time_ms", .integer, .time), Field(9, "sequence", .integer), Field(10, "external_id", .text),
            Field(11, "aside", .integer, .flag), Field(12, "aside_with", .id), Field(13, "market_kind", .text),
            Field(14, "leg", .text), Field(15, "effect", .text), Field(16, "import", .id), Field(17, "review", .text),
            Field(18, "cost_price", .amount),
        ])
    /// What a person writes about a trade; and, of one entered by hand, its facts. `anchor` is the fill that an
    /// annotation of a derived trade hangs on.
    package static let trade = EntityKind(
        3, "trade",
        [
            Field(1, "account", .id), Field(2, "symbol", .text), Field(3, "direction", .text),
            Field(4, "quantity", .amount), Field(5, "entry_price", .amount), Field(6, "exit_price", .amount),
            Field(7, "opened_ms", .integer, .time), Field(8, "closed_ms", .integer, .time), Field(9, "fees", .amount),
            Field(10, "stop_price", .amount), Field(11, "target_price", .amount), Field(12, "rating", .integer, .stars),
            Field(13, "notes", .prose), Field(14, "setup", .text), Field(15, "anchor", .id),
        ])
    package static let tag = EntityKind(4, "tag", [Field(1, "name", .text), Field(2, "color", .text)])
    package static let entry = EntityKind(
        5, "entry",
        [
            Field(1, "day", .text, .day), Field(2, "title", .text), Field(3, "body", .prose),
            Field(4, "entry_type", .text),
            Field(5, "trade", .id), Field(6, "created_ms", .integer, .time),
        ])
    package static let image = EntityKind(
        6, "image",
        [
            Field(1, "sha256", .blob, .digest), Field(2, "name", .text), Field(3, "media_type", .text),
            Field(4, "size", .integer, .size),
            Field(5, "caption", .text), Field(6, "created_ms", .integer, .time),
        ])
    package static let device = EntityKind(
        7, "device", [Field(1, "name", .text), Field(2, "platform", .text), Field(3, "created_ms", .integer, .time)])
    /// How a person wants their figures. There is one, `JournalSettings.id`.
    package static let settings = EntityKind(
        8, "settings",
        [
            Field(1, "zone", .text), Field(2, "base_currency", .text),
            Field(3, "start_of_day", .integer, .minutesOfDay),
            Field(4, "basis", .text), Field(5, "start_balance", .amount),
        ])

    /// What is traded under a symbol, as a person or a file says. `exchange` is empty for all exchanges.
    package static let instrument = EntityKind(
        9, "instrument",
        [
            Field(1, "exchange", .text), Field(2, "symbol", .text), Field(3, "market_kind", .text),
            Field(4, "base", .text), Field(5, "quote", .text), Field(6, "multiplier", .amount),
            Field(7, "tick", .amount), Field(8, "lot", .amount), Field(9, "expiry", .text, .day),
            Field(10, "strike", .amount),
        ])
    /// A file that was imported, and how it was read. `resolution_ms`: how finely its times are told. `reading`: the
    /// choices that were made or guessed, for people.
    package static let fileImport = EntityKind(
        10, "import",
        [
            Field(1, "file", .text), Field(2, "account", .id), Field(3, "layout", .text),
            Field(4, "created_ms", .integer, .time), Field(5, "sha256", .blob, .digest),
            Field(6, "resolution_ms", .integer, .size), Field(7, "has_ids", .integer, .flag),
            Field(8, "reading", .text), Field(9, "fills", .integer, .size),
        ])

    /// What the columns of files mean that no layout knows, for all files of one header. `header`: the folded titles
    /// between commas. `map`: as `ColumnMap` has it. `options`: how such files are read otherwise.
    package static let mapping = EntityKind(
        11, "mapping",
        [Field(1, "name", .text), Field(2, "header", .text), Field(3, "map", .text), Field(4, "options", .text)])

    /// Owner: a trade. Member: a tag.
    package static let tradeTags = Kind(rawValue: 101)
    /// Owner: a trade. Member: an image.
    package static let tradeImages = Kind(rawValue: 102)
    /// Owner: an entry. Member: an image.
    package static let entryImages = Kind(rawValue: 103)

    package static let sets = [tradeTags, tradeImages, entryImages]

    /// The kind of the entities that own the members of a set; nil for a set of a later version.
    package static func owner(of set: Kind) -> EntityKind? {
        switch set {
        case tradeTags, tradeImages: trade
        case entryImages: entry
        default: nil
        }
    }
}

/// One kind of entity.
package struct EntityKind: Sendable {
    package let kind: Kind
    package let name: String
    package let fields: [Field]

    init(_ number: UInt32, _ name: String, _ fields: [Field]) {
        kind = Kind(rawValue: number)
        self.name = name
        self.fields = fields
    }

    /// The kind as a version knew it that had only the first fields.
    package func limited(toFields count: Int) -> EntityKind {
        EntityKind(kind.rawValue, name, Array(fields.prefix(count)))
    }

    /// The kind as the versions knew it that had no bounds yet.
    package var withoutBounds: EntityKind {
        EntityKind(kind.rawValue, name, fields.map { Field($0.number, $0.name, $0.form, .form) })
    }

    /// Nil for a field of a later version.
    package func field(_ number: UInt32) -> Field? {
        let index = Int(number) - 1
        return fields.indices.contains(index) ? fields[index] : nil
    }

    /// The field of this name. The names are this program's own, so a wrong one is a mistake in it.
    package func number(of name: String) -> UInt32 { fields.first { $0.name == name }?.number ?? 0 }
}

/// One field of a kind. Numbers run 1, 2, 3 … in the order of the columns.
package struct Field: Sendable {
    package enum Form: Sendable {
        case text, integer
        /// Canonical decimal text.
        case amount
        /// 16 bytes.
        case id
        /// Bytes that name something, such as a SHA-256.
        case blob
        /// Long text: its concurrent versions are shown merged.
        case prose
    }

    package let number: UInt32
    package let name: String
    package let form: Form
    package let bound: FieldBound

    init(_ number: UInt32, _ name: String, _ form: Form, _ bound: FieldBound? = nil) {
        self.number = number
        self.name = name
        self.form = form
        self.bound = bound ?? (form == .text ? .word : .form)
    }

    /// Whether the column can hold the value. What it cannot is kept beside it and passed on, but not shown.
    package func admits(_ value: Value) -> Bool {
        switch (value, form) {
        case (.null, _), (.text, .prose): true
        case (.integer, .integer), (.bytes, .blob): bound.admits(value)
        // Half of the world takes a zero byte for the end of a text: two names could look like one.
        case (.text(let text), .text): !text.utf8.contains(0) && bound.admits(value)
        case (.text(let text), .amount): Amount(text)?.description == text
        case (.bytes(let bytes), .id): bytes.count == 16
        default: false
        }
    }
}
