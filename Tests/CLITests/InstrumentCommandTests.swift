import Foundation
import Testing

@Suite struct InstrumentCommandTests {
    @Test func `an instrument is set for all its trades, also for those that are here`() throws {
        let daybook = try Daybook()
        try daybook.ask(
            "trade", "add", "ES 12-26", "long", "--qty", "2", "--entry", "5000", "--exit", "5010", "--fees", "4",
            "--opened", "2026-11-20", "--closed", "2026-11-21")
        #expect(try daybook.ask("trade", "show", "last")["symbol"].text == "ESZ26")
        #expect(try daybook.ask("trade", "show", "last")["net"].text == "996")
        let shown = try daybook.ask("instrument", "show", "ESZ26")
        #expect(shown["multiplier"].text == "50")
        #expect(shown["quote"].text == "USD")
        #expect(shown["source"].text == "shipped")
        #expect(shown["is_known"].flag == true)
        let set = try daybook.ask("instrument", "set", "ES", "--kind", "future", "--multiplier", "5", "--tick", "0.25")
        #expect(set["multiplier"].text == "5")
        #expect(set["source"].text == "said")
        #expect(try daybook.ask("trade", "show", "last")["net"].text == "96")
        #expect(try daybook.ask("instrument", "list").list.count == 1)
        #expect(try daybook.ask("instrument", "list", "--all").list.count > 100)
        #expect(try daybook.run("instrument", "list", "--all").output.contains("FDAX"))
        #expect(try daybook.run("instrument", "show", "ESZ26").output.contains("you, or a file"))
        try daybook.ask("instrument", "set", "ES", "--kind", "future", "--multiplier", "none")
        #expect(try daybook.ask("trade", "show", "last")["net"].text == "996")
    }

    @Test func `values that make no sense are refused, with what to write instead`() throws {
        let daybook = try Daybook()
        #expect(try daybook.run("instrument", "set", "XYZ").code == "instrument.nothing_to_set")
        #expect(try daybook.run("instrument", "set", "XYZ", "--multiplier", "0").code == "instrument.bad_size")
        #expect(try daybook.run("instrument", "set", "XYZ", "--multiplier", "five").code == "argument.bad_amount")
        #expect(try daybook.run("instrument", "set", "XYZ", "--expiry", "soon").code == "argument.bad_day")
        #expect(try daybook.run("instrument", "set", "XYZ", "--kind", "fund", "--tick", "1").status == 64)
        #expect(try daybook.ask("instrument", "show", "XYZ")["is_known"].flag == false)
    }
}
