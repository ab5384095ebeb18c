import Journal
import Primitives
import Testing

@Suite struct StopDoubtTests {
    private static func doubt(_ direction: Direction, _ entry: String, _ stop: String) throws -> StopDoubt? {
        StopDoubt(direction, entry: try #require(Amount(entry)), stop: try #require(Amount(stop)))
    }

    @Test func `a stop on the losing side makes sense, as close as a price can be`() throws {
        #expect(try Self.doubt(.long, "100", "99.999999999999999999") == nil)
        #expect(try Self.doubt(.short, "100", "100.000000000000000001") == nil)
        #expect(try Self.doubt(.long, "100", "0.000000000000000001") == nil)
    }

    @Test func `a stop at the entry or on its winning side limits no loss`() throws {
        #expect(try Self.doubt(.long, "100", "100") == .wrongSide)
        #expect(try Self.doubt(.short, "100", "100") == .wrongSide)
        #expect(try Self.doubt(.long, "100", "100.000000000000000001") == .wrongSide)
        #expect(try Self.doubt(.short, "100", "99.999999999999999999") == .wrongSide)
        #expect(try Self.doubt(.long, "189.5", "1870") == .wrongSide)
    }

    @Test func `more cannot be lost than the position is worth, unless it is a short`() throws {
        #expect(try Self.doubt(.short, "100", "200") == nil)
        #expect(try Self.doubt(.short, "100", "200.000000000000000001") == .tooFar)
        #expect(try Self.doubt(.short, "25.4", "254") == .tooFar)
    }

    @Test func `the sentence has both prices`() throws {
        let (entry, stop) = (Amount(whole: 100), Amount(whole: 105))
        let sentence = StopDoubt.wrongSide.sentence(.long, entry: entry, stop: stop)
        #expect(sentence == "The stop at 105 is not below the entry at 100 of this long trade, so it limits no loss.")
        #expect(StopDoubt.tooFar.sentence(.short, entry: entry, stop: stop).contains("100"))
    }
}
