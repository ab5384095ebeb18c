import Foundation

/// The date that `make dates` pretends. What a test starts with an environment of its own has to be told as well, or
/// it would live in another year.
package enum PretendedDate {
    package static let environment = ProcessInfo.processInfo.environment.filter { name, _ in
        name == "LD_PRELOAD" || name.hasPrefix("FAKETIME")
    }
}
