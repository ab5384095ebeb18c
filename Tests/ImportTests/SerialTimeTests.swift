@testable import Journal
import Testing

@Suite struct SerialTimeTests {
    private static func text(_ serial: Double, _ code: String, since1904: Bool = false) -> String? {
        TimeFormat(code).flatMap { SerialTime.text(serial, as: $0, since1904: since1904) }
    }

    @Test func `days are counted with the one that 1900 never had, and from 1904`() {
        let day = "yyyy-mm-dd"
        #expect(Self.text(1, day) == "1900-01-01")
        #expect(Self.text(59, day) == "1900-02-28")
        #expect(Self.text(60, day) == "1900-02-29")
        #expect(Self.text(61, day) == "1900-03-01")
        #expect(Self.text(46_279, day) == "2026-09-14")
        #expect(Self.text(44_817, day, since1904: true) == "2026-09-14")
        #expect(Self.text(0, day, since1904: true) == "1904-01-01")
        #expect(Self.text(2_958_465, day) == "9999-12-31")
        #expect(Self.text(2_958_466, day) == nil)
        #expect(Self.text(-1, day) == nil)
        #expect(Self.text(.nan, day) == nil)
        #expect(Self.text(.infinity, day) == nil)
    }

    @Test func `a time of day is told to the millisecond, and by minutes where neither it nor its look has more`() {
        #expect(Self.text(46_279.68068287037, "m/d/yy h:mm") == "2026-09-14 16:20:11")
        #expect(Self.text(46_279.680682881944, "m/d/yy h:mm") == "2026-09-14 16:20:11.001")
        #expect(Self.text(46_279.999999999, "yyyy-mm-dd hh:mm:ss") == "2026-09-15 00:00:00")
        #expect(Self.text(46_279.5, "m/d/yy h:mm") == "2026-09-14 12:00")
        #expect(Self.text(46_279.5, "d.m.yyyy hh:mm:ss") == "2026-09-14 12:00:00")
        #expect(Self.text(46_279.5, "d.m.yyyy") == "2026-09-14 12:00:00")
        #expect(Self.text(46_279, "d.m.yyyy h:mm") == "2026-09-14 00:00")
        #expect(Self.text(0.5, "h:mm:ss") == "12:00:00")
        #expect(Self.text(46_279.5, "h:mm:ss") == "2026-09-14 12:00:00")
        #expect(Self.text(2.0625, "[h]:mm:ss") == "49:30:00")
        #expect(Self.text(2.0625, "[mm]:ss") == "49:30:00")
    }

    @Test func `a look is a moment's where its letters are, outside of quotes, colors and languages`() {
        let moments = [
            "General": "", "0.00": "", "#,##0.00_);[Red](#,##0.00)": "", "0.00E+00": "", "\"days\" 0": "", "0\\d": "",
            "[$-409]d-mmm-yy;@": "date", "[$-F800]dddd, mmmm dd, yyyy": "date", "mmm-yy": "date", "h:mm AM/PM": "clock",
            "[h]:mm": "duration", "mm:ss.0": "clock seconds", "yyyy\"年\"m\"月\"": "date",
            "dd/mm/yyyy hh:mm": "date clock",
            "[Blue]0": "", "yyyy-mm-dd\\Thh:mm:ss": "date clock seconds", "0 \"h\"": "", "@": "",
            "[mm]:ss": "duration seconds",
        ]
        for (code, expected) in moments {
            let format = TimeFormat(code)
            let words = [
                format?.hasDate == true ? "date" : nil,
                format?.isDuration == true ? "duration" : format?.hasClock == true ? "clock" : nil,
                format?.hasSeconds == true ? "seconds" : nil,
            ]
            #expect(words.compactMap { $0 }.joined(separator: " ") == expected, "\(code)")
        }
    }

    @Test func `numbers keep fifteen digits, in either notation`() {
        let numbers = [
            ("0", "0", "0"), ("-0", "0", "0"), ("-0.50", "-0,5", "-5E-1"), ("1234.5", "1234,5", "12345E-1"),
            ("1E-7", "0,0000001", "1E-7"), ("100", "100", "100"), ("999999999999999.9", "1E+15", "1E+15"),
            ("123456789012345", "123456789012345", "123456789012345"),
            ("1234567890123456", "1,23456789012346E+15", "123456789012346E+1"), ("00012", "12", "12"),
            (".5", "0,5", "5E-1"),
        ]
        for (digits, comma, neutral) in numbers {
            let number = CellNumber(Array(digits.utf8))
            #expect(number.map { String(decoding: $0.text(.sign(.comma)), as: UTF8.self) } == comma, "\(digits)")
            #expect(number.map { String(decoding: $0.text(.neutral), as: UTF8.self) } == neutral, "\(digits)")
        }
        for text in ["", "-", ".", "1,5", "+1", "1E", "1E999", "1 ", "NaN", "0x1", "1.2.3", "1E9223372036854775808"] {
            #expect(CellNumber(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
