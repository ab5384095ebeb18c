import Primitives
import Storage
import Web

/// How many wrong codes may be shown: so many from one address, and so many from all of them together.
///
/// Six digits are few, and every guess is a guess at all codes at once. So each guess is paid for before it is looked up,
/// and only a right one is paid back: however many are made at once, no more are looked up than may be wrong. When all
/// together have guessed too often, only those are still heard who call from a network in which a code was made, and only
/// the codes of that network are looked up for them: an attacker with many addresses is not among them, and the owner is.
struct PairingBudget: Sendable {
    /// What one guess has taken.
    struct Guess: Sendable {
        fileprivate let address: BudgetStore.Charge
        /// Nil when all together have guessed too often.
        fileprivate let all: BudgetStore.Charge?
        fileprivate let waitSeconds: Int

        /// Whether it is one of those that all make together; else only codes of its own network may be looked up for it.
        var isAgainstAll: Bool { all != nil }
    }

    private let settings: PairingSettings
    private let control: ControlDatabase

    init(_ settings: PairingSettings, in control: ControlDatabase) {
        self.settings = settings
        self.control = control
    }

    /// Pays for a guess. To be called before the code is looked up, and `refund` after it when it was right.
    ///
    /// - Throws: `pairing.too_many` when the address has guessed too often.
    func take(_ address: ClientAddress?) async throws -> Guess {
        let owner = "\(address?.household ?? .unknown)"
        return try await control.budgets { [settings] budgets in
            let ofAddress = BudgetStore.Key("wrong codes", of: owner, under: settings.key)
            let ofAll = BudgetStore.Key("wrong codes", of: "", under: settings.key)
            switch try budgets.charge(ofAddress, max: settings.addressMissesMax, seconds: settings.addressSeconds) {
            case .refused(let seconds): throw Failure.pairingTooMany(waitSeconds: seconds)
            case .charged(let address):
                switch try budgets.charge(ofAll, max: settings.allMissesMax, seconds: settings.allSeconds) {
                case .charged(let all): return Guess(address: address, all: all, waitSeconds: 0)
                case .refused(let seconds): return Guess(address: address, all: nil, waitSeconds: seconds)
                }
            }
        }
    }

    /// Pays a guess back that was no miss. One that cannot be paid back stays paid: nobody is let in by that.
    func refund(_ guess: Guess) async {
        try? await control.budgets { budgets in
            try budgets.refund(guess.address)
            if let all = guess.all { try budgets.refund(all) }
        }
    }

    /// Pays back a guess that nothing was looked up for, because all together have guessed too often.
    ///
    /// - Returns: `pairing.too_many`.
    func refuse(_ guess: Guess) async -> Failure {
        await refund(guess)
        return .pairingTooMany(waitSeconds: max(1, guess.waitSeconds))
    }
}

extension Failure {
    fileprivate static func pairingTooMany(waitSeconds: Int) -> Failure {
        Failure(
            .tooMany, "pairing.too_many",
            "Too many wrong codes were shown. Wait \(waitSeconds) seconds, and try again.",
            retryAfterSeconds: waitSeconds)
    }
}
