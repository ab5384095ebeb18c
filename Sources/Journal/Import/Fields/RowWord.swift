import Primitives

/// A word of an export, and what it means.
struct RowWord<Meaning: Sendable>: Sendable {
    enum Place: Sendable { case whole, beginning, end }

    /// In lower case.
    let text: StaticString
    let meaning: Meaning
    let place: Place

    init(_ text: StaticString, _ meaning: Meaning, at place: Place = .whole) {
        self.text = text
        self.meaning = meaning
        self.place = place
    }

    func matches(_ field: FieldBytes) -> Bool {
        switch place {
        case .whole: field.equals(text)
        case .beginning: field.begins(with: text)
        case .end: field.ends(with: text)
        }
    }
}

extension [RowWord<MarketKind>] {
    func meaning(of field: FieldBytes) -> MarketKind? { first { $0.matches(field) }?.meaning }
}

/// What becomes of a row whose kind is known.
enum RowKind: Sendable {
    case fill
    /// It began a position or added to one.
    case opens
    /// It closed what was held; at any price, also at zero.
    case closes
    /// Understood, and no execution. The reason is a sentence; empty where the kind's own word says enough.
    case skipped(StaticString)
    /// A sentence.
    case refused(StaticString)

    static let common: [RowWord<RowKind>] = [
        .init("trade", .fill), .init("fill", .fill),
        .init("funding", .skipped("")), .init("settle", .skipped("")), .init("settlement", .skipped("")),
        .init("sessionsettlepnl", .skipped("")), .init("session settlement", .skipped("")),
        .init("adltrade", .closes), .init("adl", .closes), .init("busttrade", .closes), .init("bust", .closes),
        .init("liquidation", .closes), .init("delivery", .closes), .init("expiry", .closes),
        .init("exercise", .closes), .init("delisting", .closes), .init("takeover", .closes),
        .init("blocktrade", .fill), .init("block trade", .fill), .init("moveposition", .fill),
        .init("futurespread", .fill), .init("spread", .fill),
    ]

    /// The words for an order that was carried out.
    static let filled: [RowWord<RowKind>] = [
        .init("filled", .fill), .init("closed", .fill), .init("executed", .fill), .init("completed", .fill),
        .init("complete", .fill), .init("done", .fill), .init("success", .fill), .init("settled", .fill),
        .init("ok", .fill), .init("finished", .fill),
    ]
}
