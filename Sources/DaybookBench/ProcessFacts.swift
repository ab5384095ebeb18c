import Foundation

/// What the system says of a process.
struct ProcessFacts {
    let id: Int32

    static let own = ProcessFacts(id: getpid())

    /// In bytes, now.
    var memory: Int { status("VmRSS") }
    /// In bytes, at its highest. Not `ru_maxrss`, which remembers the parent from before `exec`.
    var memoryPeak: Int { status("VmHWM") }

    var openFiles: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count) ?? 0 }

    /// What its threads have run, added up, in steps of 10 ms.
    var coreTimeUsed: Duration {
        guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return .zero }
        // The second field is the program's name in brackets, with any characters in it.
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return .zero }
        return .milliseconds((user + system) * 1000 / max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    private func status(_ field: String) -> Int {
        guard let data = FileManager.default.contents(atPath: "/proc/\(id)/status") else { return 0 }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix(field + ":") {
            return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
        }
        return 0
    }

    /// What the threads of this process have run, added up.
    static var coreTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Asks for as many open files as the system lets this process have.
    static func raiseOpenFilesLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
