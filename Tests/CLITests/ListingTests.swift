import Foundation
import Testing

/// What lists say besides their rows.
@Suite struct ListingTests {
    /// A journal with 60 trades and as many entries.
    private func filled() throws -> Daybook {
        let daybook = try Daybook()
        try daybook.file("fills.csv", ImportCommandTests.fills(120))
        try daybook.ask("import", "fills.csv")
        return daybook
    }

    @Test func `a list for scripts is whole unless they say how much, and then says what it left out`() throws {
        let daybook = try filled()
        let whole = try daybook.run("trade", "list", "--json")
        #expect(whole.json.list.count == 60)
        #expect(whole.error.isEmpty)
        let cut = try daybook.run("trade", "list", "--json", "--limit", "50")
        #expect(cut.json.list.count == 50)
        #expect(cut.error == "50 of 60 trades. --limit 60 shows all.\n")
        #expect(try daybook.run("trade", "list").error == "50 of 60 trades. --limit 60 shows all.\n")
        #expect(try daybook.run("trade", "list", "--limit", "60").error.isEmpty)
    }

    @Test func `every list that is cut says so`() throws {
        let daybook = try filled()
        for number in 0..<3 { try daybook.ask("entry", "add", "Rule \(number)", "--day", "2026-11-2\(number)") }
        for (arguments, note) in [
            (["entry", "list", "--limit", "2"], "2 of 3 entries. --limit 3 shows all.\n"),
            (["search", "rule", "--limit", "2"], "2 of 3 results. --limit 3 shows all.\n"),
            (["search", "--raw", "rule", "--limit", "1"], "1 of 3 results. --limit 3 shows all.\n"),
            (["log", "-n", "2"], "2 of 5 changes. -n 5 shows all.\n"),
        ] {
            for json in [[], ["--json"]] {
                #expect(try daybook.run(arguments + json).error == note, "\(arguments)")
                let option = arguments.lastIndex { $0.hasPrefix("-") } ?? arguments.endIndex
                #expect(try daybook.run(Array(arguments[..<option]) + json).error.isEmpty, "\(arguments)")
            }
        }
        try daybook.run("trade", "rate", "last", "1")
        try daybook.run("trade", "rate", "last", "2")
        #expect(try daybook.run("log", "last", "-n", "1").error == "1 of 2 changes. -n 2 shows all.\n")
        #expect(try daybook.ask("log").list.count == 7)
    }

    @Test func `conditions that nothing meets are told from an empty journal`() throws {
        let (empty, full) = (try Daybook(), try filled())
        try full.ask("entry", "add", "x", "--day", "2026-11-20")
        for (arguments, nothing, count) in [
            (["trade", "list", "--symbol", "NOPE"], "No trades", 60),
            (["stats", "--symbol", "NOPE"], "No closed trades", 60),
            (["stats", "--by", "day", "--from", "2030"], "No closed trades", 60),
            (["entry", "list", "--from", "2030"], "No entries", 1),
        ] {
            #expect(try empty.run(arguments).output.hasPrefix("\(nothing)."), "\(arguments)")
            let answer = try full.run(arguments)
            #expect(answer.output == "\(nothing) match. There are \(count) without these conditions.\n")
            #expect(!answer.output.contains("import"))
        }
        #expect(try full.run("image", "list", "--trade", "last").output.hasPrefix("No images. `daybook image add"))
    }

    @Test(arguments: [50, 60, 80, 100] as [UInt16]) func `rows fit the terminal`(columns: UInt16) throws {
        let daybook = try filled()
        try daybook.run("trade", "tag", "last", "a-rather-long-name-of-a-tag", "breakout")
        for arguments in [
            ["trade", "list"], ["log"], ["trade", "show", "last"], ["stats", "--by", "day"], ["devices"],
        ] {
            let answer = try daybook.atTerminal(arguments, columns: columns)
            #expect(answer.status == 0)
            let rows = answer.shown.split(separator: "\n").filter { $0.contains("  ") }
            #expect(rows.count > 1)
            for row in rows { #expect(row.count <= Int(columns), "\(arguments): \(row)") }
        }
        #expect(try daybook.atTerminal(["trade", "list"], columns: 80).shown.contains("(no room for"))
        let wished = try daybook.atTerminal(["trade", "list"], columns: columns, environment: ["COLUMNS": "200"])
        #expect(wished.shown.contains("RATING  TAGS"))
        let piped = try daybook.run(["trade", "list"], environment: ["COLUMNS": "40"])
        #expect(piped.output.contains("a-rather-long-name-of-a-tag, breakout"))
    }

    @Test func `work that may take long says how far it is, where a person watches`() throws {
        let daybook = try filled()
        for (arguments, piece) in [
            (["verify"], "verify  ────────────────────────"), (["export", "--format", "csv", "out"], "export  ─"),
            (["backup", "a.backup"], "backup  ─"), (["restore", "a.backup", "--journal", "b"], "restore  ─"),
        ] {
            let answer = try daybook.atTerminal(arguments)
            #expect(answer.status == 0, "\(answer.shown)")
            #expect(answer.shown.contains(piece), "\(arguments): \(answer.shown)")
            #expect(answer.shown.split(separator: "\u{1b}[K").last?.contains("─") == false)
        }
        #expect(try daybook.run("verify").error.isEmpty)
    }
}
