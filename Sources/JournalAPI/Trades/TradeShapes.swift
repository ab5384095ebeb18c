import Primitives
import Journal
import Storage
import Web

extension TradeView {
    static let members: KeyValuePairs<String, Shape> = [
        "id": .id, "exchange": .text.orNull, "account_id": .id.orNull, "account": .text.orNull, "symbol": .text,
        "side": .choice(["LONG", "SHORT"]),
        "status": .choice(["open", "final", "reconciling"])
            .note("reconciling: closed, and the profit cannot be told yet."),
        "entry_price": .amount.orNull, "exit_price": .amount.orNull, "quantity": .amount.orNull,
        "open_quantity": .amount.orNull, "leverage": .number.orNull,
        "realized_pnl": .amount.orNull.note("Before fees; of an open trade, of what is closed of it."),
        "realized_pnl_pct": .number.orNull, "fees": .amount.orNull,
        "other_fees": .text.orNull.note("Fees in other coins, which are in no figure.", example: "0.001 BNB"),
        "net_pnl": .amount.orNull,
        "currency": .text.orNull.note("What the money of this trade is in: the coin of an inverse contract."),
        "stop_price": .amount.orNull, "target_price": .amount.orNull,
        "risk_amount": .amount.orNull, "r_multiple": .number.orNull.note("net_pnl / risk_amount"),
        "rating": .integer(1...5).orNull, "opened_at": .time, "closed_at": .time.orNull,
        "duration_secs": .count.orNull, "trade_group_id": .id.orNull, "exchange_fill_id": .text.orNull,
        "setup_tag": .text.orNull, "source": .choice(of: TradeSource.self), "fill_count": .count,
        "needs_reconciliation": .flag, "close_reason": .text.orNull, "has_notes": .flag,
        "is_contested": .flag.note("Two devices changed it at once: see /journal/conflicts."),
        "partial_history": .flag.note("Its last fill also closed what no fill had opened; that is in no figure."),
        "tags": .list(of: TagName.shape),
    ]
    static let shape = Shape.object("Trade", members)
}

extension TradesView {
    static let shape = Shape.object(
        "Trades",
        ["trades": .list(of: TradeView.shape), "total": .count, "page": .integer(1...Int64.max), "limit": .count])
}

extension TradeDetailView {
    static let shape = Shape.object(
        "TradeDetail", TradeView.members,
        [
            "notes": .text.orNull,
            "fills": .list(of: FillView.shape).note("The first ones; fill_count says how many there are."),
            "images": .list(of: ImageName.shape).note("The first ones; /journal/images has all."),
            "entries": .list(of: EntryView.shape).note("The first ones; /journal/entries has all."),
            "image_count": .count, "entry_count": .count,
        ])
}

extension FillView {
    static let shape = Shape.object(
        "Fill",
        [
            "id": .id, "time": .time, "side": .choice(["buy", "sell"]), "price": .amount, "quantity": .amount,
            "whole_quantity": .amount, "fee": .amount, "fee_currency": .text, "role": .choice(["opening", "closing"]),
            "external_id": .text,
        ])
}

extension ImageName {
    static let shape = Shape.object(
        "ImageName",
        [
            "id": .id, "url": .text, "name": .text, "media_type": .text, "size": .count.orNull, "caption": .text,
        ])
}

extension NewTrade {
    static let stopNote =
        "true for a stop on the winning side of the entry, or one that risks more than the trade is worth: without it "
        + "such a stop is refused as a slip."

    static let shape = Shape.object(
        "NewTrade",
        [
            "symbol": .text(length: 1...Symbol.nameBytesMax).note("What was traded.", example: "BTC_USDT"),
            "side": .choice(["LONG", "SHORT", "long", "short"]), "quantity": .amountAboveZero, "entry_price": .amount,
            "exit_price": .amount.orNull.optional, "opened_at": .time.orNull.optional.note("Default: now."),
            "closed_at": .time.orNull.optional.note("Default: now, when there is an exit price."),
            "fees": .amount.orNull.optional, "stop_price": .amount.orNull.optional,
            "stop_is_meant": .flag.orNull.optional.note(stopNote),
            "target_price": .amount.orNull.optional, "rating": .integer(1...5).orNull.optional,
            "setup_tag": .text(length: 0...TradeFields.setupBytesMax).orNull.optional,
            "notes": .text.orNull.optional,
            "account": .text(length: 1...AccountStore.labelBytesMax).orNull.optional
                .note("One that there is, or a new name."),
            "tags": .list(of: .text(length: 1...Tag.nameBytesMax), count: 0...GivenTags.countMax).orNull.optional,
        ])
}

extension TradeChange {
    static let shape = Shape.object(
        "TradeChange",
        [
            "stop_price": .amount.orNull.optional,
            "stop_is_meant": .flag.orNull.optional.note(NewTrade.stopNote),
            "target_price": .amount.orNull.optional, "rating": .integer(1...5).orNull.optional,
            "setup_tag": .text(length: 0...TradeFields.setupBytesMax).orNull.optional,
            "symbol": .text(length: 1...Symbol.nameBytesMax).optional
                .note("This and what follows: of trades entered by hand only."),
            "side": .choice(["LONG", "SHORT", "long", "short"]).optional, "quantity": .amountAboveZero.optional,
            "entry_price": .amount.optional, "exit_price": .amount.optional, "opened_at": .time.optional,
            "closed_at": .time.optional, "fees": .amount.optional,
            "account": .text(length: 1...AccountStore.labelBytesMax).optional,
        ]
    ).note("What is left out stays as it is.", example: ["rating": 4, "setup_tag": "open"])
}

extension GivenNotes {
    static let shape = Shape.object(["notes": .text.orNull])
}

extension GivenTags {
    static let shape = Shape.object([
        "tag_ids": .list(of: .id, count: 0...countMax).optional,
        "names": .list(of: .text(length: 1...Tag.nameBytesMax), count: 0...countMax).optional
            .note("Those that there are not yet are made.", example: ["breakout"]),
    ])
}
