import Journal
import Primitives
import Storage
import Web

struct TagView: View {
    let id: String
    let name: String
    @OrNull var color: String?
    /// How many trades have it.
    let trade_count: Int

    init(_ tag: Tag, tradeCount: Int) {
        id = tag.id.description
        name = tag.name
        color = tag.color
        trade_count = tradeCount
    }
}

struct TagsView: View {
    let tags: [TagView]

    init(_ tags: [(tag: Tag, tradeCount: Int)]) { self.tags = tags.map { TagView($0.tag, tradeCount: $0.tradeCount) } }
}
