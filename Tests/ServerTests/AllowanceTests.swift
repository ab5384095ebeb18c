import Primitives
import Storage
import Testing
@testable import IdentityAPI
@testable import JournalAPI

@Suite struct AllowanceTests {
    @Test func `each person may so often within the time, whatever others do`() {
        let moment = Moment()
        let allowance = Allowance(2, seconds: 600, world: moment.world)
        let (one, other) = (ID<Person>.new(in: .live), ID<Person>.new(in: .live))
        #expect(allowance.take(one) == nil)
        moment.pass(100)
        #expect(allowance.take(one) == nil)
        #expect(allowance.take(one) == 500)
        #expect(allowance.take(other) == nil)
        moment.pass(500)
        #expect(allowance.take(one) == nil)
        #expect(allowance.take(one) == 100)
    }

    @Test func `so many people are remembered, and then all begin anew`() {
        let moment = Moment()
        let allowance = Allowance(1, seconds: 600, world: moment.world)
        let first = ID<Person>.new(in: .live)
        #expect(allowance.take(first) == nil)
        for _ in 1..<2 * Allowance.peopleMax { #expect(allowance.take(.new(in: .live)) == nil) }
        #expect(allowance.take(first) == 600)
        #expect(allowance.take(.new(in: .live)) == nil)
        #expect(allowance.take(first) == nil)
    }

    @Test func `those whose time is over make room for others`() {
        let moment = Moment()
        let allowance = Allowance(1, seconds: 600, world: moment.world)
        for _ in 0..<Allowance.peopleMax { #expect(allowance.take(.new(in: .live)) == nil) }
        moment.pass(300)
        let late = ID<Person>.new(in: .live)
        #expect(allowance.take(late) == nil)
        moment.pass(300)
        for _ in 0..<Allowance.peopleMax { #expect(allowance.take(.new(in: .live)) == nil) }
        // Without those whose time was over there is no need to forget anybody.
        #expect(allowance.take(late) == 300)
    }
}
