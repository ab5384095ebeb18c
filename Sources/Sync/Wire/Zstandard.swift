import CZstd
import Primitives

/// Zstandard (RFC 8878), for commits on disk and bodies on the wire.
package enum Zstandard {
    /// Level 3 is libzstd's own default; 1 for what someone waits for.
    package static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            let size = ZSTD_compress(buffer.baseAddress, buffer.count, bytes, bytes.count, level)
            // The buffer has the size that libzstd asks for, so the only error left is to be out of memory.
            count = ZSTD_isError(size) == 0 ? size : 0
        }
    }

    /// How many bytes a frame says that it unpacks to; nil when it does not say, or is none.
    package static func declaredSize(_ bytes: [UInt8]) -> Int? {
        let declared = ZSTD_getFrameContentSize(bytes, bytes.count)
        // The two largest numbers stand for "not said" and "no frame".
        return declared <= UInt64(Int64.max) ? Int(declared) : nil
    }

    /// - Parameter sizeMax: the most bytes the caller takes; a frame that says more is refused before it is read.
    /// - Throws: `sync.garbage` for damaged bytes or a frame without its size, `sync.too_large` over `sizeMax`.
    package static func decompress(_ bytes: [UInt8], sizeMax: Int) throws(Failure) -> [UInt8] {
        let declared = ZSTD_getFrameContentSize(bytes, bytes.count)
        guard declared <= UInt64(Int64.max) else { throw .damagedBody }
        guard declared <= UInt64(sizeMax) else { throw .bodyTooLarge(bytesMax: sizeMax) }
        var failed = false
        let result = [UInt8](unsafeUninitializedCapacity: max(1, Int(declared))) { buffer, count in
            let size = ZSTD_decompress(buffer.baseAddress, Int(declared), bytes, bytes.count)
            failed = ZSTD_isError(size) != 0 || UInt64(size) != declared
            count = failed ? 0 : size
        }
        guard !failed else { throw .damagedBody }
        return result
    }
}

extension Failure {
    package static let damagedBody = Failure(
        .invalid, "sync.garbage", "The message is damaged. Sync again; if it stays so, update Daybook.")

    package static func bodyTooLarge(bytesMax: Int) -> Failure {
        Failure(.tooLarge, "sync.too_large", "The message is larger than \(bytesMax) bytes. Send it in parts.")
    }
}
