/// Closed until somebody opens it.
package actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init() {}

    package func pass() async {
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    package func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// Waits for something that other tasks do.
///
/// - Throws: `NeverCame` after it has waited in vain.
package func eventually(_ condition: () -> Bool) async throws {
    for _ in 0..<20_000 where !condition() { try await Task.sleep(for: .milliseconds(1)) }
    guard condition() else { throw NeverCame() }
}

package struct NeverCame: Error {}
