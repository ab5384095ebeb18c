import Primitives

/// What five US dollars are, about: what is left of a position and worth less can hardly be sold.
enum SmallChange {
    /// Nil for a currency of which nobody here knows what it is worth.
    static func amount(in currency: String) -> Amount? { amounts[currency] }

    /// Rough on purpose, and never updated: whether a rest is dust must not change with the day.
    private static let amounts: [String: Amount] = {
        let texts: [(String, [String])] = [
            (
                "5",
                [
                    "USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USDD", "USDP", "USDE", "PYUSD", "GUSD",
                    "USDS",
                    "RLUSD", "USD1", "USDT0", "USDH", "UST", "USTC",
                ]
            ),
            ("4.5", ["EUR", "EURT", "EURC", "EURI", "EURR", "CHF"]), ("4", ["GBP", "SGD"]),
            ("7", ["CAD", "AUD", "NZD"]),
            ("750", ["JPY"]), ("7000", ["KRW"]), ("200", ["TRY", "UAH"]), ("35", ["CNY", "CNH", "HKD"]),
            ("160", ["TWD"]),
            ("160", ["THB"]), ("420", ["INR"]), ("80000", ["IDR", "IDRT"]), ("120000", ["VND"]), ("280", ["PHP"]),
            ("20", ["MYR", "PLN", "AED", "SAR", "ILS"]), ("25", ["BRL"]), ("90", ["MXN", "ZAR"]), ("400", ["RUB"]),
            ("50", ["SEK", "NOK"]), ("32", ["DKK"]), ("110", ["CZK"]), ("1800", ["HUF"]), ("22", ["RON"]),
            ("5000", ["ARS"]), ("4500", ["CLP"]), ("20000", ["COP"]), ("7500", ["NGN"]), ("650", ["KES"]),
            ("0.00005", ["BTC", "XBT", "WBTC", "UBTC", "TBTC"]), ("0.0015", ["ETH", "WETH", "UETH", "STETH"]),
            ("0.006", ["BNB"]), ("0.03", ["SOL"]), ("2", ["XRP"]), ("15", ["TRX"]), ("20", ["DOGE"]),
        ]
        var amounts: [String: Amount] = [:]
        for (text, currencies) in texts {
            for currency in currencies { amounts[currency] = Amount(text) }
        }
        return amounts
    }()
}
