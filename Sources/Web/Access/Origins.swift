import Synchronization

/// The sites that belong to this server, as browsers write them: `https://daybook.example`.
///
/// They come from the configuration. Only a server without one learns its own when it knows its port.
package final class Origins: Sendable {
    private let known: Mutex<[String]>

    package init(_ origins: [String]) { known = Mutex(origins) }

    package var all: [String] { known.withLock { $0 } }

    package func add(_ origins: [String]) { known.withLock { $0 += origins } }

    package func contains(_ origin: String) -> Bool { known.withLock { $0.contains(origin) } }
}
