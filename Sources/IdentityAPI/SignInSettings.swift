import Ethereum
import Primitives
import Storage

/// What signing in asks for, and for how long it lasts.
package struct SignInSettings: Sendable {
    package var chainIDs: Set<UInt64>
    package var ageSecondsMax: Int
    package var aheadSecondsMax: Int
    package var nonceSeconds: Int
    package var lifetimes: SessionLifetimes
    /// Whose wallets were never seen, from one address in an hour.
    package var newcomersPerHour: Int

    package init(
        chainIDs: Set<UInt64> = [1], ageSecondsMax: Int = SignInPolicy.ageSecondsMax,
        aheadSecondsMax: Int = SignInPolicy.aheadSecondsMax, nonceSeconds: Int = NonceStore.lifetimeSeconds,
        lifetimes: SessionLifetimes = SessionLifetimes(), newcomersPerHour: Int = SignInSettings.newcomersPerHourMax
    ) {
        self.newcomersPerHour = newcomersPerHour
        self.chainIDs = chainIDs
        self.ageSecondsMax = ageSecondsMax
        self.aheadSecondsMax = aheadSecondsMax
        self.nonceSeconds = nonceSeconds
        self.lifetimes = lifetimes
    }

    /// An office, or a course.
    package static let newcomersPerHourMax = 60

    /// What a message for one of our sites must say.
    ///
    /// - Parameter origin: `https://daybook.example`.
    /// - Throws: `siwe.bad_policy`.
    package func policy(for origin: String) throws(Failure) -> SignInPolicy {
        try SignInPolicy(
            origin: origin, chainIDs: chainIDs, ageSecondsMax: ageSecondsMax, aheadSecondsMax: aheadSecondsMax)
    }
}
