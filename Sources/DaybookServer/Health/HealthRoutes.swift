import Logging
import Primitives
import Storage
import Web

/// Whether the server lives, whether it can serve, and what it has done.
package struct HealthRoutes: Sendable {
    private struct HealthView: View {
        static let shape = Shape.object(
            "Health",
            [
                "status": .text,
                "quarantined": .count.optional.note("Journals that are set aside because the server trapped at them."),
            ])

        let status: String
        var quarantined: Int?
    }

    private struct ReadyView: View {
        static let shape = Shape.object(
            "Readiness", ["status": .choice(["ready", "not_ready"]), "checks": .map(of: .text)])

        let status: String
        let checks: [String: String]
    }

    private let control: ControlDatabase
    private let readiness: Readiness
    private let usage = RecentUsage()
    private let pool: JournalPool
    private let quarantine: Quarantine
    private let feed: LiveFeed
    private let metrics: Metrics

    package init(
        control: ControlDatabase, data: DataDirectory, pool: JournalPool, quarantine: Quarantine, feed: LiveFeed,
        metrics: Metrics
    ) {
        self.control = control
        readiness = Readiness(control: control, data: data)
        self.pool = pool
        self.quarantine = quarantine
        self.feed = feed
        self.metrics = metrics
    }

    /// At the root, where whoever watches the server looks for them, and below `/api/v1` as in the API reference.
    package func table(below base: String) -> RouteTable {
        var table = RouteTable(base, admits: .anyone)
        let health = Content.json(HealthView.shape)
        let readiness = Content.json(ReadyView.shape)
        table.get("/health", "Ask whether the server lives", answers: [200: health], alive)
        table.get(
            "/health/ready", "Ask whether the server can serve",
            answers: [200: readiness, 503: readiness], ready)
        table.get(
            "/health/sidecar", "Ask whether the sidecar can serve", answers: [200: health], sidecar)
        table.get(
            "/metrics", "Get what Prometheus collects", answers: [200: .text("text/plain")], measure)
        return table
    }

    private func alive(_ call: Call) -> Answer {
        let count = quarantine.count
        let view = HealthView(status: "ok", quarantined: count == 0 ? nil : count)
        return (try? view.answer()) ?? Answer(status: 200)
    }

    private func sidecar(_ call: Call) -> HealthView { HealthView(status: "not_configured") }

    private func ready(_ call: Call) async throws -> Answer {
        var checks = await readiness.checks(call.logger)
        checks["sidecar"] = "not_configured"
        let isReady = !checks.values.contains("failed")
        return try Answer(
            status: isReady ? 200 : 503, json: ReadyView(status: isReady ? "ready" : "not_ready", checks: checks))
    }

    private func measure(_ call: Call) async -> Answer {
        let process = usage.now()
        let gauges = [
            Gauge("daybook_journals_open", "Journals that are open.", await pool.openCount),
            Gauge("daybook_journals_quarantined", "Journals that are set aside after a trap.", quarantine.count),
            Gauge("daybook_live_connections", "WebSocket connections that said who they are.", feed.memberCount),
            Gauge("daybook_control_writes", "Transactions of the server's own database so far.", control.writeCount),
            Gauge("daybook_session_lookups", "Sessions that were read from the disk so far.", control.lookupCount),
            Gauge("process_resident_memory_bytes", "Memory in use, in bytes.", process.residentBytes),
            Gauge("process_open_fds", "Open file descriptors.", process.openFiles),
        ]
        return Answer(text: metrics.text(gauges: gauges), type: Metrics.textMediaType)
    }
}
