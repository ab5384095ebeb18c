import Foundation
import Journal
import Primitives
import Testing

@testable import DaybookCLI

@Suite struct OutputTests {
    @Test func `JSON has sorted keys and reads back`() {
        let value = JSON.object([
            "b": .list([.integer(-1), .ratio(0.5), .ratio(.infinity), .flag(true)]),
            "a": .text("q\"\\\n\u{1b}\u{2028}é"),
            "c": .object([:]), "d": .amount(Amount("1.50")), "e": .null,
        ])
        let expected = #"""
            {
              "a": "q\"\\\n\u001b\u2028é",
              "b": [
                -1,
                0.5,
                null,
                true
              ],
              "c": {},
              "d": "1.5",
              "e": null
            }
            """#
        #expect(value.description == expected)
    }

    @Test(arguments: [
        ("1234.567", "1234.57"), ("1", "1.00"), ("-0.5", "-0.50"), ("0", "0.00"), ("0.00012345", "0.000123"),
        ("-0.00012355", "-0.000124"), ("999.995", "1000.00"), ("0.996", "1.00"),
        ("0.000000000000000001", "0.000000000000000001"),
    ])
    func `money is rounded for the eye`(amount: String, shown: String) {
        #expect(Figures.money(Amount(amount)) == shown)
    }

    @Test(arguments: [
        ("65748.733333333333333333", "65748.733"), ("0.011015333333", "0.011015333"), ("189.5", "189.5"),
        ("123456789.126", "123456789.13"), ("5", "5"),
    ])
    func `a price keeps its first digits`(amount: String, shown: String) {
        #expect(Figures.price(Amount(amount)) == shown)
    }

    @Test func `a table gives way where it is flexible, and only on a terminal`() {
        var table = Table([.init("ID"), .init("TEXT", isFlexible: true), .init("N", .right)])
        table.add(["a", "a long text that does not fit", "1"])
        table.add(["b", "日本語", "22"])
        let narrow = table.lines(Terminal(isTerminal: true, hasColor: false, width: 24))
        #expect(narrow == ["ID  TEXT               N", "a   a long text tha…   1", "b   日本語            22"])
        let wide = table.lines(Terminal(isTerminal: false, hasColor: false, width: nil))
        #expect(wide[1].contains("does not fit"))
    }

    @Test func `what matters least is left out first, and that is said`() {
        var table = Table([.init("ID"), .init("A", rank: 2), .init("B", rank: 1), .init("NET", .right)])
        table.add(["1234", "aaaaaaaa", "bbbbbbbb", "+1.00"])
        func lines(_ width: Int) -> [String] { table.lines(Terminal(isTerminal: true, hasColor: false, width: width)) }
        #expect(lines(31)[1] == "1234  aaaaaaaa  bbbbbbbb  +1.00")
        #expect(lines(30) == ["ID    A           NET", "1234  aaaaaaaa  +1.00", "(no room for B)"])
        #expect(lines(20) == ["ID      NET", "1234  +1.00", "(no room for A, B)"])
        #expect(lines(8).allSatisfy { $0.count <= 8 })
    }

    @Test func `a long fact goes on below itself`() {
        #expect("one two  three".wrapped(to: 7) == ["one two", "three"])
        #expect("".wrapped(to: 7) == [""])
        #expect("abcdefghij k".wrapped(to: 4) == ["abcdefghij", "k"])
    }

    @Test func `colour is for those who want it`() {
        let plain = Terminal(isTerminal: true, hasColor: false, width: 80)
        let colored = Terminal(isTerminal: true, hasColor: true, width: 80)
        #expect(plain.styled("x", .red) == "x")
        #expect(colored.styled("x", .red) == "\u{1b}[31mx\u{1b}[0m")
    }

    @Test func `every kind of failure has an exit code`() {
        for kind in Failure.Kind.allCases { #expect(DaybookExit(kind) != .done) }
        #expect(Set(DaybookExit.allCases.map(\.rawValue)).count == DaybookExit.allCases.count)
    }

    @Test func `the wall clock is read where it is skipped or shown twice`() throws {
        let clock = LocalClock(try #require(TimeZone(identifier: "Europe/Berlin")))
        func moment(_ wall: String) -> String {
            clock.moment(ofWall: Timestamp(wall) ?? Timestamp(milliseconds: 0)).description
        }
        #expect(moment("2026-07-01T12:00") == "2026-07-01T10:00:00.000Z")
        #expect(moment("2026-12-01T12:00") == "2026-12-01T11:00:00.000Z")
        #expect(moment("2026-10-25T02:30") == "2026-10-25T00:30:00.000Z")
        #expect(moment("2026-03-29T02:30") == "2026-03-29T01:30:00.000Z")
    }

    @Test func `a number or a moment at the end of all there are is shown, and ends nobody`() throws {
        for units in [Int128.min, .min + 1, .max - 1, .max] {
            let amount = Amount(units: units)
            #expect(Figures.money(amount).contains("170141183460469231731.687303715884105"))
            #expect(!Figures.price(amount).isEmpty && !Figures.profit(amount).isEmpty)
        }
        for milliseconds in [Double.nan, -.infinity, .infinity, -1, 1e300] {
            #expect(!Figures.duration(milliseconds: milliseconds).isEmpty)
        }
        for number in [Double.nan, .infinity, -.infinity, 1e300, -1e300] {
            #expect(!Figures.ratio(number).isEmpty && !Figures.percent(number).isEmpty)
        }
        for zone in ["UTC", "Pacific/Kiritimati", "America/St_Johns"] {
            let calendar = TradingCalendar(zone: try #require(TimeZone(identifier: zone)), startOfDayMinutes: 1439)
            let clock = LocalClock(calendar)
            for milliseconds in [Int64.min, Timestamp.bounds.lowerBound.milliseconds, .max] {
                let moment = Timestamp(milliseconds: milliseconds)
                #expect(!clock.second(moment).isEmpty && !clock.day(of: moment).description.isEmpty)
            }
        }
    }
}
