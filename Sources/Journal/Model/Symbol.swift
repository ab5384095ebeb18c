import Primitives

/// How the journal names markets: `BASE_QUOTE` in upper case where the two can be told apart.
package enum Symbol {
    package static let nameBytesMax = 40

    /// The one name of a market that a person may write as `btcusdt`, `BTC/USDT` or `BTC-USDT-SWAP`. What is no pair, as
    /// a share, is only put in upper case.
    ///
    /// - Throws: `symbol.bad_name` for what cannot name a market.
    package static func canonical(_ text: String) throws(Failure) -> String {
        // `ES 12-26` and `/ESZ26` are one future. Other names that only look like one keep their form.
        if let future = FuturesSymbol(text), KnownInstruments.isRoot(future.root) { return future.name }
        if let pair = SymbolName.read(text, .common) { return pair.name }
        let name = text.uppercased()
        guard !name.isEmpty, name.utf8.count <= nameBytesMax,
            name.unicodeScalars.allSatisfy({
                $0.properties.isAlphabetic || "0123456789-_/:.@$^=".unicodeScalars.contains($0)
            })
        else {
            throw Failure(
                .invalid, "symbol.bad_name",
                "A symbol has 1 to \(nameBytesMax) letters, digits or -_/:.@ without blanks: BTC_USDT or AAPL.")
        }
        return name
    }

    /// Whether something can be a currency: 1 to 16 letters or digits in upper case.
    package static func isCurrency(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= currencyBytesMax && text == text.uppercased()
            && text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }

    private static let currencyBytesMax = 16

    /// The currency that the market's prices are in; empty where the name does not say.
    package static func quote(of name: String) -> String {
        guard let cut = name.lastIndex(of: "_") else { return "" }
        return String(name[name.index(after: cut)...])
    }
}
