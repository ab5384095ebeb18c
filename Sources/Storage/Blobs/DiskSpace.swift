import Foundation
import Primitives

/// What is free on the disk of a directory.
package enum DiskSpace {
    /// The most that is left free, so that the system and other programs go on; of a small disk, a fiftieth.
    package static let keptBytesMax: Int64 = 64 << 20

    /// Whether so many bytes fit, with what has to stay free. True where the system does not tell.
    package static func has(_ bytes: Int64, in directory: String) -> Bool {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return true }
        let free = bytesOf(blocks: Int64(clamping: status.f_bavail), status)
        let kept = min(keptBytesMax, bytesOf(blocks: Int64(clamping: status.f_blocks), status) / 50)
        return bytes <= free - kept
    }

    private static func bytesOf(blocks: Int64, _ status: statvfs) -> Int64 {
        let (bytes, isTooMuch) = blocks.multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
        return isTooMuch ? .max : bytes
    }

    /// - Throws: `file.disk_full` when so many bytes would not fit.
    package static func check(_ bytes: Int64, in directory: String) throws(Failure) {
        guard has(bytes, in: directory) else { throw .fileUnwritable(directory, ENOSPC) }
    }
}
