import Foundation
import Primitives

/// A disk of a few kilobytes, of its own.
final class AdversarialDisk: Sendable {
    let path: String

    static let isPossible: Bool = {
        guard let disk = try? AdversarialDisk(kilobytes: 64) else { return false }
        return FileManager.default.fileExists(atPath: disk.path)
    }()

    init(kilobytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/daybook-disk-" + Hex.encode(World.live.random(8))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", path)
    }

    func remount(_ mode: String) throws { try Self.run("mount", "-o", "remount,\(mode)", path) }

    deinit {
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func run(_ command: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
