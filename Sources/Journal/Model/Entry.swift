import Primitives

/// A dated page of the journal, in Markdown.
package struct Entry: Hashable, Sendable {
    package enum Form: String, Sendable, CaseIterable {
        case preTrade = "pre_trade"
        case postTrade = "post_trade"
        case daily, weekly, idea
    }

    package let id: ID<Entry>
    /// Nil when a merge or a later version left something here that is no date.
    package let day: CivilDay?
    package let title: String
    package let body: String
    /// As it is stored: one of `Form`, or a word of a later version.
    package let type: String
    /// The trade it is about; nil for none.
    package let trade: ID<Trade>?
    package let createdAt: Timestamp?
    /// Whether the body is only the beginning of what was written.
    package let isCut: Bool

    package init(
        id: ID<Entry>, day: CivilDay?, title: String, body: String, type: String, trade: ID<Trade>?,
        createdAt: Timestamp?, isCut: Bool = false
    ) {
        self.isCut = isCut
        self.id = id
        self.day = day
        self.title = title
        self.body = body
        self.type = type
        self.trade = trade
        self.createdAt = createdAt
    }

    package static let titleBytesMax = 1000

    /// The same with the beginning of its body; where the body is longer, "…" stands at its end.
    package func cut(toBodyBytes bytesMax: Int) -> Entry {
        guard body.utf8.count > bytesMax else { return self }
        let end = body.utf8.index(body.startIndex, offsetBy: max(bytesMax, 0))
        // An index within a letter counts as that of the letter.
        return Entry(
            id: id, day: day, title: title, body: body[..<end] + "…", type: type, trade: trade, createdAt: createdAt,
            isCut: true)
    }
}
