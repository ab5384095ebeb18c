import Primitives

/// Reads decimal numbers as exchanges write them: `0.5`, `1,234.5000000000`, `5.5E-4`, `+3`; `1.234,5` in a file with
/// decimal commas; and as brokers write them: `$1,234.50`, `($12.00)`.
///
/// Signs of thousands must stand where thousands stand, so that a decimal comma (`1,5`) is refused and not taken for
/// fifteen.
enum FieldNumber {
    /// Nil for what is no number, has more than 18 decimals that are not zero, or is above `Amount.inputMax`.
    static func amount(_ field: FieldBytes, _ form: NumberForm = .point) -> Amount? {
        fast(field, form.decimal) ?? slow(field, form)
    }

    /// Splits a number from the coin behind it: `0.5BTC`, `1,234.5 SHIB`, `100.00000000001INCH`.
    ///
    /// A coin may begin with a digit, so those that the row makes likely are tried first. `coin` is empty when there is
    /// none.
    static func amountAndCoin(
        _ field: FieldBytes, likely: [String], _ form: NumberForm = .point
    ) -> (amount: Amount, coin: String)? {
        for coin in likely where !coin.isEmpty {
            let length = coin.utf8.count
            guard field.count > length, zip(field.suffix(length), coin.utf8).allSatisfy({ $0.asciiUppercased == $1 }),
                let amount = amount(FieldBytes(rebasing: field[..<(field.count - length)]).trimmed, form)
            else { continue }
            return (amount, coin)
        }
        var end = 0
        while end < field.count, isNumeric(field[end]) { end += 1 }
        // An exponent's letter is not a coin's: only `1e5` and the like, where the whole field is a number.
        if let amount = amount(field, form) { return (amount, "") }
        let coin = FieldBytes(rebasing: field[end...]).trimmed
        guard let amount = amount(FieldBytes(rebasing: field[..<end]), form), let name = SymbolName.coin(coin) else {
            return nil
        }
        return (amount, name)
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+")
    }

    /// Plain numbers of at most 18 digits after leading zeros: nearly all of them. Nil means "not here", not "wrong".
    private static func fast(_ field: FieldBytes, _ decimal: UInt8) -> Amount? {
        var index = 0
        let negative = field.first == UInt8(ascii: "-")
        if negative { index = 1 }
        var value: UInt64 = 0
        var digits = 0
        var decimals = -1
        while index < field.count {
            let byte = field[index]
            if byte.isDigit {
                guard value < 100_000_000_000_000_000 else { return nil }
                value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
                digits += 1
                if decimals >= 0 { decimals += 1 }
            } else if byte == decimal, decimals < 0 {
                decimals = 0
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0, decimals <= Amount.decimals else { return nil }
        let units = Int128(value) * powersOfTen[Amount.decimals - max(decimals, 0)]
        guard units <= Amount.inputMax.units else { return nil }
        return Amount(units: negative ? -units : units)
    }

    private static let powersOfTen: [Int128] = (0...Amount.decimals).map { exponent in
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    private static func slow(_ field: FieldBytes, _ form: NumberForm) -> Amount? {
        // Most of what is no plain number has a coin behind it.
        guard let last = field.last, last.isDigit || last == UInt8(ascii: ")") || last == UInt8(ascii: "."),
            field.count <= bytesMax
        else { return nil }
        if field.first == UInt8(ascii: "("), field.last == UInt8(ascii: ")"), field.count > 2 {
            return slow(FieldBytes(rebasing: field[1..<(field.count - 1)]), form).map { -$0 }
        }
        guard let text = plain(field, form) else { return nil }
        return Amount(text)
    }

    /// Longer than any number with its signs.
    private static let bytesMax = 100

    /// As `Amount` reads it: without signs of thousands and of a currency, with a decimal point. Nil when a sign of
    /// thousands stands anywhere but before each third digit of the whole part.
    private static func plain(_ field: FieldBytes, _ form: NumberForm) -> String? {
        var bytes: [UInt8] = []
        var sinceSign = 0
        var sign: [UInt8] = []
        var index = 0
        if field.first == UInt8(ascii: "-") || field.first == UInt8(ascii: "+") {
            bytes.append(field[0])
            index = 1
            if field.count > 2, field[1] == UInt8(ascii: " ") { index = 2 }
        }
        index += currencyLength(field, index)
        if index > 0, index < field.count, bytes.isEmpty, field[index] == UInt8(ascii: "-") {
            bytes.append(field[index])
            index += 1
        }
        while index < field.count {
            let byte = field[index]
            if byte.isDigit {
                sinceSign += 1
                bytes.append(byte)
                index += 1
                continue
            }
            let length = thousandsLength(field, index, form)
            guard length > 0 else { break }
            let found = Array(field[index..<(index + length)])
            guard sign.isEmpty ? (1...3).contains(sinceSign) : sinceSign == 3 && found == sign else { return nil }
            sign = found
            sinceSign = 0
            index += length
        }
        guard sign.isEmpty || sinceSign == 3 else { return nil }
        for byte in field[index...] {
            if byte == form.decimal {
                bytes.append(UInt8(ascii: "."))
            } else if byte == form.thousands {
                return nil
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes the sign of thousands takes that stands here; 0 for none.
    private static func thousandsLength(_ field: FieldBytes, _ index: Int, _ form: NumberForm) -> Int {
        let byte = field[index]
        if byte == form.thousands || byte == UInt8(ascii: "'") { return 1 }
        // MetaTrader writes `4 182.78`. Without a point behind it, a blank may part two numbers.
        if byte == UInt8(ascii: " ") { return form == .comma || field.contains(form.decimal) ? 1 : 0 }
        guard form == .comma else { return 0 }
        // No-break blanks, U+00A0 and U+202F.
        if field.count - index >= 2, byte == 0xc2, field[index + 1] == 0xa0 { return 2 }
        if field.count - index >= 3, byte == 0xe2, field[index + 1] == 0x80, field[index + 2] == 0xaf { return 3 }
        return 0
    }

    /// How many bytes a sign of a currency takes that stands here, with the blank behind it.
    private static func currencyLength(_ field: FieldBytes, _ index: Int) -> Int {
        for sign in currencySigns where field.count - index > sign.count && field[index...].starts(with: sign) {
            let next = index + sign.count
            return sign.count + (field[next] == UInt8(ascii: " ") ? 1 : 0)
        }
        return 0
    }

    private static let currencySigns = ["$", "€", "£", "¥"].map { Array($0.utf8) }
}
