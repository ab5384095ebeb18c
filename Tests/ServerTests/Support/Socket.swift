import Foundation

/// A TCP connection that counts its bytes.
final class Socket {
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var sentCount = 0
    private(set) var receivedCount = 0

    /// - Parameters:
    ///   - address: of this machine's own, where it comes from; nil for the usual one.
    ///   - windowBytes: how much the system takes in for a reader that does not read; nil for the usual.
    init(port: UInt16, from address: String? = nil, windowBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var isImmediate: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isImmediate, socklen_t(MemoryLayout<Int32>.size))
        if var windowBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &windowBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        if let address { try Self.check(Self.withAddress(address, 0) { [descriptor] in bind(descriptor, $0, $1) }) }
        try Self.check(Self.withAddress("127.0.0.1", port) { [descriptor] in connect(descriptor, $0, $1) })
    }

    private static func check(_ result: Int32) throws {
        guard result == 0 else { throw ConnectionLost() }
    }

    private static func withAddress(
        _ text: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(text)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ConnectionLost() }
            sentCount += count
            rest = rest.dropFirst(count)
        }
    }

    /// That many bytes; fails when the connection ends before.
    func receive(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// Everything up to and including `mark`.
    func receive(through mark: [UInt8]) throws -> [UInt8] {
        while true {
            if let range = Data(buffer).firstRange(of: Data(mark)) { return try receive(range.upperBound) }
            try fill()
        }
    }

    /// Whether the other side has ended the connection; waits for it.
    func isEnded() -> Bool {
        while true {
            do { try fill() } catch { return true }
        }
    }

    /// Sends no more, and still listens.
    func stopSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// As when the program ends.
    func hangUp() {
        close(descriptor)
        descriptor = -1
    }

    /// What has come and was not received.
    var unreadText: String { String(decoding: buffer, as: UTF8.self) }

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { throw ConnectionLost() }
        receivedCount += count
        buffer += piece.prefix(count)
    }
}

struct ConnectionLost: Error {}
