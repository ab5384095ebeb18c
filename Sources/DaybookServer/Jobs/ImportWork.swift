import JournalAPI
import ServiceLifecycle

/// Imports files until the server stops: it is the first to stop, and what was running goes on at the next start.
struct ImportWork: Service {
    let jobs: ImportJobs

    func run() async throws {
        await cancelWhenGracefulShutdown { await jobs.work() }
    }
}
