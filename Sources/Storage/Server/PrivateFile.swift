import Foundation
import Primitives

/// Files and directories that only their owner may read, whatever the umask of the process says.
package enum PrivateFile {
    /// Makes an empty file with mode 0600 unless there is one.
    ///
    /// - Throws: `file.unwritable`.
    package static func create(_ path: String) throws(Failure) {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .fileUnwritable(path, errno) }
        close(descriptor)
    }

    /// Makes a directory with mode 0700, and its parents, unless it is there.
    ///
    /// - Throws: `file.unwritable`.
    package static func createDirectory(_ path: String) throws(Failure) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .fileUnwritable(path, errno)
        }
        try createDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .fileUnwritable(path, errno) }
    }

    /// Makes what was written to a directory (new names, renamed files) survive a power cut.
    ///
    /// - Throws: `file.unwritable`.
    package static func syncDirectory(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fileUnwritable(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .fileUnwritable(path, errno) }
    }
}

extension Failure {
    /// - Parameter code: the `errno` of the call that failed.
    package static func fileUnwritable(_ path: String, _ code: Int32) -> Failure {
        if code == ENOSPC || code == EDQUOT {
            return Failure(
                .unavailable, "file.disk_full", "The disk is full. Nothing was changed; free some space and try again.",
                retryAfterSeconds: 60)
        }
        let name = path.split(separator: "/").suffix(2).joined(separator: "/")
        return Failure(
            .unavailable, "file.unwritable",
            "Cannot write …/\(name): \(String(cString: strerror(code))). Check the directory's permissions.")
    }
}
