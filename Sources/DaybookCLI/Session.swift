import Foundation
import Gateways
import Primitives
import Storage
import Sync

/// Who is signed in where, as it rests beside the journal in `session.json`: mode 0600, replaced whole.
struct SavedSession: Codable, Sendable, CustomStringConvertible, CustomReflectable {
    let server: String
    /// Of the wallet, with its checksum.
    let address: String
    /// The person's id on the server.
    let person: String
    fileprivate var access: String
    fileprivate var refresh: String
    fileprivate var expiresMilliseconds: Int64
    /// The replica that the server knows this session to write as: 32 hexadecimal digits.
    fileprivate var replica: String?
    /// Whether an earlier session of the same person at the same server has synced this journal.
    fileprivate var hasMet: Bool?

    private enum CodingKeys: String, CodingKey {
        case server, address, replica
        case person = "user_id"
        case access = "access_token"
        case refresh = "refresh_token"
        case expiresMilliseconds = "expires_ms"
        case hasMet = "has_met"
    }

    init(server: ServerURL, begun: SignIn.Begun) {
        self.server = server.description
        address = begun.address
        person = begun.person
        access = begun.tokens.access
        refresh = begun.tokens.refresh
        expiresMilliseconds = begun.tokens.expires.milliseconds
    }

    /// Whether this journal is known to have been synced with the person's.
    func hasMet(as own: ReplicaID) -> Bool { hasMet ?? false || replica == Hex.encode(own.bytes) }

    var description: String { "session of \(address) at \(server)" }
    var customMirror: Mirror { Mirror(self, children: ["server": server, "address": address]) }

    fileprivate var tokens: SessionTokens {
        SessionTokens(access: access, refresh: refresh, expires: Timestamp(milliseconds: expiresMilliseconds))
    }
}

extension SavedSession {
    private static let nameByteCountMax = 100

    /// Begins a session at a server, and keeps it; the connection is closed whatever happens.
    static func begin(
        at server: ServerURL, for journal: JournalFile, _ body: (ServerConnection) async throws -> SignIn.Begun
    ) async throws -> SavedSession {
        let connection = ServerConnection(server, keeper: nil, world: .live)
        let begun: SignIn.Begun
        do {
            begun = try await body(connection)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
        return try await keep(begun, at: server, for: journal)
    }

    /// Puts a session that has begun in the place of the one before it.
    private static func keep(_ begun: SignIn.Begun, at server: ServerURL, for journal: JournalFile) async throws
        -> SavedSession
    {
        let former = try? SessionFile.find(journalDirectory: journal.directory)
        var saved = SavedSession(server: server, begun: begun)
        if let former, former.server == saved.server, former.person == saved.person {
            saved.hasMet = former.hasMet ?? false || former.replica != nil ? true : nil
        } else {
            // What another server has says nothing about this one.
            try await journal.forgetBlobsOnServer()
        }
        try await SessionFile(journalDirectory: journal.directory, world: .live).save(saved)
        return saved
    }

    /// What this device is called in the list of sessions: as given, else as in the history of the journal.
    ///
    /// - Throws: `device.bad_name`.
    static func deviceName(_ given: String?, of journal: JournalFile) async throws -> String {
        guard let given else {
            let known = try await journal.read { try JournalSummary($0).deviceName }
            var name = known ?? ProcessInfo.processInfo.hostName
            while name.utf8.count > nameByteCountMax { name.removeLast() }
            return name
        }
        let name = given.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !name.isEmpty, name.utf8.count <= nameByteCountMax, name == name.onOneLine else {
            throw Failure.deviceBadName
        }
        return name
    }
}

/// The session file of one journal. Two processes may use it at once: whoever changes it holds `session.lock`.
actor SessionFile: SessionKeeper {
    static let fileName = "session.json"
    /// A renewal that takes longer than this was given up by its process.
    private static let lockSecondsMax = 60

    private let path: String
    private let world: World
    private var known: SavedSession?
    private var renewal: Task<SessionTokens, any Error>?

    init(journalDirectory: String, world: World) {
        path = journalDirectory + "/" + Self.fileName
        self.world = world
    }

    /// Nil when nobody is signed in.
    static func find(journalDirectory: String) throws -> SavedSession? {
        guard let data = FileManager.default.contents(atPath: journalDirectory + "/" + fileName) else { return nil }
        guard let session = try? JSONDecoder().decode(SavedSession.self, from: data) else {
            throw Failure.sessionDamaged
        }
        return session
    }

    /// Calls the server as whoever is signed in.
    static func connected<Result: Sendable>(
        _ session: SavedSession, journalDirectory: String,
        _ body: @Sendable (ServerConnection) async throws -> Result
    ) async throws -> Result {
        let file = SessionFile(journalDirectory: journalDirectory, world: .live)
        let connection = ServerConnection(try ServerURL(session.server), keeper: file, world: .live)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    func save(_ session: SavedSession) async throws {
        try await locked { try write(session) }
    }

    func delete() async throws {
        try await locked {
            try? FileManager.default.removeItem(atPath: path)
            known = nil
        }
    }

    // MARK: What a connection asks of it

    func tokens() async throws -> SessionTokens { try session().tokens }

    func namedReplica() async throws -> ReplicaID? {
        try session().replica.flatMap { Hex.decode($0) }.flatMap { ReplicaID(bytes: $0) }
    }

    func remember(namedReplica replica: ReplicaID) async throws {
        try await locked {
            var session = try read()
            session.replica = Hex.encode(replica.bytes)
            try write(session)
        }
    }

    func renew(
        _ stale: SessionTokens, by refresh: @escaping @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        if let renewal { return try await renewal.value }
        let task = Task { try await renewAlone(stale, by: refresh) }
        renewal = task
        defer { renewal = nil }
        return try await task.value
    }

    private func renewAlone(
        _ stale: SessionTokens, by refresh: @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        let lock = try await lock()
        defer { unlock(lock) }
        var session = try read()
        // Another process was faster.
        guard session.tokens.access == stale.access else { return session.tokens }
        let new = try await refresh(session.tokens)
        session.access = new.access
        session.refresh = new.refresh
        session.expiresMilliseconds = new.expires.milliseconds
        try write(session)
        return new
    }

    // MARK: The file

    private func session() throws -> SavedSession { try known ?? read() }

    private func read() throws -> SavedSession {
        let directory = (path as NSString).deletingLastPathComponent
        guard let session = try Self.find(journalDirectory: directory) else { throw Failure.sessionMissing }
        known = session
        return session
    }

    private func write(_ session: SavedSession) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try SecretFile.write(try encoder.encode(session), to: path, world: world)
        known = session
    }

    private func locked(_ body: () throws -> Void) async throws {
        let lock = try await lock()
        defer { unlock(lock) }
        try body()
    }

    private func lock() async throws -> Int32 {
        let file = open((path as NSString).deletingPathExtension + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure.sessionUnwritable(String(cString: strerror(errno))) }
        for _ in 0..<(Self.lockSecondsMax * 20) {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
            try await Task.sleep(for: .milliseconds(50))
        }
        close(file)
        throw Failure.sessionBusy
    }

    private func unlock(_ file: Int32) {
        flock(file, LOCK_UN)
        close(file)
    }
}

/// Writes a file that only its owner can read: beside its name first, then on the disk, then renamed.
enum SecretFile {
    static func write(_ data: Data, to path: String, world: World) throws(Failure) {
        let draft = "\(path).\(Hex.encode(world.random(4))).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .sessionUnwritable(String(cString: strerror(errno))) }
        defer { unlink(draft) }
        let problem = PrivateContents.put(Array(data), in: file)
        close(file)
        guard problem == 0, rename(draft, path) == 0 else {
            throw .sessionUnwritable(String(cString: strerror(problem == 0 ? errno : problem)))
        }
    }
}

extension Failure {
    static let sessionMissing = Failure(
        .unauthenticated, "session.missing",
        "Nobody is signed in here. Run `daybook login --server URL` first; without a server, everything but sync works."
    )
    static let sessionDamaged = Failure(
        .corrupt, "session.damaged",
        "The file session.json beside the journal cannot be read. Run `daybook login --server URL` to make it anew.")
    static let sessionBusy = Failure(
        .unavailable, "session.busy", "Another daybook is renewing the session. Try again when it is done.")
    static func sessionUnwritable(_ reason: String) -> Failure {
        Failure(
            .unavailable, "session.unwritable",
            "The session cannot be kept beside the journal: \(reason). Check the directory's permissions and free space."
        )
    }
}
