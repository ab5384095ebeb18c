import Foundation
import Synchronization
import Web

/// Says where the server listens, in one line, once it does on both ports.
final class Banner: Sendable {
    private struct Ports {
        var http: Int?
        var webSocket: Int?
    }

    private let configuration: Configuration
    private let origins: Origins
    private let ports = Mutex(Ports())

    init(_ configuration: Configuration, _ origins: Origins) {
        self.configuration = configuration
        self.origins = origins
    }

    func http(_ port: Int) async {
        // Nobody named a site, so it is this machine, at the port that is known only now.
        if origins.all.isEmpty {
            let hosts = Set([ListenAddress(host: configuration.http.host, port: port).description, "localhost:\(port)"])
            origins.add(hosts.sorted().map { "http://\($0)" })
        }
        say { $0.http = port }
    }

    func webSocket(_ port: Int) async { say { $0.webSocket = port } }

    private func say(_ set: (inout Ports) -> Void) {
        let line: String? = ports.withLock { ports in
            set(&ports)
            guard let http = ports.http, let webSocket = ports.webSocket else { return nil }
            return "listening http=\(ListenAddress(host: configuration.http.host, port: http)) "
                + "websocket=\(ListenAddress(host: configuration.webSocket.host, port: webSocket))\n"
        }
        if let line { FileHandle.standardOutput.write(Data(line.utf8)) }
    }
}
