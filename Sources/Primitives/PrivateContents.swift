#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a file with a secret holds: written whole, for its owner only.
package enum PrivateContents {
    /// Writes to a file that has just been made, and waits for the disk.
    ///
    /// - Parameter file: its descriptor. It stays open.
    /// - Returns: zero, or the error number of what went wrong.
    package static func put(_ contents: [UInt8], in file: Int32) -> Int32 {
        // An unusual umask may have taken bits from the owner as well.
        guard fchmod(file, 0o600) == 0 else { return errno }
        let problem = contents.withUnsafeBytes { WholeWrite.put($0, in: file) }
        guard problem == 0 else { return problem }
        return fsync(file) == 0 ? 0 : errno
    }
}
