import Foundation

/// One of our programs in a process of its own, with its output in files: a pipe would die with its reader.
final class CrashProcess {
    struct NotBuilt: Error, CustomStringConvertible {
        let description: String
    }

    /// How a process came to its end.
    struct End {
        let wasKilled: Bool
        let code: Int32
        let output: String
        let error: String

        /// The output as JSON; nil when it was cut short, or never came.
        var json: [String: Any]? {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
        }

        var list: [[String: Any]]? {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [[String: Any]]
        }
    }

    private let id: pid_t
    private let files: String

    /// - Parameter name: of a program that was built beside the tests.
    init(_ name: String, _ arguments: [String], environment: [String: String], in directory: String) throws {
        files = "\(directory)/\(name)-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw NotBuilt(description: "\(program) is not built: swift build --build-tests")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_CREAT | O_WRONLY | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files + ".out", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files + ".err", flags, 0o600)
        let variables = environment.map { "\($0)=\($1)" }
        var child: pid_t = 0
        let failed = Self.withPointers([program] + arguments) { arguments in
            Self.withPointers(variables) { posix_spawn(&child, program, &actions, nil, arguments, $0) }
        }
        guard failed == 0 else { throw NotBuilt(description: "\(program) does not start: \(failed)") }
        id = child
    }

    private static func withPointers<T>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T
    ) -> T {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    var output: String { (try? String(contentsOfFile: files + ".out", encoding: .utf8)) ?? "" }
    var error: String { (try? String(contentsOfFile: files + ".err", encoding: .utf8)) ?? "" }

    func kill() { Foundation.kill(id, SIGKILL) }

    /// Waits for the end.
    func end() -> End {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let end = End(
            wasKilled: status & 0x7f == SIGKILL, code: status >> 8 & 0xff, output: output, error: error)
        unlink(files + ".out")
        unlink(files + ".err")
        return end
    }

    /// Lets it run for some microseconds, then kills it.
    func end(killedAfter microseconds: Int) -> End {
        usleep(UInt32(max(0, microseconds)))
        kill()
        return end()
    }
}
