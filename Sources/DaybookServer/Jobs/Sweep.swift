import JournalAPI
import Logging
import ServiceLifecycle
import Storage
import Web

/// Closes journals that nobody uses, forgets what has expired, and ends the connections of sessions that are over.
struct Sweep: Service {
    private static let pause = Duration.seconds(15)
    /// Expired rows are refused anyway; they only take space.
    private static let expiryRounds = 20
    private static let strikeRounds = Quarantine.strikeSeconds / 15

    let control: ControlDatabase
    let pool: JournalPool
    let blobs: BlobSweeps
    let quarantine: Quarantine
    let feed: LiveFeed
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                await pool.closeIdle()
                if round % Self.expiryRounds == 0 { await deleteExpired() }
                await sweepBlobs()
                await endSockets()
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

    /// A request asks the database who is calling; a connection that stays open has to be told.
    private func endSockets() async {
        do {
            for session in try await control.endedElsewhere(of: feed.sessions) { feed.end(session) }
        } catch {
            logger.error("sessions could not be looked through", metadata: ["failure": "\(error)"])
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
