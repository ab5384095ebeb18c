import JournalAPI
import Logging
import ServiceLifecycle
import Storage

/// Closes journals that nobody uses, and forgets what has expired.
struct Sweep: Service {
    private static let pause = Duration.seconds(15)
    /// Expired rows are refused anyway; they only take space.
    private static let expiryRounds = 20
    private static let strikeRounds = Quarantine.strikeSeconds / 15

    let control: ControlDatabase
    let pool: JournalPool
    let blobs: BlobSweeps
    let quarantine: Quarantine
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                await pool.closeIdle()
                if round % Self.expiryRounds == 0 { await deleteExpired() }
                await sweepBlobs()
                if round == Self.strikeRounds { quarantine.forgetStrikes() }
                quarantine.countAgain()
                round += 1
                // It only ends early when the server stops.
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func sweepBlobs() async {
        do {
            try await blobs.run()
        } catch {
            logger.error("images could not be looked through", metadata: ["failure": "\(error)"])
        }
    }

    private func deleteExpired() async {
        do {
            try await control.write { control in
                try control.nonces.deleteExpired()
                try control.pairings.deleteExpired()
                try control.sessions.deleteEnded()
                try control.audit.deleteExpired()
                try control.jobs.deleteOld()
            }
            try await control.budgets { try $0.deleteExpired() }
        } catch {
            // The next round tries again.
            logger.error("expired rows could not be deleted", metadata: ["failure": "\(error)"])
        }
    }
}
