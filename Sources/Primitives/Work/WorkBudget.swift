import Synchronization

/// What one piece of work may cost: steps taken and bytes made. Whoever asked for it can also call it off.
///
/// A request gets one. Whatever loops over what a person has stored spends from it, and ends at the first step that is
/// not covered. It decides only whether an answer is given, never what it says: nothing that must come out alike on
/// every replica may depend on it.
package final class WorkBudget: Sendable {
    /// Of the request that this code works for; nil where nobody waits, as in a program for one person.
    ///
    /// `JournalFile` hands it on to the queue of the database.
    @TaskLocal package static var current: WorkBudget?

    /// More than any budget, and too little to get around the end of an integer.
    private static let spentMax = 1 << 40

    private let steps: Atomic<Int>
    private let bytes: Atomic<Int>
    private let isCancelled = Atomic(false)
    /// What this is a part of, which pays as well.
    private let whole: WorkBudget?

    /// - Parameters:
    ///   - stepsMax: rows read, versions compared, lines merged.
    ///   - bytesMax: of texts unpacked, copied or written.
    ///   - whole: what this is a part of; nil for a budget of its own.
    package init(stepsMax: Int, bytesMax: Int, within whole: WorkBudget? = nil) {
        self.whole = whole
        steps = Atomic(stepsMax)
        bytes = Atomic(bytesMax)
    }

    /// What is left of the steps; less than none once one was not covered.
    package var stepsLeft: Int { steps.load(ordering: .relaxed) }

    /// Ends the work at its next step: its caller has gone, its time is over, or the server stops.
    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// - Throws: `request.too_much` when that is more than what is left; `CancellationError` when it was called off.
    package func spend(steps: Int = 1, bytes: Int = 0) throws {
        guard !isCancelled.load(ordering: .relaxed) else { throw CancellationError() }
        let stepsLeft = self.steps.wrappingSubtract(min(steps, Self.spentMax), ordering: .relaxed).newValue
        let bytesLeft = self.bytes.wrappingSubtract(min(bytes, Self.spentMax), ordering: .relaxed).newValue
        guard stepsLeft >= 0, bytesLeft >= 0 else { throw Failure.tooMuchWork }
        try whole?.spend(steps: steps, bytes: bytes)
    }

    /// Does a part of the work, which may cost only so much of what is left for the whole.
    ///
    /// - Throws: what `body` throws: `request.too_much`, `CancellationError`.
    package static func limited<T>(stepsMax: Int, bytesMax: Int, _ body: () throws -> T) rethrows -> T {
        try $current.withValue(WorkBudget(stepsMax: stepsMax, bytesMax: bytesMax, within: current), operation: body)
    }

    /// Spends from the budget of the request that this code works for.
    ///
    /// - Throws: `request.too_much`, `CancellationError`.
    package static func spend(steps: Int = 1, bytes: Int = 0) throws {
        try current?.spend(steps: steps, bytes: bytes)
    }
}

extension Failure {
    /// One answer would cost the server more than one person may ask for at once.
    package static let tooMuchWork = Failure(
        .invalid, "request.too_much",
        "That is more than the server works out in one answer. Ask for less at once, or sync the journal to a device "
            + "and ask there.")
}
