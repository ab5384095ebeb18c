import Journal
import Primitives
import Storage
import Web

/// One trade as lists show it. What the API reference names and a journal does not know is null.
struct TradeView: View {
    let id: String
    @OrNull var exchange: String?
    @OrNull var account_id: String?
    @OrNull var account: String?
    let symbol: String
    let side: String
    let status: String
    @OrNull var entry_price: String?
    @OrNull var exit_price: String?
    @OrNull var quantity: String?
    @OrNull var open_quantity: String?
    @OrNull var leverage: Double?
    @OrNull var realized_pnl: String?
    @OrNull var realized_pnl_pct: Double?
    @OrNull var fees: String?
    @OrNull var other_fees: String?
    @OrNull var net_pnl: String?
    @OrNull var currency: String?
    @OrNull var stop_price: String?
    @OrNull var target_price: String?
    @OrNull var risk_amount: String?
    @OrNull var r_multiple: Double?
    @OrNull var rating: Int?
    let opened_at: String
    @OrNull var closed_at: String?
    @OrNull var duration_secs: Int64?
    @OrNull var trade_group_id: String?
    @OrNull var exchange_fill_id: String?
    @OrNull var setup_tag: String?
    let source: String
    let fill_count: Int
    let needs_reconciliation: Bool
    @OrNull var close_reason: String?
    let has_notes: Bool
    let is_contested: Bool
    let partial_history: Bool
    let tags: [TagName]

    init(_ trade: TradeSummary) {
        id = trade.id.description
        exchange = trade.exchange
        account_id = trade.account?.description
        account = trade.accountLabel
        symbol = trade.symbol
        side = trade.direction.rawValue.uppercased()
        let isUncertain = !trade.isOpen && trade.net == nil
        status = (trade.isOpen ? .open : isUncertain ? .reconciling : TradeQuery.Status.final).rawValue
        entry_price = trade.entryPrice?.description
        exit_price = trade.exitPrice?.description
        quantity = trade.quantity?.description
        open_quantity = trade.openQuantity?.description
        realized_pnl = trade.gross?.description
        realized_pnl_pct = trade.returnPercent
        fees = trade.fees?.description
        other_fees = trade.otherFees
        net_pnl = trade.net?.description
        currency = trade.currency.isEmpty ? nil : trade.currency
        stop_price = trade.stopPrice?.description
        target_price = trade.targetPrice?.description
        risk_amount = trade.risk?.description
        r_multiple = trade.r
        rating = trade.rating
        opened_at = trade.openedAt.description
        closed_at = trade.closedAt?.description
        duration_secs = trade.closedAt.map { $0.milliseconds(since: trade.openedAt) / 1000 }
        setup_tag = trade.setup
        source = TradeSource(isDerived: trade.isDerived).rawValue
        fill_count = trade.fillCount
        needs_reconciliation = isUncertain
        has_notes = trade.hasNotes
        is_contested = trade.isContested
        partial_history = trade.hasPartialHistory
        tags = trade.tagged.map { TagName($0) }
    }
}

/// A tag where it stands on a trade.
struct TagName: View {
    static let shape = Shape.object("TagName", ["id": .id, "name": .text, "color": .text.orNull])

    let id: String
    let name: String
    @OrNull var color: String?

    init(_ tag: Tag) {
        id = tag.id.description
        name = tag.name
        color = tag.color
    }
}

struct TradesView: View {
    let trades: [TradeView]
    let total: Int
    let page: Int
    let limit: Int
}

/// One trade with all that belongs to it: the members of `TradeView`, and these.
struct TradeDetailView: View {
    let trade: TradeView
    /// Of several annotations, one below the other.
    let notes: String?
    let fills: [FillView]
    let images: [ImageName]
    let entries: [EntryView]
    let image_count: Int
    let entry_count: Int

    init(_ detail: TradeDetail) {
        trade = TradeView(detail.summary)
        notes = detail.notes.isEmpty ? nil : detail.notes.joined(separator: "\n\n")
        fills = detail.fills.map { FillView($0) }
        images = detail.images.map { ImageName($0) }
        entries = detail.entries.map { EntryView($0) }
        image_count = detail.imageCount
        entry_count = detail.entryCount
    }

    private enum CodingKeys: CodingKey { case notes, fills, images, entries, image_count, entry_count }

    func encode(to encoder: any Encoder) throws {
        try trade.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(notes, forKey: .notes)
        try container.encode(fills, forKey: .fills)
        try container.encode(images, forKey: .images)
        try container.encode(entries, forKey: .entries)
        try container.encode(image_count, forKey: .image_count)
        try container.encode(entry_count, forKey: .entry_count)
    }
}

/// The part of a fill that belongs to a trade.
struct FillView: View {
    let id: String
    let time: String
    let side: String
    let price: String
    let quantity: String
    /// More than `quantity` where the fill closed one trade and opened the next.
    let whole_quantity: String
    let fee: String
    let fee_currency: String
    let role: String
    let external_id: String

    init(_ part: TradeFill) {
        id = part.fill.id.description
        time = part.fill.time.description
        side = part.fill.side.rawValue
        price = part.fill.price.description
        quantity = part.quantity.description
        whole_quantity = part.fill.quantity.description
        fee = part.fill.fee.description
        fee_currency = part.fill.feeCurrency
        role = part.role.rawValue
        external_id = part.fill.externalID
    }
}

/// An image where it hangs on something.
struct ImageName: View {
    let id: String
    let url: String
    let name: String
    let media_type: String
    @OrNull var size: Int64?
    let caption: String

    init(_ image: Image) {
        id = image.id.description
        url = "/api/v1/journal/images/\(image.id)"
        name = image.name
        media_type = image.mediaType
        size = image.size
        caption = image.caption
    }
}
