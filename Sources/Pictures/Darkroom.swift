import Dispatch
import Foundation
import Primitives
import Synchronization

/// Makes small pictures of large ones, each in a process of its own.
package struct Darkroom: Sendable {
    /// The argument that makes this program a worker.
    package static let workerCommand = "thumbnail"

    private let program: String

    /// - Parameter program: that calls `DarkroomWorker` when its first argument is `workerCommand`, and the second one
    ///   the side of the square.
    package init(program: String) { self.program = program }

    /// This very program, also when another one has been put in its place on the disk.
    package static var ownProgram: String {
        #if os(Linux)
            "/proc/self/exe"
        #else
            Bundle.main.executablePath ?? CommandLine.arguments[0]
        #endif
    }

    /// Waiting for a process blocks, so it stays away from the threads that answer requests.
    private static let queue = DispatchQueue(label: "daybook.darkroom", attributes: .concurrent)

    /// Decodes a picture, and writes it so that it fits into a square.
    ///
    /// - Parameters:
    ///   - path: of a PNG, JPEG, WebP or GIF.
    ///   - small: the path of the file to make; it must not be there, and is not when this throws.
    ///   - side: of the square, in pixels.
    /// - Throws: `image.damaged`, `image.no_decoder`, `image.decoder_failed`; `CancellationError` when it is called off,
    ///   which ends the worker.
    package func develop(_ path: String, into small: String, side: Int) async throws {
        let worker = Worker()
        let ending = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Self.queue.async {
                    continuation.resume(with: Result { try run(["\(side)"], reading: path, writing: small, worker) })
                }
            }
        } onCancel: {
            worker.end()
        }
        guard ending != .done else { return }
        unlink(small)
        try Task.checkCancellation()
        throw ending == .missing ? Failure.imageNoDecoder : Failure.imageUndecodable
    }

    /// Runs a worker to its end. Whatever kills it counts as a damaged picture: there is no other reason in sight.
    private func run(
        _ arguments: [String], reading: String, writing: String, _ worker: Worker
    ) throws -> DarkroomWorker.Ending {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, reading, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, writing, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // What was opened without FD_CLOEXEC is no worker's business. A worker closes by itself what is opened meanwhile.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let open = Int32(name), open > STDERR_FILENO { posix_spawn_file_actions_addclose(&actions, open) }
        }
        let words = [program, Self.workerCommand] + arguments
        var argumentPointers = words.map { strdup($0) } + [nil]
        var environmentPointers = Self.environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, program, &actions, nil, &argumentPointers, &environmentPointers)
        guard result == 0 else { throw Failure.imageDecoderFailed(result) }
        worker.begin(child)
        // Its number is its own until it is waited for below.
        var information = siginfo_t()
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        worker.forget()
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure.imageDecoderFailed(errno) }
        }
        let didExit = status & 0x7f == 0
        return didExit ? DarkroomWorker.Ending(rawValue: status >> 8 & 0xff) ?? .damaged : .damaged
    }

    /// A process that somebody may want to end.
    private final class Worker: Sendable {
        private enum State {
            case none, running(pid_t), unwanted
        }

        private let state = Mutex(State.none)

        func begin(_ child: pid_t) {
            state.withLock { state in
                if case .unwanted = state { kill(child, SIGKILL) } else { state = .running(child) }
            }
        }

        func end() {
            state.withLock { state in
                if case .running(let child) = state { kill(child, SIGKILL) }
                state = .unwanted
            }
        }

        func forget() { state.withLock { $0 = .none } }
    }

    /// Where the system finds libraries, and nothing else: the server's own environment may hold its keys.
    private static var environment: [String] {
        ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ["LD_LIBRARY_PATH=\($0)"] } ?? []
    }
}

extension Failure {
    static let imageUndecodable = Failure(
        .invalid, "image.damaged", "The picture is damaged: its pixels cannot be decoded. Save it again.")
    static let imageNoDecoder = Failure(
        .unavailable, "image.no_decoder",
        "This server cannot look at pictures: libvips is missing. Whoever runs it installs libvips42.")
    static func imageDecoderFailed(_ code: Int32) -> Failure {
        Failure(
            .unavailable, "image.decoder_failed",
            "The picture could not be looked at: \(String(cString: strerror(code))). Try again in a moment.",
            retryAfterSeconds: 5)
    }
}
