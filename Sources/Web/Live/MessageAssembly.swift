import NIOCore
import NIOWebSocket

/// Puts messages together from frames, and says what else a frame asks for.
///
/// swift-nio has an aggregator too, but behind it nobody can tell whether a client masked its frames.
struct MessageAssembly {
    enum Step {
        case nothing
        case message([UInt8])
        case ping(ByteBuffer)
        case goodbye
        /// What a client must not do.
        case breach(WebSocketErrorCode, String)
    }

    private var text: ByteBuffer?
    private var fragmentCount = 0

    mutating func take(_ frame: WebSocketFrame) -> Step {
        guard frame.maskKey != nil else { return .breach(.protocolError, "a client must mask its frames") }
        switch frame.opcode {
        case .connectionClose: return .goodbye
        case .ping: return .ping(frame.unmaskedData)
        case .pong: return .nothing
        case .text, .continuation: return add(frame)
        default: return .breach(.unacceptableData, "only text is understood")
        }
    }

    private mutating func add(_ frame: WebSocketFrame) -> Step {
        guard (frame.opcode == .text) == (text == nil) else {
            return .breach(.protocolError, "a message within a message")
        }
        var data = frame.unmaskedData
        var whole = text ?? ByteBuffer()
        whole.writeBuffer(&data)
        fragmentCount += 1
        guard whole.readableBytes <= WebLimits.frameBytesMax, fragmentCount <= WebLimits.fragmentsMax else {
            return .breach(.messageTooLarge, "a message may have 16 KiB")
        }
        guard frame.fin else {
            text = whole
            return .nothing
        }
        text = nil
        fragmentCount = 0
        return .message(Array(whole.readableBytesView))
    }
}
