import Primitives
import Testing

@Suite struct WorkBudgetTests {
    @Test("a budget covers what it was made for, and not one step or byte more")
    func ends() throws {
        let budget = WorkBudget(stepsMax: 3, bytesMax: 10)
        try budget.spend(steps: 2, bytes: 10)
        try budget.spend()
        #expect(throws: Failure.tooMuchWork) { try budget.spend() }
        #expect(throws: Failure.tooMuchWork) { try WorkBudget(stepsMax: 3, bytesMax: 10).spend(bytes: 11) }
    }

    @Test("work that was called off ends at its next step, whatever is left")
    func calledOff() throws {
        let budget = WorkBudget(stepsMax: 3, bytesMax: 10)
        budget.cancel()
        #expect(throws: CancellationError.self) { try budget.spend() }
    }

    @Test("who has no budget may do as much as they want")
    func nobody() throws { try WorkBudget.spend(steps: .max, bytes: .max) }
}
