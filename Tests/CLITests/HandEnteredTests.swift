import Foundation
import Testing

/// What is asked, and what is said, when a trade is typed in.
@Suite struct HandEnteredTests {
    private static let share = ["trade", "add", "AAPL", "long", "--qty", "10", "--entry", "100", "--exit", "110"]

    private func add(_ daybook: Daybook, _ more: String...) throws -> Daybook.Answer {
        try daybook.run(Self.share + ["--opened", "2026-11-20", "--closed", "2026-11-21"] + more)
    }

    @Test func `a share is in the currency of its account, and in none only with a word about it`() throws {
        let daybook = try Daybook()
        let without = try add(daybook)
        #expect(without.status == 0)
        #expect(without.error.contains("AAPL has no currency"))
        #expect(without.error.contains("--currency USD"))
        let with = try add(daybook, "--account", "broker", "--currency", "usd")
        #expect(with.status == 0)
        #expect(with.error == "")
        #expect(try daybook.ask("account", "list")[0]["currency"].text == "USD")
        // From then on the account has it.
        let next = try add(daybook, "--account", "broker")
        #expect(next.status == 0)
        #expect(next.error == "")
    }

    @Test func `where no account says a currency, a share is in the journal's, which is said once`() throws {
        let daybook = try Daybook()
        try daybook.run("settings", "--currency", "CHF")
        let first = try add(daybook)
        #expect(first.status == 0)
        #expect(first.error.contains("in manual/main is in CHF now, the journal's base currency"))
        #expect(try daybook.ask("account", "list")[0]["currency"].text == "CHF")
        #expect(try add(daybook).error == "")
        let other = try add(daybook, "--account", "broker")
        #expect(other.error.contains("in manual/broker is in CHF now"))
        let pair = try daybook.run("trade", "add", "BTC_USDT", "long", "--qty", "1", "--entry", "1", "--exit", "2")
        #expect(pair.error == "")
    }

    @Test func `a currency alone begins the book of what is entered by hand`() throws {
        let daybook = try Daybook()
        #expect(try add(daybook, "--currency", "EUR").error == "")
        #expect(try add(daybook).error == "")
        #expect(try daybook.ask("trade", "list").list.map { $0["account_label"].text } == ["main", "main"])
    }

    @Test func `another currency than the account's is asked about`() throws {
        let daybook = try Daybook()
        _ = try add(daybook, "--account", "broker", "--currency", "USD")
        let refused = try add(daybook, "--account", "broker", "--currency", "EUR")
        #expect(refused.status == 8)
        #expect(refused.code == "account.unconfirmed_currency")
        #expect(try daybook.ask("trade", "list").list.count == 1)
        #expect(try add(daybook, "--account", "broker", "--currency", "EUR", "--yes").status == 0)
        #expect(try daybook.ask("account", "list")[0]["currency"].text == "EUR")
        let pair = try daybook.run(
            "trade", "add", "BTC_USDT", "long", "--qty", "1", "--entry", "1", "--currency", "EUR")
        #expect(pair.code == "trade.has_currency")
    }

    @Test func `a stop that looks like a slip is refused where nobody can be asked`() throws {
        let daybook = try Daybook()
        let refused = try add(daybook, "--stop", "1000")
        #expect(refused.status == 8)
        #expect(refused.code == "trade.unconfirmed_stop")
        #expect(refused.error.contains("1000"))
        #expect(refused.error.contains("100"))
        #expect(try daybook.ask("trade", "list").list.isEmpty)
        #expect(try add(daybook, "--stop", "1000", "--yes").status == 0)
        #expect(try daybook.run("trade", "edit", "last", "--stop", "100").status == 8)
        #expect(try daybook.run("trade", "stop", "last", "101").status == 8)
        #expect(try daybook.run("trade", "stop", "last", "99").status == 0)
        #expect(try daybook.run("trade", "edit", "last", "--direction", "short").status == 8)
        #expect(try daybook.run("trade", "stop", "last", "101", "--yes").status == 0)
        // What is stored stays, and does not stand in the way of other edits.
        #expect(try daybook.run("trade", "edit", "last", "--rating", "4").status == 0)
        #expect(try daybook.run("trade", "edit", "last", "--entry", "100.5").status == 0)
        #expect(try daybook.run("trade", "stop", "last", "none").status == 0)
    }

    @Test func `at a terminal the person decides`() throws {
        let daybook = try Daybook()
        let words =
            Self.share + ["--opened", "2026-11-20", "--closed", "2026-11-21", "--currency", "USD", "--stop", "105"]
        let declined = try daybook.atTerminal(words, typing: "n\n")
        #expect(declined.status == 8)
        #expect(declined.shown.contains("Is it meant? [y/N]"))
        #expect(try daybook.ask("trade", "list").list.isEmpty)
        #expect(try daybook.atTerminal(words, typing: "y\n").status == 0)
        #expect(try daybook.ask("trade", "list")[0]["stop_price"].text == "105")
    }
}
