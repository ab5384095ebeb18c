import Foundation
import Testing

/// Files of unknown exchanges at the command line.
@Suite struct MappingCommandTests {
    private static let text = """
        Datum;Zeit;Produkt;Art;Kurs;Anzahl;Gebühr
        03.02.2026;10:00:00;SAP;Kauf;200,50;10;1,50
        13.02.2026;11:00:00;SAP;Verkauf;210,25;10;1,50

        """
    private static let map =
        "date=Datum,time=Zeit,symbol=Produkt,side=Art,price=Kurs,quantity=Anzahl,fee=Gebühr,buy=Kauf,sell=Verkauf"
    private static let options = ["--map", map, "--currency", "EUR", "--zone", "Europe/Berlin", "--exchange", "broker"]

    @Test func `a mapping is saved on a file, listed, applied to files of its header, and deleted`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.text)
        let unknown = try daybook.run("import", "fills.csv")
        #expect(unknown.code == "import.unknown_header")
        #expect(unknown.error.contains("Its columns are “Datum”, “Zeit”"))
        let saved = try daybook.run(["mapping", "save", "broker", "fills.csv"] + Self.options)
        #expect(saved.status == 0, "\(saved.error)")
        #expect(saved.output.contains("2 fills, 0 refused"))
        #expect(try daybook.ask("whoami")["trades"].count == 0)
        let listed = try daybook.ask("mapping", "list")[0]
        #expect(listed["name"].text == "broker")
        #expect(listed["map"].text?.hasPrefix("time=Datum,clock=Zeit,symbol=Produkt") == true)
        #expect(listed["options"].text == "zone=Europe/Berlin,currency=EUR,exchange=broker")
        #expect(try daybook.run("mapping").output.contains("broker"))
        #expect(try daybook.run("mapping", "delete", "none").code == "mapping.not_found")

        let report = try daybook.run("import", "fills.csv")
        #expect(report.status == 0, "\(report.error)")
        #expect(report.output.contains("by your mapping “broker”"))
        let trade = try daybook.ask("trade", "list")[0]
        #expect(trade["symbol"].text == "SAP_EUR")
        #expect(trade["opened"].text == "2026-02-03T09:00:00.000Z")
        #expect(try daybook.ask("account", "list")[0]["exchange"].text == "broker")
        #expect(try daybook.run("mapping", "delete", "Broker").status == 0)
        #expect(try daybook.ask("mapping", "list").list.isEmpty)
        #expect(try daybook.run("import", "fills.csv").code == "import.unknown_header")
        #expect(try daybook.ask("trade", "list").list.count == 1)
        let deletion = try #require(try daybook.ask("log")[0]["commit"].text)
        #expect(try daybook.run("undo", deletion).status == 0)
        #expect(try daybook.ask("mapping", "list").list.count == 1)
    }

    @Test func `a map at the import is the same import, and may be saved with it`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.text)
        let dry = try daybook.run(
            ["import", "fills.csv", "--json", "--save-mapping", "broker", "--dry-run"] + Self.options
        ).json
        #expect(dry["new"].count == 2)
        #expect(try daybook.ask("mapping", "list").list.isEmpty)
        let first = try daybook.run(
            ["import", "fills.csv", "--json", "--save-mapping", "broker"] + Self.options
        ).json
        #expect(first["new"].count == 2)
        #expect(try daybook.ask("mapping", "list").list.count == 1)
        let again = try daybook.ask("import", "fills.csv")
        #expect(again["known"].count == 2)
        #expect(again["new"].count == 0)
    }

    @Test func `what cannot be saved is refused, and nothing is`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.text)
        try daybook.file("plain.csv", "2026-02-03,BTC/EUR,buy,1,1\n")
        try daybook.file("bad.csv", "Datum,Was,Art,Kurs,Menge\nnever,BTC/EUR,buy,1,1\n")
        func code(_ words: String...) throws -> String? { try daybook.run(["mapping", "save", "x"] + words).code }
        #expect(try code("fills.csv", "--map", "when=Datum") == "import.bad_map")
        #expect(try code("fills.csv", "--map", "time=Wann") == "import.bad_map_column")
        #expect(try code("fills.csv", "--map", "time=Datum") == "import.incomplete_map")
        #expect(
            try code("plain.csv", "--map", "time=#1,symbol=#2,side=#3,price=#4,quantity=#5") == "mapping.no_header")
        #expect(
            try code("bad.csv", "--map", "time=Datum,symbol=Was,side=Art,price=Kurs,quantity=Menge")
                == "mapping.reads_nothing")
        #expect(try daybook.run("import", "fills.csv", "--save-mapping", "x").code == "mapping.one_file")
        #expect(
            try daybook.run("import", "fills.csv", "--map", Self.map, "--format", "okx").code == "import.map_and_format"
        )
        #expect(try daybook.run("mapping", "delete", "x").code == "mapping.not_found")
        #expect(try daybook.ask("mapping", "list").list.isEmpty)
    }
}
