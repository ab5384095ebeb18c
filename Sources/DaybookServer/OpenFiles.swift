import Foundation

/// The number of files and sockets this process may have open.
enum OpenFiles {
    /// Asks for as many as the system lets us have: each journal takes three, each connection one.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Without it the server has what it was given, and says so when that is used up.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
