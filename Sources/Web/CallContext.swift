import Hummingbird
import Logging
import NIOCore

/// What goes along with a request on its way to the handler.
struct CallContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who is at the other end of the connection: the caller, or a proxy.
    let peer: ClientAddress?
    /// The connection that the request came on.
    let connection: Connection?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = .current
        peer = source.channel.remoteAddress.flatMap { ClientAddress($0) }
    }
}
