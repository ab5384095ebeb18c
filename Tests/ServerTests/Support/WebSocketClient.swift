import Foundation
import Testing

/// A plain WebSocket client, so that a test can also do what one must not.
final class WebSocketClient {
    enum Frame: Equatable {
        case text(String)
        case ping, pong
        case close(code: UInt16)
        case other(UInt8)
    }

    let socket: Socket
    /// The status line and fields of the answer to the handshake.
    let head: String

    init(port: UInt16, path: String = "/", _ fields: [String: String] = [:]) throws {
        socket = try Socket(port: port)
        var text = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        text += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        try socket.send(Array((text + "\r\n").utf8))
        head = String(decoding: try socket.receive(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
    }

    var status: Int { Int(head.split(separator: " ")[1]) ?? 0 }

    func send(_ text: String) throws { try send(opcode: 1, Array(text.utf8)) }

    func send(opcode: UInt8, _ bytes: [UInt8], isFinal: Bool = true, isMasked: Bool = true) throws {
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch bytes.count {
        case ..<126: frame.append(mask | UInt8(bytes.count))
        case ..<65_536: frame += [mask | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        default: frame += [mask | 127, 0, 0, 0, 0] + (0..<4).map { UInt8((bytes.count >> (24 - 8 * $0)) & 255) }
        }
        let key: [UInt8] = [1, 2, 3, 4]
        if isMasked {
            frame += key
            frame += bytes.enumerated().map { $1 ^ key[$0 % 4] }
        } else {
            frame += bytes
        }
        try socket.send(frame)
    }

    func receive() throws -> Frame {
        let head = try socket.receive(2)
        var count = Int(head[1] & 0x7f)
        if count == 126 { count = try socket.receive(2).reduce(0) { $0 << 8 | Int($1) } }
        let body = try socket.receive(count)
        switch head[0] & 15 {
        case 1: return .text(String(decoding: body, as: UTF8.self))
        case 8: return .close(code: body.count < 2 ? 0 : UInt16(body[0]) << 8 | UInt16(body[1]))
        case 9: return .ping
        case 10: return .pong
        default: return .other(head[0] & 15)
        }
    }

    /// Sends a request and takes the answer to it.
    func ask(_ method: String, _ params: [String], id: Int = 1) throws -> [String: Any] {
        let body = try JSONSerialization.data(withJSONObject: ["method": method, "params": params, "id": id])
        try send(String(decoding: body, as: UTF8.self))
        guard case .text(let text) = try receive() else { return [:] }
        return (try JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// The code of an error answer; nil when it was none.
    static func code(_ answer: [String: Any]) -> Int? { (answer["error"] as? [String: Any])?["code"] as? Int }
}
