import IdentityAPI
import Primitives
import Storage

/// What pairing allows, before the key is read.
struct PairingLimits: Sendable {
    private let codeSeconds: Int
    private let addressMissesMax: Int
    private let addressSeconds: Int
    private let allMissesMax: Int
    private let allSeconds: Int
    private let codesMax: Int
    private let codesSeconds: Int

    /// - Throws: `config.bad_value`.
    init(_ lifetimes: LifetimeOptions, _ limits: LimitOptions, _ settings: Settings) throws(Failure) {
        codeSeconds = try settings.number("pairing-seconds", lifetimes.pairingSeconds, or: 300, in: 1...600)
        addressMissesMax = try settings.number("pairing-misses", limits.pairingMisses, or: 5, in: 1...1000)
        addressSeconds = try settings.number(
            "pairing-miss-seconds", lifetimes.pairingMissSeconds, or: 600, in: 1...86_400)
        allMissesMax = try settings.number("pairing-misses-all", limits.pairingMissesAll, or: 50, in: 1...100_000)
        allSeconds = try settings.number(
            "pairing-miss-all-seconds", lifetimes.pairingMissAllSeconds, or: 300, in: 1...86_400)
        codesMax = try settings.number("pairing-codes", limits.pairingCodes, or: 20, in: 1...1000)
        codesSeconds = try settings.number(
            "pairing-codes-seconds", lifetimes.pairingCodesSeconds, or: 600, in: 1...86_400)
    }

    func settings(key: PairingKey) -> PairingSettings {
        var settings = PairingSettings(key: key)
        settings.codeSeconds = codeSeconds
        settings.addressMissesMax = addressMissesMax
        settings.addressSeconds = addressSeconds
        settings.allMissesMax = allMissesMax
        settings.allSeconds = allSeconds
        settings.codesMax = codesMax
        settings.codesSeconds = codesSeconds
        return settings
    }
}
