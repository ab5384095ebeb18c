import Foundation
import Synchronization

/// Notes when the standard input ends.
final class InputEnd: Sendable {
    private let ended = Mutex<Moment?>(nil)

    var moment: Moment? { ended.withLock(\.self) }

    init() {
        Thread.detachNewThread { [self] in
            _ = try? FileHandle.standardInput.readToEnd()
            ended.withLock { $0 = .now }
        }
    }
}
