import Foundation
import Primitives

/// The system calls that a blob needs, with their errors as `Failure`.
enum BlobFile {
    /// Nil when there is no such file.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The size of a file, and when it was last written to. Nil when there is no such file.
    static func facts(_ path: String) -> (size: Int64, came: Timestamp)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return (
            Int64(status.st_size), Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        )
    }

    /// Makes a file look as if it was written now.
    ///
    /// - Returns: false when there is no such file.
    static func touch(_ path: String) -> Bool { utimensat(AT_FDCWD, path, nil, 0) == 0 }

    /// Writes all bytes at `offset`, and makes the file when it is missing.
    static func write(_ bytes: ArraySlice<UInt8>, to path: String, at offset: Int64) throws(Failure) {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .fileUnwritable(path, errno) }
        defer { close(descriptor) }
        let failed = bytes.withUnsafeBytes { WholeWrite.put($0, in: descriptor, at: offset) }
        guard failed != 0 else { return }
        // What was written of this piece is taken back, so that the file's size keeps telling what is here.
        ftruncate(descriptor, off_t(offset))
        throw .fileUnwritable(path, failed)
    }

    /// Up to `count` bytes; fewer only at the end. Nil when there is no such file.
    static func read(_ path: String, offset: Int64, count: Int) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .fileUnwritable(path, errno) }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let wanted = max(0, min(Int64(count), Int64(status.st_size) - offset))
        var failed: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(wanted)) { buffer, done in
            while done < Int(wanted) {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), Int(wanted) - done, off_t(offset) + off_t(done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = errno }
                guard got > 0 else { return }
                done += got
            }
        }
        if let failed { throw .fileUnwritable(path, failed) }
        return bytes
    }

    /// Waits until the file's bytes survive a power cut.
    static func sync(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fileUnwritable(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .fileUnwritable(path, errno) }
    }

    static func rename(_ path: String, to other: String) throws(Failure) {
        guard Foundation.rename(path, other) == 0 else { throw .fileUnwritable(other, errno) }
    }
}
