import Journal
import Primitives
import Sync
import Testing

@Suite struct FieldBoundTests {
    private func field(_ kind: EntityKind, _ name: String) throws -> Field {
        try #require(kind.field(kind.number(of: name)))
    }

    @Test func `a moment is within the years 1 to 9999`() throws {
        let first = try #require(Timestamp("0001-01-01T00:00:00Z")).milliseconds
        let last = try #require(Timestamp("9999-12-31T23:59:59.999Z")).milliseconds
        for (kind, name) in [
            (Schema.fill, "time_ms"), (Schema.trade, "opened_ms"), (Schema.trade, "closed_ms"),
            (Schema.entry, "created_ms"), (Schema.image, "created_ms"), (Schema.device, "created_ms"),
        ] {
            let field = try field(kind, name)
            for inside in [first, 0, last] { #expect(field.admits(.integer(inside)), "\(name) \(inside)") }
            for outside in [Int64.min, first - 1, last + 1, .max] {
                #expect(!field.admits(.integer(outside)), "\(name) \(outside)")
            }
        }
    }

    @Test(
        arguments: [
            (Schema.trade, "rating", 0, 5), (Schema.fill, "aside", 0, 1),
            (Schema.image, "size", 0, 9_007_199_254_740_991),
            (Schema.settings, "start_of_day", -1439, 1439),
        ] as [(EntityKind, String, Int64, Int64)])
    func `a number has a least and a greatest`(kind: EntityKind, name: String, least: Int64, most: Int64) throws {
        let field = try field(kind, name)
        #expect(field.admits(.integer(least)) && field.admits(.integer(most)) && field.admits(.null))
        for outside in [Int64.min, least - 1, most + 1, .max] { #expect(!field.admits(.integer(outside))) }
    }

    @Test func `a word is one line, a day a day, and a digest has 32 bytes`() throws {
        let symbol = try field(Schema.trade, "symbol")
        #expect(symbol.admits(.text(String(repeating: "x", count: FieldBound.wordBytesMax))))
        #expect(!symbol.admits(.text(String(repeating: "x", count: FieldBound.wordBytesMax + 1))))
        #expect(!symbol.admits(.text("a\0b")))
        let day = try field(Schema.entry, "day")
        for text in ["0001-01-01", "2024-02-29", "9999-12-31"] { #expect(day.admits(.text(text))) }
        for text in ["0000-00-00", "0000-01-01", "2026-02-30", "10000-01-01", "2026-11-2", "", "2026-11-02T00:00Z"] {
            #expect(!day.admits(.text(text)), "\(text)")
        }
        let digest = try field(Schema.image, "sha256")
        #expect(digest.admits(.bytes(.init(repeating: 7, count: 32))))
        for count in [0, 31, 33] { #expect(!digest.admits(.bytes(.init(repeating: 7, count: count)))) }
    }

    @Test func `every whole number of the schema has a bound, but that which only sorts`() {
        let unbounded = Schema.current.kinds.flatMap { kind in
            kind.fields.filter { $0.form == .integer && $0.admits(.integer(.min)) }.map { "\(kind.name).\($0.name)" }
        }
        #expect(unbounded == ["fill.sequence"])
    }
}
