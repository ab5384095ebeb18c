import Journal
import Primitives
import Storage
import Web

struct TagView: View {
    static let shape = Shape.object(
        "Tag",
        [
            "id": .id, "name": .text.note("Unique in any case.", example: "breakout"), "color": .text.orNull,
            "trade_count": .count.note("How many trades have it."),
        ])

    let id: String
    let name: String
    @OrNull var color: String?
    let trade_count: Int

    init(_ tag: Tag, tradeCount: Int) {
        id = tag.id.description
        name = tag.name
        color = tag.color
        trade_count = tradeCount
    }
}

struct TagsView: View {
    static let shape = Shape.object("Tags", ["tags": .list(of: TagView.shape)])

    let tags: [TagView]

    init(_ tags: [(tag: Tag, tradeCount: Int)]) { self.tags = tags.map { TagView($0.tag, tradeCount: $0.tradeCount) } }
}

struct NewTag: Decodable, Sendable {
    static let shape = Shape.object(
        "NewTag",
        [
            "name": .text(length: 1...Tag.nameBytesMax).note("One line.", example: "breakout"),
            "color": .text(length: 1...TagStore.colorBytesMax).orNull.optional
                .note("A short word or a code.", example: "#3b82f6"),
        ])

    let name: String
    let color: String?
}

/// What is left out stays as it is; a null colour takes it away.
struct TagChange: Decodable, Sendable {
    static let shape = Shape.object(
        "TagChange",
        [
            "name": .text(length: 1...Tag.nameBytesMax).optional.note("One line.", example: "opening drive"),
            "color": .text(length: 1...TagStore.colorBytesMax).orNull.optional,
        ])

    let name: String?
    let color: Change<String>
}
