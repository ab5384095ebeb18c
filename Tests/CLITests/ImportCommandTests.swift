import Foundation
import Testing

@Suite struct ImportCommandTests {
    /// Buys and sells in turn, one a minute.
    static func fills(_ count: Int) -> String {
        var text = "time,symbol,side,price,quantity,fee,fee_currency,id\n"
        for number in 0..<count {
            let (hour, minute) = (number / 60 % 24, number % 60)
            let day = 1 + number / 1440
            text +=
                "2026-11-\(day < 10 ? "0" : "")\(day)T\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute):00Z,"
            text += "BTC_USDT,\(number % 2 == 0 ? "buy" : "sell"),\(100 + number % 7),1,0.1,USDT,\(number + 1)\n"
        }
        return text
    }

    @Test func `importing twice is importing once`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.fills(40))
        let first = try daybook.ask("import", "fills.csv", "--exchange", "ibkr")
        #expect(first["new"].count == 40)
        #expect(first["files"][0]["account"]["exchange"].text == "ibkr")
        let before = try daybook.run("trade", "list", "--json").output
        let second = try daybook.ask("import", "fills.csv", "--exchange", "ibkr")
        #expect(second["new"].count == 0)
        #expect(second["known"].count == 40)
        #expect(try daybook.run("trade", "list", "--json").output == before)
        #expect(try daybook.ask("whoami")["trades"].count == 20)
        #expect(try daybook.ask("whoami")["commits"].count == 2)
    }

    @Test func `bad rows are told with line and reason, the good ones are kept, and scripts are told by 3`() throws {
        let daybook = try Daybook()
        var lines = Self.fills(6).split(separator: "\n").map(String.init)
        lines[2] = "2026-13-01T00:00:00Z,BTC_USDT,buy,1,1,0,USDT,7"
        lines[4] = "2026-11-01T00:00:00Z,BTC_USDT,buy,minus one,1,0,USDT,8"
        try daybook.file("fills.csv", lines.joined(separator: "\n"))
        let answer = try daybook.run("import", "fills.csv")
        #expect(answer.status == 3)
        #expect(answer.output.contains("4 new, 0 known already, 2 refused"))
        #expect(answer.output.contains("line 3: "))
        #expect(answer.output.contains("line 5: "))
        let json = try daybook.run("import", "fills.csv", "--json")
        #expect(json.status == 3)
        #expect(json.json["known"].count == 4)
        #expect(json.json["files"][0]["refused_rows"].list.map { $0["line"].count } == [3, 5])
    }

    @Test func `a dry run writes nothing and counts as the import does`() throws {
        let daybook = try Daybook()
        let text = Self.fills(10)
        try daybook.file("fills.csv", text + text.split(separator: "\n").dropFirst().joined(separator: "\n"))
        let dry = try daybook.ask("import", "fills.csv", "--dry-run")
        #expect(dry["new"].count == 20)
        #expect(dry["known"].count == 0)
        #expect(try daybook.ask("whoami")["fills"].count == 0)
        let real = try daybook.ask("import", "fills.csv")
        #expect(real["new"].count == 20)
        #expect(real["known"].count == 0)
    }

    @Test func `a pipe is read like a file`() throws {
        let daybook = try Daybook()
        #expect(try daybook.ask("import", "-", input: Self.fills(4))["new"].count == 4)
    }

    @Test func `one bad file does not keep the others from being read`() throws {
        let daybook = try Daybook()
        try daybook.file("good.csv", Self.fills(4))
        try daybook.file("bad.csv", "a,b,c\n1,2,3\n")
        let answer = try daybook.run("import", "bad.csv", "missing.csv", "good.csv", "--json")
        #expect(answer.status == 64)
        #expect(answer.json["new"].count == 4)
        #expect(answer.json["files"][0]["error"]["code"].text == "import.unknown_header")
        #expect(answer.json["files"][1]["error"]["code"].text == "file.not_found")
        #expect(try daybook.run("import", "bad.csv").code == "import.unknown_header")
        #expect(try daybook.run("import", ".").status == 4)
    }

    @Test func `more than one batch is one import`() throws {
        let daybook = try Daybook()
        var text = "time,symbol,side,price,quantity\n"
        for number in 0..<21_000 {
            text +=
                "\(1_700_000_000_000 + number * 1000),BTC_USDT,\(number % 2 == 0 ? "buy" : "sell"),\(100 + number % 9),1\n"
        }
        try daybook.file("fills.csv", text)
        let answer = try daybook.ask("import", "fills.csv")
        #expect(answer["new"].count == 21_000)
        #expect(try daybook.ask("whoami")["trades"].count == 10_500)
        #expect(try daybook.ask("import", "fills.csv")["known"].count == 21_000)
    }

    @Test func `an import that was killed goes on where it stopped`() throws {
        let daybook = try Daybook()
        var lines = Self.fills(1000).split(separator: "\n").map(String.init)
        try daybook.file("half.csv", lines.prefix(400).joined(separator: "\n"))
        try daybook.ask("import", "half.csv")
        lines.removeFirst(0)
        try daybook.file("whole.csv", lines.joined(separator: "\n"))
        let answer = try daybook.ask("import", "whole.csv")
        #expect(answer["new"].count == 601)
        #expect(answer["known"].count == 399)
        #expect(try daybook.ask("whoami")["trades"].count == 500)
    }

    @Test(arguments: [
        ["--utc-offset", "-04:00"], ["--utc-offset=-04:00"], ["--zone", "America/Caracas"], ["--utc-offset=-0400"],
    ])
    func `an offset west of Greenwich is taken with a blank and with an equals sign`(options: [String]) throws {
        let daybook = try Daybook()
        try daybook.file(
            "fills.csv",
            "time,symbol,side,price,quantity\n2026-06-03 20:30:00,ETH/USD,buy,3000,1\n2026-06-03 21:30:00,ETH/USD,sell,3010,1\n"
        )
        #expect(try daybook.run(["import"] + options + ["fills.csv"]).status == 0)
        let trade = try daybook.ask("trade", "list")[0]
        #expect(trade["opened"].text == "2026-06-04T00:30:00.000Z")
        #expect(trade["closed"].text == "2026-06-04T01:30:00.000Z")
    }

    @Test(arguments: [
        ("--zone", "Mars/Olympus", "import.bad_zone"), ("--decimal", "dot", "import.bad_option"),
        ("--market", "moon", "import.bad_option"), ("--market", "inverse_perpetual", "import.bad_option"),
        ("--order", "up", "import.bad_option"),
        ("--paid-fees", "yes", "import.bad_option"), ("--currency", "$", "import.bad_option"),
        ("--date-order", "mmm", "import.bad_date_order"),
    ]) func `an option that means nothing is refused`(option: String, value: String, code: String) throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.fills(2))
        #expect(try daybook.run("import", "fills.csv", option, value).code == code)
    }

    @Test func `an export without rows is no failure`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\nNo data matches the criteria.\n")
        let answer = try daybook.ask("import", "fills.csv")
        #expect(answer["new"].count == 0)
        #expect(answer["refused"].count == 0)
    }

    @Test func `the account of an import is listed, and its cost basis can be chosen`() throws {
        let daybook = try Daybook()
        try daybook.file("fills.csv", Self.fills(4))
        try daybook.ask("import", "fills.csv", "--account", "swing book")
        #expect(try daybook.ask("account", "list")[0]["label"].text == "swing book")
        #expect(try daybook.ask("account", "basis", "swing book", "fifo")["cost_basis"].text == "fifo")
        #expect(try daybook.ask("account", "list")[0]["cost_basis"].text == "fifo")
        #expect(try daybook.run("account", "basis", "nope", "fifo").code == "account.not_found")
    }
}

/// Imports as things, at the command line.
@Suite struct ImportReviewCommandTests {
    private static let plain = """
        Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset
        2026-03-04 16:20:31,SOLUSDT,SELL,151.25,3,453.75,0.18,USDT,4.5,USDT
        2026-03-04 14:02:09,SOLUSDT,BUY,149.75,3,449.25,0.18,USDT,0,USDT

        """
    private static let withIDs = """
        Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID
        1,2026-03-04 16:20:31,SOLUSDT,SELL,151.25,3,453.75,0.18USDT,4.5,false,false,881,21
        1,2026-03-04 14:02:09,SOLUSDT,BUY,149.75,3,449.25,0.18USDT,0,true,false,880,20

        """

    @Test func `two layouts of one history count once, and a person decides`() throws {
        let daybook = try Daybook()
        try daybook.file("plain.csv", Self.plain)
        try daybook.file("ids.csv", Self.withIDs)
        #expect(try daybook.run("import", "plain.csv").status == 0)
        let answer = try daybook.run("import", "ids.csv")
        #expect(answer.status == 3)
        #expect(answer.output.contains("2 likely doubles in SOL_USDT: plain.csv looks like ids.csv"))
        #expect(answer.output.contains("daybook import review"))
        let list = try daybook.run("trade", "list", "--json")
        #expect(list.json.list.count == 1)
        #expect(list.error.contains("2 fills look like others"))
        let review = try daybook.ask("import", "review")
        #expect(review["doubles"].list.map { $0["file"].text } == ["plain.csv", "plain.csv"])
        #expect(try daybook.run("verify").output.contains("2 of SOL_USDT from plain.csv look like fills from ids.csv"))
        let id = review["doubles"][0]["id"].text ?? ""
        #expect(try daybook.ask("import", "review", "--distinct", id)["distinct"].count == 1)
        #expect(try daybook.ask("import", "review", "--all-doubles", "last")["double"].count == 1)
        #expect(try daybook.ask("import", "review")["doubles"].list.isEmpty)
        #expect(try daybook.run("import", "review").output.contains("Nothing waits"))
        #expect(try daybook.run("import", "review", "--double", id).status == 4)
    }

    @Test func `an import is listed, shown and undone, and the file comes again`() throws {
        let daybook = try Daybook()
        try daybook.file("ids.csv", Self.withIDs)
        let first = try daybook.ask("import", "ids.csv", "--utc-offset", "+02:00")
        #expect(first["files"][0]["doubles"].count == 0)
        let imports = try daybook.ask("import", "list")
        #expect(imports.list.count == 1)
        #expect(imports[0]["file"].text == "ids.csv" && imports[0]["fills"].count == 2)
        #expect(try daybook.run("import", "list").output.contains("ids.csv"))
        #expect(try daybook.ask("import", "show", "last")["symbols"]["SOL_USDT"].count == 2)
        #expect(try daybook.run("import", "show", "last").output.contains("sha256"))
        let id = imports[0]["id"].text ?? ""
        #expect(try daybook.ask("import", "undo", id)["fills_deleted"].count == 2)
        #expect(try daybook.ask("trade", "list").list.isEmpty)
        #expect(try daybook.run("import", "undo", id).status == 4)
        #expect(try daybook.ask("import", "ids.csv")["new"].count == 2)
        #expect(try daybook.ask("trade", "list").list.count == 1)
    }

    @Test func `what another account has is left out, and said`() throws {
        let daybook = try Daybook()
        try daybook.file("ids.csv", Self.withIDs)
        try daybook.run("import", "ids.csv")
        let answer = try daybook.run("import", "ids.csv", "--account", "Binance 2026")
        #expect(answer.status == 3)
        #expect(answer.output.contains("2 rows left out: account binance/main has them already"))
        #expect(try daybook.ask("trade", "list").list.count == 1)
        #expect(
            try daybook.ask("import", "ids.csv", "--account", "Binance 2026", "--allow-duplicates")["new"].count == 2)
        #expect(try daybook.ask("trade", "list").list.count == 2)
    }
}
