import Primitives

/// The words by which exports say what was done.
extension Side {
    /// Nil for a word that does not tell.
    init?(exported field: FieldBytes) {
        for word: StaticString in ["buy", "b", "bid", "long", "bot", "bought"] where field.equals(word) {
            self = .buy
            return
        }
        for word: StaticString in ["sell", "s", "ask", "short", "sld", "sold"] where field.equals(word) {
            self = .sell
            return
        }
        // Hyperliquid says what became of the position, sometimes with a word before it; brokers say buy to open.
        for word: StaticString in ["open long", "close short", "short > long"] where field.ends(with: word) {
            self = .buy
            return
        }
        for word: StaticString in ["open short", "close long", "long > short"] where field.ends(with: word) {
            self = .sell
            return
        }
        for word: StaticString in ["buy to ", "buy_"] where field.begins(with: word) {
            self = .buy
            return
        }
        for word: StaticString in ["sell to ", "sell_", "sell short"] where field.begins(with: word) {
            self = .sell
            return
        }
        guard field.begins(with: "liquidated") else { return nil }
        if field.ends(with: " short") {
            self = .buy
        } else if field.ends(with: " long") {
            self = .sell
        } else {
            return nil
        }
    }
}

extension Fill.Effect {
    /// Nil for a word that does not tell.
    init?(exported field: FieldBytes) {
        if field.begins(with: "open") || field.ends(with: " to open") || field.equals("o") {
            self = .opens
        } else if field.begins(with: "close") || field.ends(with: " to close") || field.ends(with: "close long")
            || field.ends(with: "close short") || field.begins(with: "liquidat") || field.equals("c")
            || field.equals("settlement")
        {
            self = .closes
        } else if field.equals("long > short") || field.equals("short > long") {
            self = .reduces
        } else {
            return nil
        }
    }
}

extension Direction {
    /// The position that a fill changes; nil in `some` where there is one for both directions. Nil for other words.
    static func leg(exported field: FieldBytes) -> Direction?? {
        if field.isBlank || field.equals("both") || field.equals("net") || field.equals("one-way") { return .some(nil) }
        if field.equals("long") { return .long }
        if field.equals("short") { return .short }
        return nil
    }
}
