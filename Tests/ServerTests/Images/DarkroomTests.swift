import Foundation
import Pictures
import Primitives
import TestSupport
import Testing

/// Workers of another kind, which say what they see or behave badly: shell scripts in the place of the program.
@Suite struct DarkroomTests {
    private func withWorker<T>(_ script: String, _ body: (Darkroom, String) async throws -> T) async throws -> T {
        try await withDirectory { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let program = "\(path)/worker"
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: program))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
            try Data("a picture".utf8).write(to: URL(fileURLWithPath: "\(path)/picture"))
            return try await body(Darkroom(program: program), path)
        }
    }

    @Test func `a worker has the picture and the result, and nothing else of the server`() async throws {
        setenv("DAYBOOK_DARKROOM_TEST", "secret", 1)
        let script = "cat; echo; echo $*; env; for f in /proc/self/fd/*; do readlink $f; done; exit 0"
        let seen = try await withWorker(script) { darkroom, path in
            try await darkroom.develop("\(path)/picture", into: "\(path)/small", side: 160)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/small")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            return try String(contentsOfFile: "\(path)/small", encoding: .utf8)
        }
        #expect(seen.hasPrefix("a picture\nthumbnail 160\n"))
        #expect(!seen.contains("secret") && !seen.contains("HOME="))
        for line in seen.split(separator: "\n") {
            #expect(!line.hasPrefix("socket:"), "\(line)")
        }
    }

    @Test func `a worker that crashes, fails or finds no decoder leaves no file`() async throws {
        for (script, code) in [
            ("kill -SEGV $$", "image.damaged"), ("echo half; exit 10", "image.damaged"), ("exit 3", "image.damaged"),
            ("exit 11", "image.no_decoder"),
        ] {
            try await withWorker(script) { darkroom, path in
                let failure = await #expect(throws: Failure.self) {
                    try await darkroom.develop("\(path)/picture", into: "\(path)/small", side: 160)
                }
                #expect(failure?.code == code)
                #expect(!FileManager.default.fileExists(atPath: "\(path)/small"))
            }
        }
        let missing = await #expect(throws: Failure.self) {
            try await Darkroom(program: "/nowhere/at-all").develop("/dev/null", into: "/tmp/never-made", side: 160)
        }
        #expect(missing?.code == "image.decoder_failed")
    }

    @Test func `a worker ends with whoever wants its picture`() async throws {
        try await withWorker("exec sleep 600") { darkroom, path in
            let small = "\(path)/small"
            let work = Task { try await darkroom.develop("\(path)/picture", into: small, side: 160) }
            try await eventually { FileManager.default.fileExists(atPath: small) }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
            #expect(!FileManager.default.fileExists(atPath: small))
        }
    }

    /// The real one, over a limit: it would write for ever what it reads for ever.
    @Test func `a worker that takes too much is ended`() async throws {
        try await withDirectory { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let program = try #require(
                try? URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                    .deletingLastPathComponent().appendingPathComponent("daybook-server").path)
            let begun = ContinuousClock.now
            let failure = await #expect(throws: Failure.self) {
                try await Darkroom(program: program).develop("/dev/zero", into: "\(path)/small", side: 160)
            }
            #expect(failure?.code == "image.damaged")
            #expect(begun.duration(to: .now) < .seconds(20))
        }
    }
}
