import CZlib
import Testing

/// What was compressed, by the library's own other half.
func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    var state = z_stream()
    var (input, piece) = (bytes, [UInt8](repeating: 0, count: 4096))
    var output: [UInt8] = []
    try #require(
        inflateInit2_(&state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { inflateEnd(&state) }
    var result = Z_OK
    input.withUnsafeMutableBufferPointer { input in
        state.next_in = input.baseAddress
        state.avail_in = UInt32(input.count)
        while result == Z_OK {
            piece.withUnsafeMutableBufferPointer { piece in
                state.next_out = piece.baseAddress
                state.avail_out = UInt32(piece.count)
                result = inflate(&state, Z_NO_FLUSH)
                output += piece.prefix(piece.count - Int(state.avail_out))
            }
        }
    }
    try #require(result == Z_STREAM_END, "the stream is cut")
    return output
}
