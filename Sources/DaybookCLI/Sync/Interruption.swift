import Dispatch
import Foundation

/// The person has enough: Ctrl-C, or a polite request to end.
enum Interruption {
    /// The handler is called for each one until the sources are cancelled.
    static func sources(_ handler: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            // Without this the signal ends the process before anybody hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }
}
