#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes until all is written: one call of the system may take less, or be interrupted.
package enum WholeWrite {
    /// - Parameters:
    ///   - file: a descriptor. It stays open.
    ///   - offset: where in the file; nil for where it stands, and for what has no places.
    /// - Returns: zero, or the error number of what went wrong. Some may have been written then.
    package static func put(_ bytes: UnsafeRawBufferPointer, in file: Int32, at offset: Int64? = nil) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let next = UnsafeRawBufferPointer(rebasing: rest)
            let count =
                offset.map { pwrite(file, next.baseAddress, next.count, off_t($0) + off_t(rest.startIndex)) }
                ?? write(file, next.baseAddress, next.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}
