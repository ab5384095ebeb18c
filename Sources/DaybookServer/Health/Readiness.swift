import Logging
import Storage

/// Whether the server can serve. Anybody may ask, so nothing is written for it, and what was found counts for a moment.
package actor Readiness {
    /// How long what was found counts.
    package static let keptSeconds = 2

    private let control: ControlDatabase
    private let data: DataDirectory
    private var found: (checks: [String: String], at: ContinuousClock.Instant)?
    private var checking: Task<[String: String], Never>?

    package init(control: ControlDatabase, data: DataDirectory) {
        self.control = control
        self.data = data
    }

    /// `ok` or `failed`, by what was looked at. Whoever asks while it is being looked at gets the same answer.
    func checks(_ logger: Logger) async -> [String: String] {
        if let found, ContinuousClock.now - found.at < .seconds(Self.keptSeconds) { return found.checks }
        if let checking { return await checking.value }
        // Not cancelled with whoever happened to ask first.
        let task = Task { await self.look(logger) }
        checking = task
        return await task.value
    }

    private func look(_ logger: Logger) async -> [String: String] {
        var checks = ["database": "ok", "data": "ok"]
        do {
            try await control.checkReady()
        } catch {
            logger.error("not ready", metadata: ["failure": "\(error)"])
            checks["database"] = "failed"
        }
        do {
            try data.checkWritable()
        } catch {
            logger.error("not ready", metadata: ["failure": "\(error)"])
            checks["data"] = "failed"
        }
        found = (checks, .now)
        checking = nil
        return checks
    }
}
