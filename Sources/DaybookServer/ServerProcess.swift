import Foundation
import IdentityAPI
import JournalAPI
import Logging
import NIOCore
import Pictures
import Primitives
import ServiceLifecycle
import Storage
import UnixSignals
import Web
import WebApp

/// The whole server, put together: opens the data directory, serves, and puts everything away in order.
struct ServerProcess {
    private let configuration: Configuration
    private let world: World
    private let logger: Logger

    init(_ configuration: Configuration, world: World, logger: Logger) {
        self.configuration = configuration
        self.world = world
        self.logger = logger
    }

    /// Returns after SIGTERM or SIGINT, when every request was answered or has had its time.
    ///
    /// - Throws: `data.unusable`, `data.in_use`, `server.newer_schema`, `server.database_unreachable`,
    ///   `server.port_in_use`, `server.cannot_listen`.
    func run() async throws {
        let data = try DataDirectory(configuration.data)
        let control = try await openControl(in: data)
        let isElsewhere = try await !control.holdsJournals(data)
        if isElsewhere { logger.warning("another server has the journals: this one answers for sessions only") }
        let quarantine = Quarantine(in: data.path, world: world)
        let board = try board(in: data, settling: quarantine)
        let pool = JournalPool(
            directory: data.path, world: world, openCountMax: configuration.journalsMax,
            idleSecondsMax: configuration.idleJournalSeconds, board: board, quarantine: quarantine,
            isElsewhere: isElsewhere)
        let result = await Result { try await serve(data, control, pool, quarantine) }
        await pool.closeAll()
        try control.close()
        quarantine.forgetStrikes()
        try result.get()
        logger.info("stopped")
    }

    private func openControl(in data: DataDirectory) async throws -> ControlDatabase {
        guard let address = configuration.database else {
            return try await ControlDatabase.open(in: data.path, world: world)
        }
        return try await ControlDatabase.open(address, world: world)
    }

    /// Sets aside the journals that ended the process before this one, and begins to note which are worked on now.
    private func board(in data: DataDirectory, settling quarantine: Quarantine) throws -> WorkBoard {
        let aftermath = WorkBoard.aftermath(in: data.path)
        for person in try quarantine.settle(aftermath) {
            logger.critical(
                "a journal is quarantined: the server trapped while it worked on it",
                metadata: ["person": "\(person)", "signal": "\(aftermath?.signal ?? 0)"])
        }
        let board = try WorkBoard(in: data.path, placeCount: configuration.journalsMax)
        board.watch()
        return board
    }

    private func serve(
        _ data: DataDirectory, _ control: ControlDatabase, _ pool: JournalPool, _ quarantine: Quarantine
    ) async throws {
        // Nothing is sealed with it yet that a new key could not open.
        let keys = try VaultKeyFile.ring(
            file: configuration.keyFile, environment: ProcessInfo.processInfo.environment, creating: true, in: world)
        let origins = Origins(configuration.origins)
        let metrics = Metrics()
        let feed = LiveFeed(metrics: metrics)
        let journals = JournalServices(
            pool: pool, feed: feed, metrics: metrics, world: world,
            workshop: Workshop(coreCount: ProcessInfo.processInfo.activeProcessorCount))
        let imports = ImportJobs(journals, control: control, people: data.path + "/people", logger: logger)
        try await imports.resume()
        let services = SyncServices(control: control, journals: journals)
        let blobSweeps = BlobSweeps(
            control: control, pool: pool, looseSeconds: configuration.looseImageSeconds, world: world)
        let images = ImageServices(
            journals, darkroom: Darkroom(program: Darkroom.ownProgram), quotaBytes: configuration.imageQuotaBytes,
            sweeps: blobSweeps)
        let identity = IdentityServices(
            control: control, origins: origins, settings: configuration.signIn,
            pairing: configuration.pairing.settings(key: PairingKey(keys)),
            cookies: configuration.door.cookies, feed: feed, metrics: metrics, world: world)
        let sessions = SessionAdmission(
            authenticator: SessionAuthenticator(control: control, world: world), origins: origins,
            cookies: configuration.door.cookies, anonymousLimit: RateLimit(configuration.web, world: world))
        let health = HealthRoutes(
            control: control, data: data, pool: pool, quarantine: quarantine, feed: feed, metrics: metrics)
        let core = [
            identityAPI(identity, sessions),
            journalAPI(
                journals, imports: imports, images: images, sync: SyncRoutes(services),
                blobs: BlobRoutes(services, images: images), admits: sessions.person),
            health.table(below: CoreAPI.base), health.table(below: ""), WebApp().table,
        ]
        let web = WebServer(
            tables: core + DocumentRoutes.tables(for: core, base: CoreAPI.base, about: CoreAPI.about),
            sessions: sessions, door: configuration.door, feed: feed, metrics: metrics, limits: configuration.web,
            world: world, logger: logger)
        let banner = Banner(configuration, origins)
        var group = ServiceGroupConfiguration(
            services: [
                .init(
                    service: Listener(
                        "http", configuration.http, web.http(on: configuration.http, running: banner.http))),
                .init(
                    service: Listener(
                        "websocket", configuration.webSocket,
                        web.webSocket(on: configuration.webSocket, running: banner.webSocket))),
                .init(
                    service: Sweep(
                        control: control, pool: pool, blobs: blobSweeps, quarantine: quarantine, feed: feed,
                        logger: logger)),
                .init(service: ImportWork(jobs: imports)),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.shutdownSeconds)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            // Requests that were still running when their time was over. Their callers repeat them.
            logger.warning("some requests were broken off")
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
