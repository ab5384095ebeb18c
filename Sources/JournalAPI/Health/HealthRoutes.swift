import Logging
import Primitives
import Storage
import Web

/// Whether the server lives, whether it can serve, and what it has done.
package struct HealthRoutes: Sendable {
    private struct HealthView: View {
        static let shape = Shape.object("Health", ["status": .text])

        let status: String
    }

    private struct ReadyView: View {
        static let shape = Shape.object(
            "Readiness", ["status": .choice(["ready", "not_ready"]), "checks": .map(of: .text)])

        let status: String
        let checks: [String: String]
    }

    private let readiness: Readiness
    private let usage = RecentUsage()
    private let pool: JournalPool
    private let feed: LiveFeed
    private let metrics: Metrics

    package init(
        control: ControlDatabase, data: DataDirectory, pool: JournalPool, feed: LiveFeed, metrics: Metrics
    ) {
        readiness = Readiness(control: control, data: data)
        self.pool = pool
        self.feed = feed
        self.metrics = metrics
    }

    func add(to table: inout RouteTable) {
        let health = Content.json(HealthView.shape)
        let readiness = Content.json(ReadyView.shape)
        table.get("/health", "Ask whether the server lives", admits: .anyone, answers: [200: health], alive)
        table.get(
            "/health/ready", "Ask whether the server can serve", admits: .anyone,
            answers: [200: readiness, 503: readiness], ready)
        table.get(
            "/health/sidecar", "Ask whether the sidecar can serve", admits: .anyone, answers: [200: health], sidecar)
        table.get(
            "/metrics", "Get what Prometheus collects", admits: .anyone, answers: [200: .text("text/plain")], measure)
    }

    private func alive(_ call: Call) -> Answer { (try? HealthView(status: "ok").answer()) ?? Answer(status: 200) }

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
            Gauge("daybook_live_connections", "WebSocket connections that said who they are.", feed.memberCount),
            Gauge("process_resident_memory_bytes", "Memory in use, in bytes.", process.residentBytes),
            Gauge("process_open_fds", "Open file descriptors.", process.openFiles),
        ]
        return Answer(text: metrics.text(gauges: gauges), type: Metrics.textMediaType)
    }
}
