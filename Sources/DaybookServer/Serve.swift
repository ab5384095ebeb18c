import ArgumentParser
import Foundation
import Logging
import Primitives

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT.",
        discussion: """
            One line on the standard output says where the server listens; the log goes to the standard error.

            Behind a proxy that ends TLS, name the site that people see: --domain daybook.example.
            Every option can also be set in the environment: --data as DAYBOOK_DATA, --log-level as DAYBOOK_LOG_LEVEL.
            """)

    @OptionGroup(title: "Where") var place: PlaceOptions
    @OptionGroup(title: "The door") var door: DoorOptions
    @OptionGroup(title: "Lifetimes, in seconds") var lifetimes: LifetimeOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(help: "How much to log: trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?

    func run() async throws {
        let configuration = try Configuration(
            place: place, door: door, lifetimes: lifetimes, limits: limits, logLevel: logLevel,
            environment: ProcessInfo.processInfo.environment)
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "daybook")
        logger.logLevel = configuration.logLevel
        OpenFiles.raiseLimit()
        Allocator.bound()
        try await ServerProcess(configuration, world: .live, logger: logger).run()
    }
}

struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where everything is kept. Made when it is missing.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The server keys: back the file up, apart from the data. Made when it is missing. The environment variable "
                + "DAYBOOK_VAULT_KEY can hold them instead. (default: vault.key in --data)", valueName: "file"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database for people and their sessions, which several servers may share: "
                + "postgresql://user@host/name. A password is better given in DAYBOOK_DATABASE, where no list of processes "
                + "shows it. (default: server.sqlite in --data)", valueName: "address"))
    var database: String?

    @Option(
        help: ArgumentHelp("Where to listen for HTTP, as host:port. (default: 127.0.0.1:8080)", valueName: "address"))
    var http: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen for WebSocket besides /ws, as host:port. (default: 127.0.0.1:4000)", valueName: "address"))
    var websocket: String?

    @Option(
        help: ArgumentHelp(
            "A site people sign in from: host[:port], or an origin such as https://daybook.example. Can be repeated. "
                + "(default: this machine, at the port of --http)", valueName: "domain"))
    var domain: [String] = []

    @Option(help: ArgumentHelp("A network whose wallets may sign in, by its chain id. Can be repeated. (default: 1)"))
    var chain: [UInt64] = []
}

struct DoorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A certificate with its chain, as PEM: the server then speaks TLS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's key, as PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "A proxy whose X-Forwarded-For is believed: an address, or a network such as 10.0.0.0/8. Can be repeated. "
                + "(default: nobody's)", valueName: "address"))
    var trustedProxy: [String] = []

    @Option(
        help: ArgumentHelp(
            "Another site or extension whose pages may call, without cookies: https://app.example or "
                + "chrome-extension://id. Can be repeated. (default: none)", valueName: "origin"))
    var allowOrigin: [String] = []

    @Flag(help: "Call the cookies __Host-access_token and __Secure-refresh_token.")
    var prefixCookies = false
}

struct LifetimeOptions: ParsableArguments {
    @Option(help: "Of an access token. (default: 900)") var accessSeconds: Int?
    @Option(help: "Of a session, from the sign-in on. (default: 604800)") var refreshSeconds: Int?
    @Option(help: "Of a refresh token after it was replaced. (default: 10)") var graceSeconds: Int?
    @Option(help: "Of a nonce. (default: 600)") var nonceSeconds: Int?
    @Option(help: "Of a pairing code. (default: 300)") var pairingSeconds: Int?
    @Option(help: "How long wrong codes are held against an address. (default: 600)") var pairingMissSeconds: Int?
    @Option(help: "How long wrong codes are held against all. (default: 300)") var pairingMissAllSeconds: Int?
    @Option(help: "Within which one person may make so many pairing codes. (default: 600)")
    var pairingCodesSeconds: Int?
    @Option(help: "How old a sign-in message may be. (default: 600)") var signInAgeSeconds: Int?
    @Option(help: "How far a wallet's clock may run ahead. (default: 60)") var signInAheadSeconds: Int?
    @Option(help: "How long a connection may be silent. (default: 60)") var idleSeconds: Int?
    @Option(help: "How long a request's body may take. (default: 120)") var bodySeconds: Int?
    @Option(help: "Before a connection's first request. (default: 10)") var handshakeSeconds: Int?
    @Option(help: "How long the server works on one request. (default: 60)") var workSeconds: Int?
    @Option(help: "How long nothing of an answer may be read. (default: 30)") var readerSeconds: Int?
    @Option(help: "Between two pings of a WebSocket. (default: 30)") var pingSeconds: Int?
    @Option(help: "Before an unused journal is closed. (default: 300)") var idleJournalSeconds: Int?
    @Option(help: "How long images are kept that came only in part, or that nothing names. (default: 86400)")
    var looseImageSeconds: Int?
    @Option(help: "How long requests may go on after SIGTERM. (default: 8)") var shutdownSeconds: Int?
}

struct LimitOptions: ParsableArguments {
    @Option(help: "Connections of one address. (default: 1000)") var addressConnectionsMax: Int?
    @Option(help: "Requests in a minute without a session, from one address. (default: 300)")
    var strangerPerMinute: Int?
    @Option(help: "Requests in a minute without a session, from all. (default: 6000)") var strangersPerMinute: Int?
    @Option(help: "People from one address in an hour who were never here. (default: 60)") var newcomersPerHour: Int?
    @Option(help: "Wrong pairing codes from one address. (default: 5)") var pairingMisses: Int?
    @Option(help: "Wrong pairing codes from all. (default: 50)") var pairingMissesAll: Int?
    @Option(help: "Pairing codes that one person may make in a while. (default: 20)") var pairingCodes: Int?
    @Option(help: "Connections to each port. (default: 10000)") var connectionsMax: Int?
    @Option(help: "Journals that are open at once, with 3 files each. (default: 1024)") var journalsMax: Int?
    @Option(help: "Uploaded images of each person, in bytes. (default: 104857600)") var imageQuotaBytes: Int?
    @Option(help: "Large requests in memory at once, with up to 16 MiB each. (default: 8)") var largeBodiesMax: Int?
    @Option(help: "Answers that wait to be read, in bytes. (default: 100663296)") var answersBytesMax: Int?
    @Option(help: "One person's answers that wait to be read, in bytes. (default: 33554432)")
    var personAnswersBytesMax: Int?
    @Option(help: "Channels in one SUBSCRIBE. (default: 16)") var subscriptionsMax: Int?
}
