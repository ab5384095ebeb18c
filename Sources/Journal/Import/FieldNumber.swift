import Primitives

/// Reads decimal numbers as exchanges write them: `0.5`, `1,234.5000000000`, `5.5E-4`, `+3`.
///
/// Commas must stand where thousands stand, so that a decimal comma (`1,5`) is refused and not taken for fifteen.
enum FieldNumber {
    /// Nil for what is no number, has more than 18 decimals that are not zero, or is above `Amount.inputMax`.
    static func amount(_ field: FieldBytes) -> Amount? { fast(field) ?? slow(field) }

    /// Splits a number from the coin behind it: `0.5BTC`, `1,234.5 SHIB`, `100.00000000001INCH`.
    ///
    /// A coin may begin with a digit, so those that the row makes likely are tried first. `coin` is empty when there is
    /// none.
    static func amountAndCoin(_ field: FieldBytes, likely: [String]) -> (amount: Amount, coin: String)? {
        for coin in likely where !coin.isEmpty {
            let length = coin.utf8.count
            guard field.count > length, zip(field.suffix(length), coin.utf8).allSatisfy({ $0.asciiUppercased == $1 }),
                let amount = amount(FieldBytes(rebasing: field[..<(field.count - length)]).trimmed)
            else { continue }
            return (amount, coin)
        }
        var end = 0
        while end < field.count, isNumeric(field[end]) { end += 1 }
        // An exponent's letter is not a coin's: only `1e5` and the like, where the whole field is a number.
        if let amount = amount(field) { return (amount, "") }
        let coin = FieldBytes(rebasing: field[end...]).trimmed
        guard let amount = amount(FieldBytes(rebasing: field[..<end])), let name = SymbolName.coin(coin) else {
            return nil
        }
        return (amount, name)
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+")
    }

    /// Plain numbers of at most 18 digits after leading zeros: nearly all of them. Nil means "not here", not "wrong".
    private static func fast(_ field: FieldBytes) -> Amount? {
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
            } else if byte == UInt8(ascii: "."), decimals < 0 {
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

    private static func slow(_ field: FieldBytes) -> Amount? {
        guard field.contains(UInt8(ascii: ",")) else { return Amount(field.text) }
        guard let text = withoutThousands(field) else { return nil }
        return Amount(text)
    }

    /// Nil when a comma stands anywhere but before each third digit of the whole part.
    private static func withoutThousands(_ field: FieldBytes) -> String? {
        var bytes: [UInt8] = []
        var sinceComma = 0
        var hasComma = false
        var index = 0
        if field.first == UInt8(ascii: "-") || field.first == UInt8(ascii: "+") {
            bytes.append(field[0])
            index = 1
        }
        while index < field.count {
            let byte = field[index]
            if byte == UInt8(ascii: ",") {
                guard hasComma ? sinceComma == 3 : (1...3).contains(sinceComma) else { return nil }
                hasComma = true
                sinceComma = 0
            } else if byte.isDigit {
                sinceComma += 1
                bytes.append(byte)
            } else {
                break
            }
            index += 1
        }
        guard sinceComma == 3, !field[index...].contains(UInt8(ascii: ",")) else { return nil }
        return String(decoding: bytes + field[index...], as: UTF8.self)
    }
}
