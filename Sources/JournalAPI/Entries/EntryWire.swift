import Journal
import Primitives
import Storage
import Web

/// A dated page of the journal.
struct EntryView: View {
    let id: String
    @OrNull var trade_id: String?
    @OrNull var entry_date: String?
    let title: String
    let body: String
    let is_cut: Bool
    let entry_type: String
    @OrNull var created_at: String?

    init(_ entry: Entry) {
        id = entry.id.description
        trade_id = entry.trade?.description
        entry_date = entry.day?.description
        title = entry.title
        body = entry.body
        is_cut = entry.isCut
        entry_type = entry.type
        created_at = entry.createdAt?.description
    }

    static let members: KeyValuePairs<String, Shape> = [
        "id": .id, "trade_id": .id.orNull, "entry_date": .day.orNull, "title": .text, "body": .text,
        "is_cut": .flag.note("Whether the body is only its beginning: get the entry itself for all of it."),
        "entry_type": .text.note("One of \(Entry.Form.listed), or a word of a later version."),
        "created_at": .time.orNull,
    ]
    static let shape = Shape.object("Entry", members)
}

struct EntriesView: View {
    static let shape = Shape.object(
        "Entries",
        ["entries": .list(of: EntryView.shape), "total": .count, "page": .integer(1...Int64.max), "limit": .count])

    let entries: [EntryView]
    let total: Int
    let page: Int
    let limit: Int
}

/// One entry with its images: the members of `EntryView`, and these.
struct EntryDetailView: View {
    static let shape = Shape.object(
        "EntryDetail", EntryView.members,
        [
            "images": .list(of: ImageName.shape),
            "image_count": .count.note("How many there are; see the list of images for those that are not here."),
        ])

    let entry: EntryView
    let images: [ImageName]
    let image_count: Int

    private enum CodingKeys: CodingKey { case images, image_count }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(images, forKey: .images)
        try container.encode(image_count, forKey: .image_count)
    }
}

/// A title or a body there must be.
struct NewEntry: Decodable, Sendable {
    static let shape = Shape.object(
        "NewEntry",
        [
            "title": .text(length: 0...Entry.titleBytesMax).orNull.optional, "body": .text.orNull.optional,
            "entry_date": .day.orNull.optional.note("Default: today."),
            "entry_type": .choice(of: Entry.Form.self).orNull.optional.note("Default: daily."),
            "trade_id": .id.orNull.optional.note("The trade that it is about."),
        ])

    let title: String?
    let body: String?
    let entry_date: GivenDay?
    let entry_type: GivenWord<Entry.Form>?
    let trade_id: GivenID<Trade>?

    var fields: EntryFields {
        var fields = EntryFields()
        fields.title = title
        fields.body = body
        fields.day = entry_date?.day
        fields.type = entry_type?.word ?? .daily
        fields.trade = trade_id.map { .set($0.id) } ?? .keep
        return fields
    }
}

/// What is left out stays as it is; a null trade takes it away.
struct EntryChange: Decodable, Sendable {
    static let shape = Shape.object(
        "EntryChange",
        [
            "title": .text(length: 0...Entry.titleBytesMax).optional, "body": .text.optional,
            "entry_date": .day.optional, "entry_type": .choice(of: Entry.Form.self).optional,
            "trade_id": .id.orNull.optional,
        ])

    let title: String?
    let body: String?
    let entry_date: GivenDay?
    let entry_type: GivenWord<Entry.Form>?
    let trade_id: Change<GivenID<Trade>>

    var fields: EntryFields {
        var fields = EntryFields()
        fields.title = title
        fields.body = body
        fields.day = entry_date?.day
        fields.type = entry_type?.word
        fields.trade = trade_id.map(\.id)
        return fields
    }
}
