import Ethereum
import Foundation
import IdentityAPI
import Logging
import Primitives
import Storage
import Web

/// What the server runs with: each value from the command line, else from the environment, else its default.
struct Configuration: Sendable {
    let data: String
    /// Where the server keys are, unless the environment has them.
    let keyFile: String
    /// Where people and their sessions are kept; nil for a file in `data`.
    let database: PostgresAddress?
    let http: ListenAddress
    let webSocket: ListenAddress
    /// The sites people sign in from; empty when they follow from the port.
    let origins: [String]
    let signIn: SignInSettings
    let pairing: PairingLimits
    let door: DoorSettings
    let web: WebLimits
    let journalsMax: Int
    let idleJournalSeconds: Int
    let imageQuotaBytes: Int64
    let looseImageSeconds: Int
    let shutdownSeconds: Int
    let logLevel: Logger.Level

    /// - Throws: `config.missing`, `config.bad_value`, `database.bad_address`.
    init(
        place: PlaceOptions, door: DoorOptions, lifetimes: LifetimeOptions, limits: LimitOptions, logLevel: String?,
        environment: [String: String]
    ) throws(Failure) {
        let settings = Settings(environment: environment)
        data = try settings.text("data", place.data, or: nil)
        keyFile = try settings.text("key-file", place.keyFile, or: data + "/vault.key")
        database = try settings.optional("database", place.database).map { text throws(Failure) in
            try PostgresAddress(text)
        }
        http = try settings.address("http", place.http, or: ListenAddress(host: "127.0.0.1", port: 8080))
        webSocket = try settings.address("websocket", place.websocket, or: ListenAddress(host: "127.0.0.1", port: 4000))
        origins = try settings.list("domain", place.domain).map { domain throws(Failure) in try Self.origin(domain) }
        self.door = try Self.door(door, origins, settings)
        guard !origins.isEmpty || http.isLoopback else {
            throw .configMissing("domain", "others can reach \(http), so say at which site they sign in")
        }
        let chains = try settings.numbers("chain", place.chain)
        let accessSeconds = try settings.number("access-seconds", lifetimes.accessSeconds, or: 900, in: 1...3600)
        let refreshSeconds = try settings.number(
            "refresh-seconds", lifetimes.refreshSeconds, or: 604_800, in: accessSeconds...2_592_000)
        signIn = SignInSettings(
            chainIDs: chains.isEmpty ? [1] : Set(chains),
            ageSecondsMax: try settings.number(
                "sign-in-age-seconds", lifetimes.signInAgeSeconds, or: 600, in: 1...3600),
            aheadSecondsMax: try settings.number(
                "sign-in-ahead-seconds", lifetimes.signInAheadSeconds, or: 60, in: 0...600),
            nonceSeconds: try settings.number("nonce-seconds", lifetimes.nonceSeconds, or: 600, in: 1...3600),
            lifetimes: SessionLifetimes(
                accessSeconds: accessSeconds, refreshSeconds: refreshSeconds,
                graceSeconds: try settings.number("grace-seconds", lifetimes.graceSeconds, or: 10, in: 0...300)),
            newcomersPerHour: try settings.number(
                "newcomers-per-hour", limits.newcomersPerHour, or: SignInSettings.newcomersPerHourMax,
                in: 1...1_000_000))
        pairing = try PairingLimits(lifetimes, limits, settings)
        web = WebLimits(
            connectionsMax: try settings.number(
                "connections-max", limits.connectionsMax, or: 10_000, in: 1...1_000_000),
            addressConnectionsMax: try settings.number(
                "address-connections-max", limits.addressConnectionsMax, or: 1000, in: 1...1_000_000),
            strangerPerMinute: try settings.number(
                "stranger-per-minute", limits.strangerPerMinute, or: 300, in: 1...1_000_000_000),
            strangersPerMinute: try settings.number(
                "strangers-per-minute", limits.strangersPerMinute, or: 6000, in: 1...1_000_000_000),
            idleSeconds: try settings.number("idle-seconds", lifetimes.idleSeconds, or: 60, in: 1...3600),
            bodySeconds: try settings.number("body-seconds", lifetimes.bodySeconds, or: 120, in: 1...3600),
            handshakeSeconds: try settings.number(
                "handshake-seconds", lifetimes.handshakeSeconds, or: 10, in: 1...600),
            pingSeconds: try settings.number("ping-seconds", lifetimes.pingSeconds, or: 30, in: 1...600),
            subscriptionsMax: try settings.number(
                "subscriptions-max", limits.subscriptionsMax, or: 16, in: 1...WebLimits.paramsMax),
            workSeconds: try settings.number("work-seconds", lifetimes.workSeconds, or: 60, in: 1...3600),
            readerSeconds: try settings.number("reader-seconds", lifetimes.readerSeconds, or: 30, in: 1...3600),
            answersBytesMax: try settings.number(
                "answers-bytes-max", limits.answersBytesMax, or: 96 << 20, in: 1 << 20...1 << 40),
            personAnswersBytesMax: try settings.number(
                "person-answers-bytes-max", limits.personAnswersBytesMax, or: 32 << 20, in: 1 << 20...1 << 40),
            bodiesBytesMax: WebLimits.bodyBytes(
                for: try settings.number("large-bodies-max", limits.largeBodiesMax, or: 8, in: 1...1024)))
        journalsMax = try settings.number("journals-max", limits.journalsMax, or: 1024, in: 1...100_000)
        idleJournalSeconds = try settings.number(
            "idle-journal-seconds", lifetimes.idleJournalSeconds, or: 300, in: 1...86_400)
        imageQuotaBytes = Int64(
            try settings.number(
                "image-quota-bytes", limits.imageQuotaBytes, or: Int(ImageSpace.quotaBytes), in: 0...(1 << 50)))
        looseImageSeconds = try settings.number(
            "loose-image-seconds", lifetimes.looseImageSeconds, or: ImageSpace.looseSeconds, in: 1...2_592_000)
        shutdownSeconds = try settings.number("shutdown-seconds", lifetimes.shutdownSeconds, or: 8, in: 1...9)
        let level = try settings.text("log-level", logLevel, or: "info")
        guard let level = Logger.Level(rawValue: level) else {
            throw .configBadValue("log-level", "it must be trace, debug, info, notice, warning, error or critical")
        }
        self.logLevel = level
    }

    private static func door(
        _ options: DoorOptions, _ origins: [String], _ settings: Settings
    ) throws(Failure) -> DoorSettings {
        let proxies = settings.list("trusted-proxy", options.trustedProxy)
        guard let trusted = TrustedProxies(proxies) else {
            throw .configBadValue("trusted-proxy", "it must be an IP address, or a network such as 10.0.0.0/8")
        }
        let allowed = settings.list("allow-origin", options.allowOrigin)
        for origin in allowed where !isAllowable(origin) {
            throw .configBadValue(
                "allow-origin", "\"\(origin)\" is no https:// origin and no chrome-extension://id or moz-extension://id"
            )
        }
        let certificate = settings.optional("tls-certificate", options.tlsCertificate)
        let key = settings.optional("tls-key", options.tlsKey)
        guard (certificate == nil) == (key == nil) else {
            throw .configMissing(certificate == nil ? "tls-certificate" : "tls-key", "TLS needs both")
        }
        let hasPrefix = options.prefixCookies || settings.optional("prefix-cookies", nil) == "true"
        return try DoorSettings(
            cookies: hasPrefix ? .prefixed : .plain, proxies: trusted, allowedOrigins: allowed,
            isSecure: !origins.isEmpty && origins.allSatisfy { $0.hasPrefix("https://") },
            certificate: certificate.flatMap { chain in key.map { .init(chainPath: chain, keyPath: $0) } })
    }

    private static func isAllowable(_ origin: String) -> Bool {
        for scheme in ["chrome-extension://", "moz-extension://"] where origin.hasPrefix(scheme) {
            let id = origin.dropFirst(scheme.count)
            return !id.isEmpty && id.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...122).contains($0) }
        }
        return origin.hasPrefix("https://") && (try? Self.origin(origin)) == origin
    }

    /// `daybook.example` is reached over TLS; only this machine itself may do without.
    private static func origin(_ domain: String) throws(Failure) -> String {
        let scheme = isLoopback(domain.lowercased()) ? "http" : "https"
        let text = domain.contains("://") ? domain : "\(scheme)://\(domain)"
        guard let policy = try? SignInSettings().policy(for: text) else {
            throw .configBadValue("domain", "\"\(domain)\" is no host[:port] and no origin")
        }
        guard policy.scheme == "https" || isLoopback(policy.domain) else {
            throw .configBadValue("domain", "\(policy.origin) would show tokens to the network: use https")
        }
        return policy.origin
    }

    private static func isLoopback(_ domain: String) -> Bool {
        (ListenAddress(domain) ?? ListenAddress(host: domain, port: 0)).isLoopback
    }
}
