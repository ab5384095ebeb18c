import Foundation
import Primitives
import Synchronization

/// Files of a person that wait to be imported: `imports/` beside their journal, each named by its job.
package struct ImportFolder: Sendable {
    private static let name = "imports"
    private static let unfinished = ".part"
    private let directory: String

    package init(journalDirectory: String) { directory = journalDirectory + "/" + Self.name }

    package func path(of id: ID<Job>) -> String { "\(directory)/\(id)" }

    /// Begins a file, which is gone with its last user unless it is kept.
    ///
    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func receive(_ id: ID<Job>) throws(Failure) -> IncomingFile {
        try PrivateFile.createDirectory(directory)
        return try IncomingFile(path(of: id), directory: directory, ending: Self.unfinished)
    }

    /// Whether the file is packed, and may be much more than it seems.
    package func isPacked(_ id: ID<Job>) -> Bool {
        let file = FileHandle(forReadingAtPath: path(of: id))
        return ImportContents.isPacked([UInt8]((try? file?.read(upToCount: 4)) ?? Data()))
    }

    package func delete(_ id: ID<Job>) { unlink(path(of: id)) }

    /// Removes what belongs to no job: what was being received when the process ended, and what a job left behind.
    /// To be called before anything is received.
    ///
    /// - Parameter people: the directory of all people's directories.
    package static func sweep(people: String, keeping jobs: Set<ID<Job>>) async throws {
        try await BlockingCall.run { sweepNow(people, keeping: jobs) }
    }

    private static func sweepNow(_ people: String, keeping jobs: Set<ID<Job>>) {
        let files = FileManager.default
        func names(_ path: String) -> [String] { (try? files.contentsOfDirectory(atPath: path)) ?? [] }
        for shelf in names(people) {
            for person in names("\(people)/\(shelf)") {
                let folder = "\(people)/\(shelf)/\(person)/\(name)"
                for file in names(folder) {
                    guard let id = ID<Job>(file), jobs.contains(id) else {
                        unlink("\(folder)/\(file)")
                        continue
                    }
                }
            }
        }
    }
}

/// A file that is being received.
package final class IncomingFile: Sendable {
    private let path: String
    private let directory: String
    private let unfinishedPath: String
    private let descriptor: Int32
    private let count = Mutex<Int64>(0)

    fileprivate init(_ path: String, directory: String, ending: String) throws(Failure) {
        self.path = path
        self.directory = directory
        unfinishedPath = path + ending
        descriptor = open(unfinishedPath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .fileUnwritable(unfinishedPath, errno) }
    }

    deinit {
        close(descriptor)
        // Of no effect where it was kept.
        unlink(unfinishedPath)
    }

    /// How many bytes were written.
    package var size: Int64 { count.withLock { $0 } }

    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        let all = Array(bytes)
        let problem = all.withUnsafeBytes { WholeWrite.put($0, in: descriptor) }
        guard problem == 0 else { throw .fileUnwritable(unfinishedPath, problem) }
        count.withLock { $0 += Int64(all.count) }
    }

    /// Gives it its name, where it survives a power cut.
    ///
    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func keep() async throws {
        try await BlockingCall.run { [self] in
            guard fsync(descriptor) == 0, rename(unfinishedPath, path) == 0 else {
                throw Failure.fileUnwritable(path, errno)
            }
            try PrivateFile.syncDirectory(directory)
        }
    }
}
