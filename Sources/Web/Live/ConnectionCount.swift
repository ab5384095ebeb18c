import NIOCore
import Synchronization

/// Counts the connections of each address, so that one machine cannot take all that there are.
final class ConnectionCount: Sendable {
    private let addressMax: Int
    private let proxies: TrustedProxies
    private let open = Mutex<[ClientAddress: Int]>([:])

    init(addressMax: Int, proxies: TrustedProxies) {
        self.addressMax = addressMax
        self.proxies = proxies
    }

    /// Counts a connection until it is closed.
    ///
    /// - Returns: false when its address has too many.
    func admit(_ channel: any Channel) -> Bool {
        guard let address = channel.remoteAddress.flatMap({ ClientAddress($0) }), !proxies.isTrusted(address) else {
            return true
        }
        let key = address.household
        let isAdmitted = open.withLock { open in
            guard open[key, default: 0] < addressMax else { return false }
            open[key, default: 0] += 1
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { _ in
            self.open.withLock { open in
                let left = (open[key] ?? 1) - 1
                open[key] = left > 0 ? left : nil
            }
        }
        return true
    }
}
