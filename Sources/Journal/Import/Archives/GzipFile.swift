import CZlib
import Primitives

/// A file packed by gzip, in memory, that is unpacked piece by piece (RFC 1952).
///
/// It is unpacked once before any of it is handed out: see `ZipArchive`.
package final class GzipFile {
    private static let pieceBytes = 64 << 10
    /// The window of 32 KiB, and 16 more for gzip's head and tail.
    private static let windowBits: Int32 = 15 + 16

    /// Unpacked, in bytes.
    package let size: Int64
    private let packed: [UInt8]

    package static func begins(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// - Parameters:
    ///   - packed: the whole file, at most `ZipArchive.packedBytesMax`.
    ///   - unpackedBytesMax: what it may unpack to.
    /// - Throws: `import.bad_archive`, `import.archive_too_large`; `CancellationError`.
    package init(_ packed: [UInt8], unpackedBytesMax: Int64 = ZipArchive.unpackedBytesMax) throws {
        guard packed.count <= ZipArchive.packedBytesMax else {
            throw Failure.importArchiveTooLarge("is larger than 64 MiB")
        }
        let stream = Stream(packed)
        var size: Int64 = 0
        while let piece = try stream.next() {
            try WorkBudget.spend()
            size += Int64(piece.count)
            guard size <= unpackedBytesMax else {
                throw Failure.importArchiveTooLarge("unpacks to more than \(unpackedBytesMax >> 20) MiB")
            }
        }
        self.size = size
        self.packed = packed
    }

    /// Unpacks it piece by piece.
    package func open() -> () throws -> [UInt8]? {
        let stream = Stream(packed)
        return { try stream.next() }
    }

    private final class Stream {
        private let packed: [UInt8]
        private var start = 0
        private var state = z_stream()
        private var isOpen = false
        private var isAtEnd = false

        init(_ packed: [UInt8]) {
            self.packed = packed
            isOpen = inflateInit2_(&state, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        }

        deinit { if isOpen { inflateEnd(&state) } }

        func next() throws(Failure) -> [UInt8]? {
            guard isOpen else { throw .importBadArchive("there is no memory to unpack it") }
            while !isAtEnd {
                let piece = try unpack()
                if !piece.isEmpty { return piece }
            }
            return nil
        }

        private func unpack() throws(Failure) -> [UInt8] {
            var result = Z_OK
            // zlib counts in 32 bits; a file has at most `packedBytesMax`.
            let rest = UInt32(clamping: packed.count - start)
            let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, filled in
                packed.withUnsafeBufferPointer { bytes in
                    // zlib does not write through it, and does not keep it.
                    state.next_in = bytes.baseAddress.map { UnsafeMutablePointer(mutating: $0 + start) }
                    state.avail_in = rest
                    state.next_out = buffer.baseAddress
                    state.avail_out = UInt32(pieceBytes)
                    result = inflate(&state, Z_NO_FLUSH)
                    filled = pieceBytes - Int(state.avail_out)
                }
            }
            start += Int(rest - state.avail_in)
            if result == Z_STREAM_END {
                // Several may stand one behind the other; what else stands there is filling.
                isAtEnd = !GzipFile.begins(packed[start...])
                if !isAtEnd { inflateReset(&state) }
            } else if result != Z_OK || piece.isEmpty && start == packed.count {
                throw .importBadArchive("it is not as it was packed")
            }
            return piece
        }
    }
}
