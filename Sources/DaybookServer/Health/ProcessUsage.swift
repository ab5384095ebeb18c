import Foundation
import Synchronization

/// What this process uses, as Linux tells it. Zeros elsewhere.
struct ProcessUsage: Hashable, Sendable {
    var residentBytes = 0
    var openFiles = 0

    static func now() -> ProcessUsage {
        var usage = ProcessUsage()
        if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            usage.residentBytes = (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
        usage.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        return usage
    }
}

/// The same, measured no more than once in a while: anybody may ask, and the list of open files can be long.
final class RecentUsage: Sendable {
    static let keptMilliseconds = 500

    private let last = Mutex<(usage: ProcessUsage, at: ContinuousClock.Instant)?>(nil)

    func now() -> ProcessUsage {
        last.withLock { last in
            if let last, ContinuousClock.now - last.at < .milliseconds(Self.keptMilliseconds) { return last.usage }
            let usage = ProcessUsage.now()
            last = (usage, .now)
            return usage
        }
    }
}
