import Foundation

/// A TCP connection that counts its bytes.
final class Socket {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var sentCount = 0
    private(set) var receivedCount = 0

    /// - Parameter address: of this machine's own, 127.0.0.2 say, to come from elsewhere.
    init(port: UInt16, from address: String? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var isImmediate: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isImmediate, socklen_t(MemoryLayout<Int32>.size))
        if let address { guard Self.name(address, 0, { bind(descriptor, $0, $1) }) else { throw ConnectionLost() } }
        guard Self.name("127.0.0.1", port, { connect(descriptor, $0, $1) }) else { throw ConnectionLost() }
    }

    private static func name(
        _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    deinit { close(descriptor) }

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

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { throw ConnectionLost() }
        receivedCount += count
        buffer += piece.prefix(count)
    }
}

struct ConnectionLost: Error {}
