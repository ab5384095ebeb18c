import Journal
import Primitives
import Testing

/// What single fields may look like, asked through whole rows.
@Suite struct FieldTests {
    private func generic(
        time: String = "2026-05-01", symbol: String = "BTC_USDT", side: String = "buy", price: String = "1",
        quantity: String = "1", fee: String = "", coin: String = "", id: String = ""
    ) throws -> ImportRow {
        let fields = [time, symbol, side, price, quantity, fee, coin, id].map { "\"\($0)\"" }.joined(separator: ",")
        return try #require(
            try importRows("\(ImportFormat.genericHeader)\n\(fields)\n", ImportOptions(decimal: .point)).first)
    }

    private func fill(_ row: ImportRow) -> Fill? { fills([row]).first }

    @Test(arguments: [
        ("BTCUSDT", "BTC_USDT"), ("btc/usdt", "BTC_USDT"), ("BTC-USDT", "BTC_USDT"), ("BTC/USDT:USDT", "BTC_USDT"),
        ("BTCUSDT.P", "BTC_USDT"), ("BTCUSDT_PERP", "BTC_USDT"), ("XBTUSD", "BTC_USD"),
        ("DOTUSD", "DOT_USD"), ("BTCTUSD", "BTC_TUSD"), ("BNBBUSD", "BNB_BUSD"), ("BNBUSD", "BNB_USD"),
        ("BTCFDUSD", "BTC_FDUSD"), ("1000SATSUSDT", "1000SATS_USDT"), ("ETHBTC", "ETH_BTC"), ("WBTCETH", "WBTC_ETH"),
        ("BTC-USDT-261225", "BTC-261225_USDT"),
        ("ETH-USDC-261225-2800-C", "ETH-261225-2800-C_USDC"), ("USDCUSDT", "USDC_USDT"), ("EURUSDT", "EUR_USDT"),
        ("BTCUSDT-27DEC26", "BTC-27DEC26_USDT"),
        ("BTC/USDT:USDT-261225", "BTC-261225_USDT"), ("币安人生USDT", "币安人生_USDT"), ("PEPE_EUR", "PEPE_EUR"),
    ]) func `a symbol gets its one name`(text: String, name: String) throws {
        #expect(try fill(generic(symbol: text))?.symbol == name)
    }

    @Test(arguments: ["", "BTC", "USDT", "BTC USDT", "BTC/", "/USDT", "FOOBAR", "BTC/USD:BTC", "B\u{0}TCUSDT"])
    func `a symbol without a known quote currency is refused`(text: String) throws {
        #expect(try fill(generic(symbol: text)) == nil)
    }

    @Test(arguments: [
        ("2026-05-01T12:00:00Z", 0), ("2026-05-01 12:00:00", 0), ("2026-05-01 12:00", 0), ("26-05-01 12:00:00", 0),
        ("12:00 2026-05-01", 0), ("12:00:00 2026-05-01", 0), ("2026-05-01 12:00:00.9999", 999),
        ("2026-05-01T14:00:00+02:00", 0), ("2026-05-01 12:00:00 UTC", 0), ("2026/05/01 12:00:00", 0),
        ("05/01/2026, 12:00:00 PM", 0), ("5/1/2026 - 12:00:00", 0), ("01.05.2026 12:00", 0), ("1777636800", 0),
        ("1777636800.5", 500), ("1777636800005", 5), ("1777636800005999", 5), ("1777636800005999999", 5),
    ]) func `a time is read however it is written`(text: String, milliseconds: Int) throws {
        let noon = try #require(Timestamp("2026-05-01T12:00:00Z"))
        #expect(try fill(generic(time: text))?.time == noon.adding(milliseconds: Int64(milliseconds)))
    }

    @Test(arguments: [
        "", "yesterday", "2026-02-30 10:00:00", "2026-05-01 25:00", "13:00 PM 2026-05-01", "1e12", "20260501",
        "2008-12-31", "2026-05-01 12:00:00 MEZ", "99999999999999999999", "2026-05-01T", "2026-05-01 12:00:00+99:00",
    ]) func `a time that cannot be read, or is older than Bitcoin, is refused`(text: String) throws {
        #expect(try fill(generic(time: text)) == nil)
    }

    @Test(arguments: [
        ("0.5", "0.5"), ("1,234.5", "1234.5"), ("12,345,678", "12345678"), ("5.5E-4", "0.00055"), ("+3", "3"),
        ("1.50000000000000000000", "1.5"), ("999999999999999.999999999999999999", "999999999999999.999999999999999999"),
        (".5", "0.5"), ("007", "7"), ("123456789012345678.0", nil), ("1000000000000000", "1000000000000000"),
        ("1000000000000001", nil), ("0.1234567890123456789", nil), ("1,5", nil), ("1,2345", nil), ("1234,567", nil),
        (",123", nil), ("1,234.5,6", nil), ("1.2.3", nil), ("", nil), ("-", nil), ("-1", nil), ("0", nil), ("NaN", nil),
        ("0x10", nil), ("1 000", nil), ("١", nil), ("1e99", nil),
    ]) func `a number is exact or refused`(text: String, value: String?) throws {
        #expect(try fill(generic(price: text))?.price.description == value)
        #expect(try fill(generic(quantity: text))?.quantity.description == value)
    }

    @Test(arguments: [
        ("buy", Side.buy), ("BUY", .buy), ("b", .buy), ("Long", .buy), ("Open Long", .buy), ("Close Short", .buy),
        ("Short > Long", .buy), ("Liquidated Isolated Short", .buy), ("sell", .sell), ("S", .sell), ("SHORT", .sell),
        ("Close Long", .sell), ("Market Order Liquidation: Close Long", .sell), ("hold", nil), ("", nil),
        ("buyer", nil),
    ]) func `a side is read in the words of each exchange`(text: String, side: Side?) throws {
        // A file whose only side is none is refused as a whole.
        if side == nil, !text.isEmpty {
            let failure = #expect(throws: Failure.self) { try generic(side: text) }
            #expect(failure?.code == "import.unsure_side")
        } else {
            #expect(try fill(generic(side: text))?.side == side)
        }
    }

    @Test(arguments: [
        ("3", "", "3", ""), ("3", "USDT", "3", ""), ("3", "bnb", "3", "BNB"), ("-0.5", "", "0.5", ""),
        ("--", "BNB", "0", ""),
    ])
    func `a fee in the quote currency names none`(fee: String, coin: String, amount: String, name: String) throws {
        let fill = try fill(generic(fee: fee, coin: coin))
        #expect(fill?.fee.description == amount)
        #expect(fill?.feeCurrency == name)
    }

    @Test func `an id that a spreadsheet has rounded is refused, and so is an endless one`() throws {
        #expect(try fill(generic(id: "2.29E+18")) == nil)
        #expect(try fill(generic(id: String(repeating: "7", count: 129))) == nil)
        #expect(try fill(generic(id: "99999999999999999999"))?.sequence == 0)
        #expect(try fill(generic(id: "9223372036854775807"))?.sequence == .max)
    }
}
