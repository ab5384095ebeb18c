import Journal
import Primitives
import Storage

/// Trades as scripts see them. Names are those of the columns on disk.
enum TradeJSON {
    static func summary(_ trade: TradeSummary) -> JSON { .object(fields(trade)) }

    static func detail(_ detail: TradeDetail) -> JSON {
        var fields = fields(detail.summary)
        fields["exchange"] = .text(detail.exchange)
        fields["environment"] = .text(detail.environment)
        fields["notes"] = .text(detail.notes.joined(separator: "\n\n"))
        fields["fills"] = .list(detail.fills.map(fill))
        fields["images"] = .list(detail.images.map { ImageJSON.image($0) })
        fields["entries"] = .list(detail.entries.map { EntryJSON.heading($0) })
        return .object(fields)
    }

    private static func fields(_ trade: TradeSummary) -> [String: JSON] {
        [
            "id": .id(trade.id), "account": .id(trade.account), "account_label": .text(trade.accountLabel),
            "symbol": .text(trade.symbol), "direction": .text(trade.direction.rawValue),
            "opened": .time(trade.openedAt), "closed": .time(trade.closedAt), "is_open": .flag(trade.isOpen),
            "quantity": .amount(trade.quantity), "open_quantity": .amount(trade.openQuantity),
            "entry_price": .amount(trade.entryPrice), "exit_price": .amount(trade.exitPrice),
            "gross": .amount(trade.gross), "fees": .amount(trade.fees), "other_fees": .text(trade.otherFees),
            "net": .amount(trade.net), "risk": .amount(trade.risk), "r": .ratio(trade.r),
            "stop_price": .amount(trade.stopPrice), "target_price": .amount(trade.targetPrice),
            "rating": trade.rating.map { .count($0) } ?? .null, "setup": .text(trade.setup),
            "tags": .list(trade.tags.map { .text($0) }), "has_notes": .flag(trade.hasNotes),
            "is_derived": .flag(trade.isDerived), "fill_count": .count(trade.fillCount),
            "is_contested": .flag(trade.isContested), "partial_history": .flag(trade.hasPartialHistory),
            "market_kind": .text(trade.book.kind?.rawValue), "leg": .text(trade.book.leg?.rawValue),
            "currency": .text(trade.currency), "multiplier": .amount(trade.multiplier),
            "rest_quantity": .amount(trade.rest?.quantity),
        ]
    }

    private static func fill(_ part: TradeFill) -> JSON {
        .object([
            "id": .id(part.fill.id), "time": .time(part.fill.time), "side": .text(part.fill.side.rawValue),
            "price": .amount(part.fill.price), "quantity": .amount(part.quantity),
            "whole_quantity": .amount(part.fill.quantity), "fee": .amount(part.fill.fee),
            "fee_currency": .text(part.fill.feeCurrency), "role": .text(part.role.rawValue),
            "external_id": .text(part.fill.externalID),
        ])
    }
}
