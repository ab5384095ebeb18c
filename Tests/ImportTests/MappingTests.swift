import Journal
import Primitives
import Testing

/// Files of unknown exchanges, read by what a person says of their columns.
@Suite struct MappingTests {
    private static let text = """
        Datum,Produkt,Art,Kurs,Anzahl,Gebühr,Kommentar
        2026-03-02 10:00:00,BTC/EUR,Kauf,60000,0.5,3,x
        2026-03-02 11:00:00,BTC/EUR,Verkauf,61000,0.5,3,y

        """
    private static let map =
        "time=Datum,symbol=Produkt,side=Art,price=Kurs,quantity=Anzahl,fee=Gebühr,buy=Kauf,sell=Verkauf"
    private static let rows = [
        "2 2026-03-02T10:00:00.000Z BTC_EUR buy 0.5 @ 60000 fee 3 #0",
        "3 2026-03-02T11:00:00.000Z BTC_EUR sell 0.5 @ 61000 fee 3 #0",
    ]

    private func options(_ map: String) throws -> ImportOptions { ImportOptions(columns: try ColumnMap(map)) }

    private func refusal(_ text: String, _ map: String) throws -> Failure? {
        let options = try options(map)
        let failure = #expect(throws: Failure.self) { try importRows(text, options) }
        return failure
    }

    private func saved(
        _ name: String = "mine", _ text: String = MappingTests.text, _ map: String = MappingTests.map,
        _ options: ImportOptions = ImportOptions()
    ) throws -> SavedMapping {
        let reader = try ImportReader(
            account: .main, options: ImportOptions(columns: ColumnMap(map)), nextChunk: chunks(Array(text.utf8)))
        return SavedMapping(
            name: name, header: try #require(reader.headerText), map: map, options: .success(options), exchange: nil)
    }

    // MARK: Columns

    @Test func `a file of an unknown exchange is read by a map, and the report says by which columns`() throws {
        #expect(try importRows(Self.text, options(Self.map)).map(shown) == Self.rows)
        let notes = try importNotes(Self.text, options(Self.map))
        #expect(notes.contains("columns as you mapped them: time “Datum”, symbol “Produkt”"))
        #expect(notes.contains("fee “Gebühr”"))
    }

    @Test func `the same rows are the same fills by a map, by a saved mapping and by the names that are known`() throws
    {
        let names = Self.text.replacing(
            "Datum,Produkt,Art,Kurs,Anzahl,Gebühr,Kommentar", with: "Time,Symbol,Side,Price,Qty,Fee,Note"
        ).replacing("Verkauf", with: "Sell").replacing("Kauf", with: "Buy")
        let known = try fills(importRows(names))
        #expect(known.count == 2)
        #expect(try fills(importRows(Self.text, options(Self.map))) == known)
        #expect(try fills(importRows(Self.text, ImportOptions(saved: [saved()]))) == known)
        #expect(try fills(importRows(names, options("time=#1,symbol=#2,side=#3,price=#4,quantity=#5,fee=#6"))) == known)
        #expect(try fills(importRows(names, options("quantity=Qty"))) == known)
    }

    @Test func `what a map leaves open is found by its name, unless it is to be ignored`() throws {
        let text = "Time,Symbol,Side,Price,Filled,Ordered Qty,Fee\n2026-03-02,BTC/EUR,buy,60000,0.5,2,3\n"
        #expect(
            try importRows(text, options("quantity=Filled")).map(shown) == [
                "2 2026-03-02T00:00:00.000Z BTC_EUR buy 0.5 @ 60000 fee 3 #0"
            ])
        #expect(try fills(importRows(text, options("quantity=Filled,ignore=Fee"))).map(\.fee) == [.zero])
    }

    @Test func `whoever says what the fee is says all of it`() throws {
        let text = "Time,Symbol,Side,Price,Qty,All Costs,Commission\n2026-03-02,BTC/EUR,buy,60000,0.5,3,2\n"
        #expect(try fills(importRows(text, options("fee=All Costs"))).map(\.fee.description) == ["3"])
        let both = try options("fee=All Costs,second_fee=Commission")
        #expect(try fills(importRows(text, both)).map(\.fee.description) == ["5"])
        let total = text.replacing("All Costs", with: "Total Fees")
        #expect(try fills(importRows(total)).map(\.fee.description) == ["3"])
        #expect(
            try fills(importRows(total, options("fee=Total Fees,second_fee=Commission"))).map(\.fee.description) == [
                "5"
            ])
        #expect(try importNotes(text, options("second_fee=All Costs,ignore=Commission")).contains("no fees") == false)
    }

    @Test func `a column is named by its place where two have one name`() throws {
        let text = "Time,Symbol,Side,Price,Price,Qty\n2026-03-02,BTC/EUR,buy,60000,60100,0.5\n"
        let twice = try refusal(text, "price=Price")
        #expect(twice?.code == "import.bad_map_column")
        #expect(twice?.message.contains("#4, #5") == true)
        #expect(try fills(importRows(text, options("price=#5"))).map(\.price.description) == ["60100"])
        #expect(try refusal(text, "price=#7")?.message.contains("no column #7 (price): it has 6") == true)
    }

    @Test(arguments: ["", "Statement of March\n\n"]) func `a file without a header is read by places`(above: String)
        throws
    {
        let text = above + "03/04/2026,BTC/EUR,B,60000,0.5\n13/04/2026,BTC/EUR,S,61000,0.5\n"
        let places = try options("time=#1,symbol=#2,side=#3,price=#4,quantity=#5")
        #expect(
            try fills(importRows(text, places)).map(\.time.description) == [
                "2026-04-03T00:00:00.000Z", "2026-04-13T00:00:00.000Z",
            ])
        #expect(try importNotes(text, places).contains("there is no header"))
        let titled = "Wann,Was,Wie,Kurs,Menge\n" + text.dropFirst(above.count)
        #expect(try fills(importRows(titled, places)).count == 2)
        #expect(try importNotes(titled, places).contains("time “Wann”"))
        let none = try refusal("a,b,c,d,e\n1,2,3,4,5\n", "time=#1,symbol=#2,side=#3,price=#4,quantity=#5")
        #expect(none?.code == "import.no_rows_for_map")
    }

    @Test func `a column that the file lacks is named, with those it has`() throws {
        let failure = try refusal(Self.text, "time=Datum,symbol=Produkt,side=Typ")
        #expect(failure?.code == "import.bad_map_column")
        for word in ["“Typ”", "(side)", "“Datum”", "“Kommentar”"] {
            #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
        }
    }

    @Test func `two kinds of money do not stand in one column`() throws {
        for map in ["price=Kurs,quantity=kurs", "price=#4,total=Kurs", "fee=Gebühr,second_fee=GEBÜHR"] {
            let failure = try refusal(Self.text, map)
            #expect(failure?.code == "import.bad_map_column")
            #expect(failure?.message.contains("is given for two roles") == true)
        }
    }

    @Test func `a role without a column is named, with the columns there are`() throws {
        let failure = try refusal(Self.text, "time=Datum,symbol=Produkt,quantity=Anzahl")
        #expect(failure?.code == "import.incomplete_map")
        for word in ["the side", "side=-", "price or total", "“Kurs”"] {
            #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
        }
        #expect(failure?.message.contains("the symbol") == false)
    }

    @Test func `lines above the header are passed over, in a file with semicolons too`() throws {
        let text = "Depot;17\n\n" + Self.text.replacing(",", with: ";")
        #expect(try fills(importRows(text, options(Self.map))).count == 2)
        #expect(try importRows(text, options(Self.map)).map(\.line) == [4, 5])
    }

    @Test func `an empty file is called empty`() throws { #expect(try refusal("", Self.map)?.code == "import.empty") }

    // MARK: Meaning

    @Test func `date and time of day may be two columns`() throws {
        let text = "Tag,Uhrzeit,Symbol,Side,Price,Qty\n2026-03-02,10:30:00,BTC/EUR,buy,60000,0.5\n"
        #expect(
            try fills(importRows(text, options("date=Tag,time=Uhrzeit"))).map(\.time.description) == [
                "2026-03-02T10:30:00.000Z"
            ])
    }

    @Test func `the side may be the sign of the quantity`() throws {
        let text = "Time,Symbol,Price,Qty\n2026-03-02,BTC/EUR,60000,0.5\n2026-03-03,BTC/EUR,61000,-0.5\n"
        #expect(
            try fills(importRows(text, options("side=-"))).map { "\($0.side) \($0.quantity)" } == [
                "buy 0.5", "sell 0.5",
            ])
        #expect(try importNotes(text, options("side=-")).contains("side by the sign of the quantity"))
    }

    @Test func `a price that is not there is the sum divided by the quantity`() throws {
        let text = "Time,Symbol,Side,Wert,Qty\n2026-03-02,BTC/EUR,buy,-30000,0.5\n2026-03-03,BTC/EUR,sell,0,1\n"
        #expect(
            try importRows(text, options("total=Wert")).map(shown) == [
                "2 2026-03-02T00:00:00.000Z BTC_EUR buy 0.5 @ 60000 fee 0 #0",
                "3 refused: The total (column “Wert”) \"0\" for \"1\" gives no price.",
            ])
    }

    @Test
    func `rows with a word that is to be skipped are no fills, and others that are no side have the file refused`()
        throws
    {
        let text = Self.text + "2026-03-03 09:00:00,BTC/EUR,Dividende,,,,z\n"
        #expect(try refusal(text, Self.map)?.code == "import.unsure_side")
        let rows = try importRows(text, options(Self.map + ",skip=Dividende|Zins"))
        #expect(rows.prefix(2).map(shown) == Self.rows)
        #expect(rows.last.map(shown) == "4 skipped: The row is no trade: its side is \"Dividende\".")
    }

    @Test func `a kind that is no fill has the file refused until the map says what it is`() throws {
        let text = "Time,Symbol,Side,Price,Qty,Type\n2026-03-02,BTC/EUR,buy,60000,0.5,Ausführung\n"
        #expect(try refusal(text, "price=Price")?.code == "import.unsure_kind")
        #expect(try fills(importRows(text, options("fill=Ausführung"))).count == 1)
        #expect(try fills(importRows(text, options("ignore=Type"))).count == 1)
        #expect(try fills(importRows(text, options("skip=ausführung"))).isEmpty)
    }

    @Test func `a kind far behind the beginning of a file is refused with its row`() throws {
        let row = "2026-03-02 10:00:00,BTC/EUR,buy,60000,0.5,trade,\(String(repeating: "x", count: 100))\n"
        let text =
            "Time,Symbol,Side,Price,Qty,Type,Note\n" + String(repeating: row, count: 2000)
            + "2026-03-03 10:00:00,BTC/EUR,buy,60000,0.5,Deposit,\n"
        let rows = try importRows(text)
        #expect(fills(rows).count == 2000)
        #expect(rows.last.map(shown)?.contains("refused: The kind (column “Type”) \"Deposit\" may be no fill") == true)
    }

    @Test func `two times that differ are settled by the map`() throws {
        let text =
            "Created At,Execution Time,Symbol,Side,Price,Qty\n2026-03-02 09:00,2026-03-02 10:00,BTC/EUR,buy,60000,0.5\n"
        #expect(throws: Failure.self) { try importRows(text) }
        #expect(
            try fills(importRows(text, options("time=Execution Time"))).map(\.time.description) == [
                "2026-03-02T10:00:00.000Z"
            ])
    }

    @Test func `rows that are whole positions are refused by a map too, unless their column is to be ignored`() throws {
        let text = "Time,Symbol,Side,Price,Qty,Exit Price\n2026-03-02,BTC/EUR,buy,60000,0.5,1\n"
        #expect(try refusal(text, "price=Price")?.code == "import.not_fills")
        #expect(try fills(importRows(text, options("price=Price,ignore=Exit Price"))).count == 1)
    }

    @Test func `lots need a size, which the instrument says`() throws {
        let text = "Time,Symbol,Side,Price,Lots\n2026-03-02,XAU/USD,buy,2000,2\n"
        let failure = try refusal(text, "quantity=Lots")
        #expect(failure?.message.contains("contracts=…") == true)
        #expect(
            try importRows(text, options("contracts=Lots")).map(shown).first?.contains(
                "nobody has said how large one is")
                == true)
        var known = try options("contracts=Lots")
        known.contractSize = { symbol, _ in symbol == "XAU_USD" ? Amount(whole: 100) : nil }
        #expect(try fills(importRows(text, known)).map(\.quantity.description) == ["2"])
    }

    @Test func `the kind of market may have a column, of words that are known`() throws {
        let text = "Time,Symbol,Side,Price,Qty,Konto\n2026-03-02,BTC/USDT,buy,60000,0.5,Perpetual\n"
        #expect(try fills(importRows(text, options("market=Konto"))).map(\.marketKind) == [.perpetual])
        let failure = try refusal(text.replacing("Perpetual", with: "Depot"), "market=Konto")
        #expect(failure?.code == "import.unsure_market")
        #expect(failure?.message.contains("Depot") == true)
        let row = "2026-03-02,BTC/USDT,buy,60000,0.5,Spot\n"
        let long =
            "Time,Symbol,Side,Price,Qty,Konto\n" + String(repeating: row, count: 9000)
            + row.replacing("Spot", with: "Depot")
        let rows = try importRows(long, options("market=Konto"))
        #expect(fills(rows).count == 9000)
        #expect(rows.last.map(shown) == "9002 refused: The market (column “Konto”) \"Depot\" is no kind of market.")
    }

    @Test func `base and currency may stand apart`() throws {
        let text = "Time,Coin,Money,Side,Price,Qty\n2026-03-02,sol,usdc,buy,150,2\n"
        #expect(try fills(importRows(text, options("base=Coin,currency=Money"))).map(\.symbol) == ["SOL_USDC"])
        #expect(try refusal(text, "base=Coin")?.message.contains("the currency") == true)
    }

    // MARK: Saved

    @Test func `a saved mapping is chosen by the very header, whatever its blanks and case, and the report names it`()
        throws
    {
        let options = try ImportOptions(saved: [saved()])
        let other = Self.text.replacing("Datum,Produkt", with: "DATUM, produkt")
        #expect(try importRows(other, options).map(shown) == Self.rows)
        #expect(try importNotes(Self.text, options).contains("columns by your mapping “mine”: time “Datum”"))
        for header in ["Datum,Produkt,Art,Kurs,Anzahl,Gebühr", "Produkt,Datum,Art,Kurs,Anzahl,Gebühr,Kommentar"] {
            let changed = Self.text.replacing("Datum,Produkt,Art,Kurs,Anzahl,Gebühr,Kommentar", with: header)
            #expect(throws: Failure.self) { try importRows(changed, options) }
        }
    }

    @Test func `a map goes before a saved mapping, that before what is known, and a format before it`() throws {
        let binance =
            "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n2026-03-02 10:00:00,ETHUSDT,BUY,2000,1ETH,2000USDT,1USDT\n"
        let text = binance.replacing("1ETH,2000USDT,1USDT", with: "1,2000,1")
        let mine = try saved(
            "mine", text, "time=Date,symbol=Pair,side=Side,total=Amount,quantity=Executed,ignore=Price|Fee")
        let options = ImportOptions(saved: [mine])
        #expect(try fills(importRows(text, options)).map(\.fee) == [.zero])
        #expect(try fills(importRows(binance, format: .binance, options)).map(\.fee.description) == ["1"])
        var both = options
        both.columns = try ColumnMap("quantity=Executed,fee=Fee")
        #expect(try fills(importRows(text, both)).map(\.fee.description) == ["1"])
    }

    @Test func `what was saved beside a map holds, and what is said now goes before it`() throws {
        let saved = try saved(
            "mine", Self.text, Self.map, ImportOptions(zone: .utcOffset(minutes: 60), paidFees: .minus))
        let first = try fills(importRows(Self.text, ImportOptions(saved: [saved])))
        #expect(first.map(\.fee.description) == ["-3", "-3"])
        #expect(first.first?.time.description == "2026-03-02T09:00:00.000Z")
        let now = try fills(importRows(Self.text, ImportOptions(zone: .utcOffset(minutes: 0), saved: [saved])))
        #expect(now.first?.time.description == "2026-03-02T10:00:00.000Z")
        #expect(now.first?.fee.description == "-3")
    }

    @Test func `two mappings of one header, and one that cannot be applied, are refused by their names`() throws {
        let two = #expect(throws: Failure.self) {
            try importRows(Self.text, ImportOptions(saved: [saved("one"), saved("two")]))
        }
        #expect(two?.code == "import.two_mappings")
        for name in ["“one”", "“two”"] { #expect(two?.message.contains(name) == true) }
        let good = try saved()
        for map in ["time=Datum,tax=Steuer", "time=Datum,symbol=Weg"] {
            let broken = SavedMapping(
                name: "old", header: good.header, map: map, options: good.options, exchange: nil)
            let failure = #expect(throws: Failure.self) { try importRows(Self.text, ImportOptions(saved: [broken])) }
            #expect(failure?.code == "import.broken_mapping")
            #expect(failure?.message.contains("“old”") == true)
        }
    }

    // MARK: Files that nobody knows

    @Test func `an unknown header is told with its columns and a map to complete, which reads the file when it is`()
        throws
    {
        let text = """
            Trade Date,Ticker Symbol,Buy/Sell,Exec. Kurs,"Qty, filled",Total Fee
            2026-03-02,BTC/EUR,buy,60000,0.5,3

            """
        let failure = #expect(throws: Failure.self) { try importRows(text) }
        #expect(failure?.code == "import.unknown_header")
        #expect(failure?.message.contains("“Trade Date”, “Ticker Symbol”, “Buy/Sell”") == true)
        let line = try #require(failure?.message.split(separator: "--map ").last)
        #expect(
            line
                == "'time=Trade Date,symbol=Ticker Symbol,side=Buy/Sell,price=Exec. Kurs,quantity=\"Qty, filled\",fee=Total Fee'"
        )
        let map = String(line.dropFirst().dropLast())
        #expect(try fills(importRows(text, options(map))).map(\.fee.description) == ["3"])
        let alike =
            "Ticker,Order Side,Shares,Avg Price,Time-in-Force,Filled Time,Fee Rate\nA,buy,1,2,DAY,2026-03-02,1\n"
        let other = #expect(throws: Failure.self) { try importRows(alike) }
        #expect(
            other?.message.hasSuffix(
                "'time=Filled Time,symbol=Ticker,side=Order Side,price=Avg Price,quantity=Shares'") == true)
        let open = #expect(throws: Failure.self) { try importRows("Wann,Was,Preis\n1,2,3\n") }
        #expect(open?.message.contains("time=…,symbol=…,side=…,price=…,quantity=…") == true)
    }

    @Test func `a header of thousands of columns or a long title makes no long message`() throws {
        let wide = (0..<900).map { "column\($0)" }.joined(separator: ",") + "\n"
        let failure = #expect(throws: Failure.self) { try importRows(wide) }
        #expect((failure?.message.utf8.count ?? .max) < 4000)
        let long = "\"\(String(repeating: "date\n", count: 3000))\",b\n1,2\n"
        let other = #expect(throws: Failure.self) { try importRows(long) }
        #expect((other?.message.utf8.count ?? .max) < 2000)
        #expect(other?.message.contains("\n") == false)
        #expect(other?.message.contains("time=#1") == true)
    }

    // MARK: Amount

    @Test func `an amount that is the price times another column is no quantity`() throws {
        let text = "Time,Symbol,Side,Price,Amount,Executed\n2026-03-02,ETH/EUR,buy,2000,1001,0.5\n"
        let failure = #expect(throws: Failure.self) { try importRows(text) }
        #expect(failure?.code == "import.unsure_amount")
        for word in ["“Amount”", "“Executed”", "--map quantity=Executed"] {
            #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
        }
        #expect(try fills(importRows(text, options("quantity=Executed"))).map(\.quantity.description) == ["0.5"])
    }

    @Test func `an amount that another column proves is taken, and one that nothing proves is said`() throws {
        let proven = "Time,Symbol,Side,Price,Amount,Value\n2026-03-02,ETH/EUR,buy,2000,0.5,1000\n"
        #expect(try fills(importRows(proven)).map(\.quantity.description) == ["0.5"])
        #expect(try importNotes(proven).contains("no sum of money") == false)
        let open = "Time,Symbol,Side,Price,Amount,Value\n2026-03-02,ETH/EUR,buy,2000,0.5,77\n"
        #expect(try importNotes(open).contains("“Amount”, which nothing in the file proves to be no sum of money"))
        let even = "Time,Symbol,Side,Price,Amount,Value\n2026-03-02,USDC/USDT,buy,1,500,500\n"
        #expect(try importNotes(even).contains("no sum of money"))
    }
}
