import NIOCore
import Synchronization

/// One connection, as the requests on it see it: whether somebody is still there to be answered.
final class Connection: Sendable {
    /// The one that this code answers on.
    @TaskLocal static var current: Connection?

    private struct State {
        /// Requests that have come and were not answered to the end.
        var openCount = 0
        var work: RequestWork?
        var isOver = false
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) { self.channel = channel }

    /// Whether any request is open.
    var isBusy: Bool { state.withLock { $0.openCount > 0 } }

    func requestCame() { state.withLock { $0.openCount += 1 } }

    func requestAnswered() { state.withLock { $0.openCount -= 1 } }

    /// Work on a request begins. It is called off at once when its caller has gone already.
    func begin(_ work: RequestWork) {
        let isOver = state.withLock { state in
            state.work = work
            return state.isOver
        }
        if isOver { work.callOff(.callerGone) }
    }

    func end(_ work: RequestWork) {
        state.withLock { state in
            if state.work === work { state.work = nil }
        }
    }

    /// Nobody is there any more: what is worked on is called off, and so is what comes out of the pipe after it.
    func hangUp() {
        let work = state.withLock { state in
            state.isOver = true
            return state.work
        }
        work?.callOff(.callerGone)
    }

    /// Calls off what has had its time.
    func checkDeadline() {
        guard let work = state.withLock({ $0.work }), work.isOverdue else { return }
        work.callOff(.tooLong)
    }

    func close() { channel.close(promise: nil) }

    /// Waits until what was written before has reached the channel, which then says whether it takes more.
    func settle() async { try? await channel.eventLoop.submit {}.get() }
}
