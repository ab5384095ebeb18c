import Foundation
import Journal
import Primitives
import Sync
import Testing

@Suite struct ImportRoutesTests {
    /// Buys and sells in turn, one a minute.
    private static func fills(_ count: Int) -> String {
        var text = "time,symbol,side,price,quantity,fee,fee_currency,id\n"
        let start = Date(timeIntervalSince1970: 1_777_000_000)
        for number in 0..<count {
            let time = ISO8601DateFormatter.daybook.string(from: start.addingTimeInterval(Double(number) * 60))
            let side = number % 2 == 0 ? "buy" : "sell"
            text += "\(time),BTC_USDT,\(side),\(100 + number % 7),1,0.1,USDT,\(number + 1)\n"
        }
        return text
    }

    @Test func `an exchange's file becomes trades, and importing twice is importing once`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let first = try await trader.importFile(Self.fills(40), ["exchange": "ibkr", "account": "main"])
            #expect(first["status"].text == "done")
            #expect(first["new"].count == 40)
            #expect(first["known"].count == 0)
            #expect(first["format"].text == "generic")
            #expect(first["account"]["exchange"].text == "ibkr")
            #expect(first["bytes"].count == first["size"].count)
            let trades = try trader.ask("/trades?exchange=ibkr&limit=100")
            #expect(trades["total"].count == 20)
            #expect(trades["trades"].list.allSatisfy { $0["source"].text == "import" && $0["fill_count"].count == 2 })
            let second = try await trader.importFile(Self.fills(44), ["exchange": "ibkr"])
            #expect(second["new"].count == 4)
            #expect(second["known"].count == 40)
            let listed = try trader.ask("/import")["imports"].list
            #expect(listed.map { $0["import_id"].text } == [second["import_id"].text, first["import_id"].text])
            let stranger = try Trader(server, wallet: 2)
            #expect(try stranger.ask("/import")["imports"].list.isEmpty)
            #expect(try stranger.get("/import/\(first["import_id"].text ?? "")").code == "import.not_found")
            #expect(try stranger.ask("/trades")["total"].count == 0)
        }
    }

    @Test func `trades of inverse contracts come in their coin, and say so`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let text = """
                Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Trade ID
                2026-02-01 10:00:00,BTCUSD_PERP,BUY,50000,50,0.1BTC,0.00005BTC,0,11
                2026-02-01 11:00:00,BTCUSD_PERP,SELL,62500,50,0.08BTC,0.00004BTC,0.02,12
                """
            #expect(try await trader.importFile(text)["new"].count == 2)
            let trade = try trader.ask("/trades")["trades"][0]
            #expect(trade["symbol"].text == "BTC_USD" && trade["currency"].text == "BTC")
            #expect(trade["realized_pnl"].text == "0.02" && trade["net_pnl"].text == "0.01991")
            #expect(trade["entry_price"].text == "50000" && trade["quantity"].text == "50")
        }
    }

    @Test func `bad rows are told with line and reason, and the good ones are kept`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            var lines = Self.fills(6).split(separator: "\n").map(String.init)
            lines[2] = "2026-13-01T00:00:00Z,BTC_USDT,buy,1,1,0,USDT,7"
            let done = try await trader.importFile(lines.joined(separator: "\n"))
            #expect(done["status"].text == "done")
            #expect(done["new"].count == 5)
            #expect(done["refused"].count == 1)
            #expect(done["refused_rows"][0]["line"].count == 3)
            #expect(done["refused_rows"][0]["reason"].text?.isEmpty == false)
        }
    }

    @Test func `a dry run writes nothing, and a file of nonsense fails with its reason`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let dry = try await trader.importFile(Self.fills(10), ["dry_run": "true"])
            #expect(dry["new"].count == 10)
            #expect(dry["dry_run"].flag == true)
            #expect(try trader.ask("/trades")["total"].count == 0)
            let failed = try await trader.importFile("who,what,why\n1,2,3\n")
            #expect(failed["status"].text == "failed")
            #expect(failed["error"]["error"].text == "import.unknown_header")
            #expect(failed["error"]["message"].text?.isEmpty == false)
        }
    }

    @Test func `a file of an unknown exchange is read by the map in the form, or by one that was saved`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let file = "Datum,Was,Art,Kurs,Menge\n2026-03-02T10:00:00Z,BTC/EUR,Kauf,60000,0.5\n"
            let map = "time=Datum,symbol=Was,side=Art,price=Kurs,quantity=Menge,buy=Kauf"
            let unknown = try await trader.importFile(file)
            #expect(unknown["error"]["error"].text == "import.unknown_header")
            #expect(unknown["error"]["message"].text?.contains("--map time=Datum") == true)
            let mapped = try await trader.importFile(file, ["map": map, "exchange": "broker"])
            #expect(mapped["status"].text == "done", "\(mapped)")
            #expect(mapped["new"].count == 1)
            #expect(mapped["reading"][0].text?.contains("columns as you mapped them") == true)
            #expect(try await trader.importFile(file)["error"]["error"].text == "import.unknown_header")
            #expect(try trader.send(file: file, ["map": "when=Datum"]).code == "import.bad_map")
            #expect(try trader.send(file: file, ["map": map, "format": "okx"]).code == "import.map_and_format")

            var device = TestDevice(try Wallet(1).session(at: server))
            let values = ["broker", "datum,was,art,kurs,menge", map, "exchange=broker"]
            let writes = values.enumerated().map { FieldWrite(UInt32($0 + 1), .text($1)) }
            try device.write([.put(Schema.mapping.kind, Mapping.id(named: "broker").cast(), writes)])
            try device.exchange(try server.client())
            let saved = try await trader.importFile(file)
            #expect(saved["known"].count == 1)
            #expect(saved["account"]["exchange"].text == "broker")
            #expect(saved["reading"][0].text?.contains("by your mapping “broker”") == true)
        }
    }

    @Test func `a form that cannot be meant is refused at once`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            func code(_ file: String?, _ fields: [String: String]) throws -> String {
                try trader.send(file: file, fields).code
            }
            #expect(try code(nil, ["format": "binance"]) == "import.no_file")
            #expect(try code("", ["format": "excel"]) == "import.bad_choice")
            #expect(try code("", ["environment": "moon"]) == "import.bad_choice")
            #expect(try code("", ["utc_offset": "late"]) == "import.bad_offset")
            #expect(try code("", ["date_order": "backwards"]) == "import.bad_date_order")
            #expect(try code("", ["zone": "Mars/Olympus"]) == "import.bad_zone")
            #expect(try code("", ["zone": "Europe/Berlin", "utc_offset": "+01:00"]) == "import.two_zones")
            #expect(try code("", ["decimal": "dot"]) == "import.bad_option")
            #expect(try code("", ["market": "moon"]) == "import.bad_option")
            #expect(try code("", ["exchange": "two words"]) == "account.bad_exchange")
            #expect(try code("", ["dry_run": "perhaps"]) == "import.bad_choice")
            #expect(try trader.send("POST", "/import", ["file": "a"]).code == "request.not_multipart")
            #expect(try trader.ask("/import")["imports"].list.isEmpty)
        }
    }

    @Test func `everything can be taken along, in each form`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            try await trader.importFile(Self.fills(4))
            try trader.trade(["notes": "=cmd()\nnext", "tags": ["a, b"]])
            try trader.ask("POST", "/entries", ["title": "Plan", "body": "Wait."])
            let csv = try trader.get("/export?format=csv&table=trades")
            #expect(csv["content-type"] == "text/csv; charset=utf-8")
            #expect(csv["content-disposition"] == "attachment; filename=\"daybook-trades.csv\"")
            let lines = csv.text.split(separator: "\r\n", omittingEmptySubsequences: true)
            #expect(lines.count == 4)
            #expect(csv.text.contains("\"'=cmd()\nnext\""))
            for (table, count) in [("trades", 3), ("fills", 4), ("entries", 1), ("tags", 1), ("images", 0)] {
                let json = try trader.get("/export?format=json&table=\(table)").tree
                #expect(json.list.count == count, "\(table)")
                let markdown = try trader.get("/export?format=markdown&table=\(table)")
                #expect(markdown.status == 200)
                #expect(markdown["content-type"] == "text/markdown; charset=utf-8")
            }
            #expect(try trader.get("/export?format=markdown&table=entries").text.contains("title: \"Plan\""))
            #expect(try trader.get("/export?format=excel").code == "request.bad_query")
            #expect(try Trader(server, wallet: 2).get("/export?format=json").tree.list.isEmpty)
        }
    }
}
