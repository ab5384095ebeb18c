import Primitives
import Storage
import Web

/// How many people may sign in for the first time: so many from one address in an hour, and so many from all together.
///
/// A wallet costs nothing, and everybody who comes takes a place on the disk for good, and among the journals that are
/// open. Whoever has been here before is not counted.
struct NewcomerBudget: Sendable {
    /// Whom all may bring in an hour, as a multiple of whom one address may bring.
    static let allFactor = 20
    private static let windowSeconds = 3600

    private let perHourMax: Int
    private let key: PairingKey
    private let control: ControlDatabase

    /// - Parameter key: hides in the database where people came from.
    init(perHourMax: Int, key: PairingKey, in control: ControlDatabase) {
        self.perHourMax = perHourMax
        self.key = key
        self.control = control
    }

    /// Counts somebody whose wallet was never seen.
    ///
    /// - Throws: `auth.too_many_newcomers`.
    func charge(_ address: ClientAddress?) async throws {
        let owner = "\(address?.household ?? .unknown)"
        try await control.budgets { [perHourMax, key] budgets in
            for (owner, max) in [(owner, perHourMax), ("", perHourMax * Self.allFactor)] {
                let key = BudgetStore.Key("newcomers", of: owner, under: key)
                if case .refused(let seconds) = try budgets.charge(key, max: max, seconds: Self.windowSeconds) {
                    throw Failure.tooManyNewcomers(waitSeconds: seconds)
                }
            }
        }
    }
}

extension Failure {
    fileprivate static func tooManyNewcomers(waitSeconds: Int) -> Failure {
        Failure(
            .tooMany, "auth.too_many_newcomers",
            "Too many people have signed in for the first time. Wait \(waitSeconds) seconds, and try again.",
            retryAfterSeconds: waitSeconds)
    }
}
