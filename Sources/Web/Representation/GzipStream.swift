import CZlib

/// Compresses bytes as they come, as RFC 1952 has it.
///
/// It belongs to the one body that is being sent, and is never called twice at once.
final class GzipStream {
    private var state = z_stream()
    private static let pieceBytes = 16 << 10
    /// The window of 32 KiB, and 16 more for gzip's head and tail.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    struct Failed: Error {}

    /// - Parameter level: 1, quick, to 9, small.
    init(level: Int32) throws {
        let result = deflateInit2_(
            &state, level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw Failed() }
    }

    deinit { deflateEnd(&state) }

    enum Then {
        /// More may come, and may be compressed together with it.
        case wait
        /// Whoever reads shall see all of it now.
        case flush
        case end

        fileprivate var code: Int32 {
            switch self {
            case .wait: Z_NO_FLUSH
            case .flush: Z_SYNC_FLUSH
            case .end: Z_FINISH
            }
        }
    }

    func compress(_ bytes: some Sequence<UInt8>, _ then: Then) throws -> [UInt8] {
        var input = Array(bytes)
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        try input.withUnsafeMutableBufferPointer { input in
            state.next_in = input.baseAddress
            state.avail_in = UInt32(input.count)
            var isFull = true
            // It has said all when it leaves room in what it was given.
            while isFull {
                let written = try piece.withUnsafeMutableBufferPointer { piece -> Int in
                    state.next_out = piece.baseAddress
                    state.avail_out = UInt32(piece.count)
                    let result = deflate(&state, then.code)
                    // Nothing in and nothing out is no error (Z_BUF_ERROR): there was just nothing to do.
                    guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { throw Failed() }
                    return piece.count - Int(state.avail_out)
                }
                output += piece.prefix(written)
                isFull = written == piece.count
            }
        }
        state.next_in = nil
        state.next_out = nil
        return output
    }
}
