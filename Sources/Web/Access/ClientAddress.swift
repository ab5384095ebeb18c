import HTTPTypes
import HummingbirdCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The IP address of a caller: 4 bytes, or 16.
package struct ClientAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Nil for what is no numeric address.
    package init?(_ text: String) {
        // A link-local address also names an interface of this machine.
        let text = text.prefix { $0 != "%" }
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, String(text), &four) == 1 {
            bytes = four
            return
        }
        var all = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, String(text), &all) == 1 else { return nil }
        // An IPv4 address, as a socket for both kinds tells it.
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
        bytes = isMapped ? Array(all[12...]) : all
    }

    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }

    /// Stands for callers whose address the system cannot tell.
    package static let unknown = ClientAddress(bytes: [UInt8](repeating: 0, count: 16))

    var isIPv4: Bool { bytes.count == 4 }

    /// The address without its last part (IPv4 /24, IPv6 /64): enough to tell networks apart, not people.
    package var network: String {
        if isIPv4 { return bytes[..<3].map { String($0) }.joined(separator: ".") + ".0/24" }
        let groups = stride(from: 0, to: 8, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/64"
    }

    /// Whom a budget is counted for: one IPv4 address, or an IPv6 /64, in which one machine can have any address.
    package var household: ClientAddress {
        isIPv4 ? self : ClientAddress(bytes: Array(bytes[..<8]) + [UInt8](repeating: 0, count: 8))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }
}

/// The proxies whose word is taken for where a request comes from.
package struct TrustedProxies: Sendable {
    private struct Range: Sendable {
        let bytes: [UInt8]
        let bits: Int

        func contains(_ address: ClientAddress) -> Bool {
            guard address.bytes.count == bytes.count else { return false }
            return (0..<bits).allSatisfy { bit in
                (address.bytes[bit / 8] ^ bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }

    private let ranges: [Range]

    /// Nobody is believed.
    package static let none = TrustedProxies(ranges: [])

    private init(ranges: [Range]) { self.ranges = ranges }

    /// - Parameter texts: addresses, or networks such as `10.0.0.0/8`. Nil when one is neither.
    package init?(_ texts: [String]) {
        var ranges: [Range] = []
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = parts.first.flatMap({ ClientAddress(String($0)) }) else { return nil }
            let whole = address.bytes.count * 8
            guard let bits = parts.count == 2 ? Int(parts[1]) : whole, (0...whole).contains(bits) else { return nil }
            ranges.append(Range(bytes: address.bytes, bits: bits))
        }
        self.init(ranges: ranges)
    }

    /// Where a request comes from: the last address in `X-Forwarded-For` that no trusted proxy has, when a trusted
    /// proxy sent it. What stands before that, the caller may have written itself.
    func client(of peer: ClientAddress?, forwardedFor: [String]) -> ClientAddress? {
        guard var client = peer else { return nil }
        var hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { $0.trimmingPrefix(" ") }
        while isTrusted(client), let hop = hops.popLast() {
            guard let named = ClientAddress(String(hop.prefix { $0 != " " })) else { return client }
            client = named
        }
        return client
    }

    /// - Parameter peer: the other end of the connection.
    func client(of request: Request, from peer: ClientAddress?) -> ClientAddress? {
        guard let name = HTTPField.Name("x-forwarded-for") else { return peer }
        return client(of: peer, forwardedFor: request.headers[values: name])
    }

    func isTrusted(_ address: ClientAddress) -> Bool { ranges.contains { $0.contains(address) } }
}
