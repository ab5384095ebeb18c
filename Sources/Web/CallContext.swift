import Hummingbird
import Logging
import NIOCore

/// What goes along with a request on its way to the handler.
struct CallContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let network: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        network = source.channel.remoteAddress.flatMap(Self.network)
    }

    /// The address without its last part (IPv4 /24, IPv6 /64): enough to tell networks apart, not people.
    private static func network(of address: SocketAddress) -> String? {
        guard let text = address.ipAddress else { return nil }
        if text.contains(":") { return text.split(separator: ":").prefix(4).joined(separator: ":") + "::/64" }
        return text.split(separator: ".").prefix(3).joined(separator: ".") + ".0/24"
    }
}
