import Foundation
import Primitives

/// The one directory in which the server keeps everything. It belongs to one process at a time.
package final class DataDirectory: Sendable {
    package let path: String
    private let lock: Int32

    /// Makes the directory when it is missing, closes it to others, and takes it for this process.
    ///
    /// - Throws: `data.unusable`, `data.in_use`.
    package init(_ path: String) throws(Failure) {
        guard !path.isEmpty else { throw .dataUnusable("it has no name") }
        let path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        do {
            try PrivateFile.createDirectory(self.path)
        } catch {
            throw .dataUnusable(error.message)
        }
        guard chmod(self.path, 0o700) == 0 else { throw .dataUnusable(String(cString: strerror(errno))) }
        lock = open(self.path + "/server.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .dataUnusable(String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .dataInUse
        }
    }

    deinit { close(lock) }

    /// What the directory is known by in a database that several servers share: made on first use, and kept in a file.
    ///
    /// - Throws: `data.unusable`.
    func identity(in world: World) throws(Failure) -> ID<DataDirectory> {
        let file = path + "/directory.id"
        if let known = FileManager.default.contents(atPath: file) {
            let text = String(decoding: known, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let id = ID<DataDirectory>(text) else {
                throw .dataUnusable("\(file) does not hold its id. Restore the file from a backup.")
            }
            return id
        }
        let id = ID<DataDirectory>.new(in: world)
        do {
            // It is whole or not there, also after a power cut.
            try PrivateFile.create(file + ".new")
            let new = try FileHandle(forWritingTo: URL(fileURLWithPath: file + ".new"))
            defer { try? new.close() }
            try new.truncate(atOffset: 0)
            try new.write(contentsOf: Data("\(id)\n".utf8))
            try new.synchronize()
            guard rename(file + ".new", file) == 0 else { throw Failure.fileUnwritable(file, errno) }
            try PrivateFile.syncDirectory(path)
        } catch {
            throw .dataUnusable("\(error)")
        }
        return id
    }

    /// The room that a disk must have left to be written to, in bytes.
    private static let freeBytesMin: UInt64 = 1 << 20

    /// Asks the system, without writing anything.
    ///
    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func checkWritable() throws(Failure) {
        guard access(path, W_OK) == 0 else { throw .fileUnwritable(path, errno) }
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { throw .fileUnwritable(path, errno) }
        guard disk.f_flag & UInt(ST_RDONLY) == 0 else { throw .fileUnwritable(path, EROFS) }
        let (free, isHuge) = UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize))
        guard isHuge || free >= Self.freeBytesMin else { throw .fileUnwritable(path, ENOSPC) }
    }
}

extension Failure {
    static func dataUnusable(_ reason: String) -> Failure {
        Failure(
            .unavailable, "data.unusable",
            "The data directory cannot be used: \(reason) Give --data a directory that belongs to you.")
    }
    package static let dataInUse = Failure(
        .conflict, "data.in_use",
        "Another daybook-server uses this data directory. Stop it first, or give --data another directory.")
}
