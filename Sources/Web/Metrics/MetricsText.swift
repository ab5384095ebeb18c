/// A value that goes up and down, measured when it is asked for.
package struct Gauge: Sendable {
    package let name: String
    package let help: String
    package let value: Int

    package init(_ name: String, _ help: String, _ value: Int) {
        self.name = name
        self.help = help
        self.value = value
    }
}

extension Metrics {
    package static let textMediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything in the text format of Prometheus, 0.0.4.
    package func text(gauges: [Gauge]) -> String {
        let state = snapshot()
        var lines: [String] = []
        for counter in Counter.allCases {
            lines += Self.header(counter.rawValue, counter.help, "counter")
            lines.append("\(counter.rawValue) \(state.counters[counter] ?? 0)")
        }
        for gauge in gauges {
            lines += Self.header(gauge.name, gauge.help, "gauge")
            lines.append("\(gauge.name) \(gauge.value)")
        }
        lines += Self.header("daybook_http_requests_total", "Requests that were answered.", "counter")
        let requests = state.requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, count) in requests {
            let labels = "method=\"\(key.method)\",route=\"\(Self.escaped(key.route))\",status=\"\(key.status)\""
            lines.append("daybook_http_requests_total{\(labels)} \(count)")
        }
        lines += Self.header(
            "daybook_http_request_duration_seconds", "How long it took to make an answer.", "histogram")
        for (route, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
            lines += Self.lines(of: durations, route: Self.escaped(route))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func header(_ name: String, _ help: String, _ type: String) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }

    private static func lines(of durations: Durations, route: String) -> [String] {
        let name = "daybook_http_request_duration_seconds"
        var lines: [String] = []
        var count = 0
        for (bound, more) in zip(Durations.boundsSeconds, durations.counts) {
            count += more
            lines.append("\(name)_bucket{route=\"\(route)\",le=\"\(bound)\"} \(count)")
        }
        lines.append("\(name)_bucket{route=\"\(route)\",le=\"+Inf\"} \(durations.count)")
        lines.append("\(name)_sum{route=\"\(route)\"} \(durations.sumSeconds)")
        lines.append("\(name)_count{route=\"\(route)\"} \(durations.count)")
        return lines
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
