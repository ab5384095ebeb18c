import Foundation

/// Threads for work that blocks or takes a core for a while, so that those which all requests share stay free.
final class WorkThreads: TaskExecutor {
    private let jobs = JobQueue()

    init(count: Int) {
        for number in 1...max(1, count) {
            let thread = Thread { [jobs] in
                // The system shows 15 letters; a thread that has not begun cannot be named.
                Thread.current.name = "daybook work \(number)"
                while let (job, executor) = jobs.next() {
                    job.runSynchronously(on: executor.asUnownedTaskExecutor())
                }
            }
            thread.start()
        }
    }

    deinit { jobs.end() }

    func enqueue(_ job: consuming ExecutorJob) { jobs.add(UnownedJob(job), self) }
}

/// What the threads are to do, in the order in which it came.
private final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    /// Under the condition. A job keeps the threads that it runs on.
    private var jobs: [(UnownedJob, WorkThreads)] = []
    private var isOver = false

    func add(_ job: UnownedJob, _ executor: WorkThreads) {
        condition.lock()
        jobs.append((job, executor))
        condition.signal()
        condition.unlock()
    }

    /// Waits for a job; nil at the end.
    func next() -> (UnownedJob, WorkThreads)? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty, !isOver { condition.wait() }
        return jobs.isEmpty ? nil : jobs.removeFirst()
    }

    func end() {
        condition.lock()
        isOver = true
        condition.broadcast()
        condition.unlock()
    }
}
