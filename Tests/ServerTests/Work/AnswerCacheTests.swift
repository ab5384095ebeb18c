import JournalAPI
import Primitives
import Testing
import Web

@Suite struct AnswerCacheTests {
    private static func person(_ number: Int) -> ID<Person> { ID(rawValue: UInt128(number)) }
    private static let answer = Answer(status: 204)
    private static let large = AnswerCache.answerBytesMax

    @Test func `one person's pages push out nobody else's`() {
        let cache = AnswerCache()
        cache.keep(Self.answer, byteCount: 1000, for: Self.person(1), "/mine", at: 1)
        for page in 0..<1000 {
            cache.keep(Self.answer, byteCount: Self.large, for: Self.person(2), "/page/\(page)", at: 2)
            #expect(cache.byteCount <= AnswerCache.bytesPerPersonMax + 2000)
        }
        #expect(cache.find(Self.person(1), "/mine", at: 1) != nil)
        #expect(cache.find(Self.person(2), "/page/0", at: 2) == nil)
        #expect(cache.find(Self.person(2), "/page/999", at: 2) != nil)
    }

    @Test func `the page that was asked for the longest ago goes first`() {
        let cache = AnswerCache()
        let fitting = AnswerCache.bytesPerPersonMax / Self.large - 1
        for page in 0..<fitting {
            cache.keep(Self.answer, byteCount: Self.large, for: Self.person(1), "/page/\(page)", at: 1)
        }
        #expect(cache.find(Self.person(1), "/page/0", at: 1) != nil)
        for page in 0..<2 {
            cache.keep(Self.answer, byteCount: Self.large, for: Self.person(1), "/new/\(page)", at: 1)
        }
        #expect(cache.find(Self.person(1), "/page/0", at: 1) != nil)
        #expect(cache.find(Self.person(1), "/page/1", at: 1) == nil)
    }

    @Test func `all people together have so much, and who asked the longest ago gives way`() {
        let cache = AnswerCache()
        for person in 0..<100 {
            for page in 0..<3 {
                cache.keep(Self.answer, byteCount: Self.large, for: Self.person(person), "/\(page)", at: 1)
            }
            #expect(cache.byteCount <= AnswerCache.bytesMax)
            // The first one keeps asking.
            #expect(cache.find(Self.person(0), "/2", at: 1) != nil)
        }
        #expect(cache.find(Self.person(1), "/2", at: 1) == nil)
        #expect(cache.find(Self.person(99), "/0", at: 1) != nil)
        #expect(cache.byteCount > AnswerCache.bytesMax - 3 * Self.large)
    }

    @Test func `an answer counts at its revision only, once, and not when it is too large`() {
        let cache = AnswerCache()
        cache.keep(Self.answer, byteCount: Self.large + 1, for: Self.person(1), "/large", at: 1)
        #expect(cache.byteCount == 0)
        for revision in 1...5 as ClosedRange<UInt64> {
            cache.keep(Self.answer, byteCount: 1000, for: Self.person(1), "/page", at: revision)
        }
        #expect(cache.byteCount < 2000)
        #expect(cache.find(Self.person(1), "/page", at: 4) == nil)
        #expect(cache.find(Self.person(1), "/page", at: 5) != nil)
        #expect(cache.find(Self.person(2), "/page", at: 5) == nil)
    }
}
