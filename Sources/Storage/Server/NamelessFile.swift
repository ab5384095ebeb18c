import Foundation
import Primitives
import Synchronization

/// A file without a name, for what is too large for memory and of no use later: whatever happens, it is gone with its
/// last user.
package final class NamelessFile: Sendable {
    private let descriptor: Int32
    private let count = Mutex<Int64>(0)

    /// - Parameter directory: on whose disk it is kept; made when it is missing.
    /// - Throws: `file.unwritable`, `file.disk_full`.
    package init(in directory: String, world: World) throws(Failure) {
        try PrivateFile.createDirectory(directory)
        let path = "\(directory)/.\(Hex.encode(world.random(8)))"
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .fileUnwritable(path, errno) }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// How many bytes were written.
    package var size: Int64 { count.withLock { $0 } }

    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func append(_ bytes: some Collection<UInt8>) throws {
        try count.withLock { count in
            let all = Array(bytes)
            let offset = count
            let problem = all.withUnsafeBytes { WholeWrite.put($0, in: descriptor, at: offset) }
            guard problem == 0 else { throw Failure.fileUnwritable("a temporary file", problem) }
            count += Int64(all.count)
        }
    }

    /// - Returns: fewer bytes than asked for at the end.
    package func read(offset: Int64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(count, 0))
        var done = 0
        while done < bytes.count {
            let (start, rest) = (done, bytes.count - done)
            let read = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + start }, rest, off_t(offset) + off_t(start))
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw Failure.fileUnwritable("a temporary file", errno) }
            if read == 0 { break }
            done += read
        }
        return Array(bytes.prefix(done))
    }
}
