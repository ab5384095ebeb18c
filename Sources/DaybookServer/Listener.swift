import Dispatch
import Foundation
import NIOCore
import Primitives
import ServiceLifecycle
import Web

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A listening service that says in plain words why it cannot listen.
struct Listener: Service {
    private let option: String
    private let address: ListenAddress
    private let service: any Service

    init(_ option: String, _ address: ListenAddress, _ service: any Service) {
        self.option = option
        self.address = address
        self.service = service
    }

    /// How long the other services may take to stop when this one cannot begin, in seconds.
    private static let lastSeconds = 5.0

    func run() async throws {
        do {
            try await listen()
        } catch let failure as Failure {
            endSoon(failure)
            throw failure
        }
    }

    /// A server that cannot listen is of no use: it does not wait for ever for the rest of it.
    private func endSoon(_ failure: Failure) {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.lastSeconds) {
            FileHandle.standardError.write(Data("daybook-server: \(failure)\n".utf8))
            exit(1)
        }
    }

    private func listen() async throws {
        do {
            try await service.run()
        } catch let error as IOError {
            throw error.errnoCode == EADDRINUSE
                ? Failure(
                    .conflict, "server.port_in_use",
                    "Another program listens on \(address). Stop it, or give --\(option) another port (0 for any).")
                : cannotListen(String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError {
            throw cannotListen("\(error)")
        }
    }

    private func cannotListen(_ reason: String) -> Failure {
        Failure(.unavailable, "server.cannot_listen", "Cannot listen on \(address) (--\(option)): \(reason).")
    }
}
