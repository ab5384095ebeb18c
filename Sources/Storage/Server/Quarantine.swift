import Foundation
import Primitives
import Synchronization

/// The journals that are set aside because the server trapped while it worked on them.
///
/// Such a trap is a mistake in the program, and it would happen again with the next request: one person's journal would
/// end the server for everybody, over and over. So it is refused until another version of the program comes, or an operator
/// lifts it. Each is a file, so that the operator's command needs nothing of a server that is running.
package final class Quarantine: Sendable {
    /// Why a journal is set aside.
    package struct Reason: Codable, Hashable, Sendable {
        /// The signal that the process ended with.
        package let signal: UInt32
        /// What trapped; another one may do better.
        package let version: String
        package let since_ms: Int64
        /// Whether the thread that trapped worked on this very journal; otherwise it was in use at two traps in a row.
        package let isCertain: Bool
    }

    /// After how long without a trap those are trusted again who were there at the last one, in seconds.
    package static let strikeSeconds = 600
    /// Of one file of it.
    private static let bytesMax = 64 << 10
    private static let strikesName = "strikes"

    private let directory: String
    private let world: World
    private let version: String
    private let counted = Mutex(0)

    /// - Parameter directory: the server's data directory.
    package init(in directory: String, world: World, version: String = Release.version) {
        self.directory = directory + "/quarantine"
        self.world = world
        self.version = version
    }

    /// Settles what becomes of whom after the process before this one has ended, and lets those go whom another version
    /// set aside.
    ///
    /// - Returns: those who are set aside from now on.
    /// - Throws: `file.unwritable`, `file.disk_full`.
    package func settle(_ aftermath: WorkBoard.Aftermath?) throws -> [ID<Person>] {
        try PrivateFile.createDirectory(directory)
        for (person, reason) in list() where reason.version != version { lift(person) }
        guard let aftermath else {
            countAgain()
            return []
        }
        var added = aftermath.marked
        if added.isEmpty {
            let known = strikes()
            added = aftermath.inUse.filter { known.contains($0) }
            try setStrikes(aftermath.inUse.filter { !added.contains($0) })
        }
        for person in added {
            let reason = Reason(
                signal: aftermath.signal, version: version, since_ms: world.now().milliseconds,
                isCertain: !aftermath.marked.isEmpty)
            try write(Array(JSONEncoder().encode(reason)), to: person.description)
        }
        countAgain()
        return added
    }

    /// - Throws: `journal.quarantined`.
    package func check(_ person: ID<Person>) throws(Failure) {
        guard access("\(directory)/\(person)", F_OK) != 0 else { throw .journalQuarantined }
    }

    /// How many there are, as of the last look.
    package var count: Int { counted.withLock { $0 } }

    /// Looks again: an operator may have lifted one.
    package func countAgain() {
        let found = list().count
        counted.withLock { $0 = found }
    }

    package func list() -> [(person: ID<Person>, reason: Reason)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().compactMap { name in
            guard let person = ID<Person>(name), person.description == name, let bytes = read(name) else { return nil }
            // What cannot be read stays until it is lifted by hand.
            let reason =
                (try? JSONDecoder().decode(Reason.self, from: bytes))
                ?? Reason(signal: 0, version: version, since_ms: 0, isCertain: false)
            return (person, reason)
        }
    }

    /// - Returns: whether it was set aside.
    @discardableResult
    package func lift(_ person: ID<Person>) -> Bool { unlink("\(directory)/\(person)") == 0 }

    /// Trusts those again who were only there when it happened: the server has run for a while since, or ends in order.
    package func forgetStrikes() { unlink("\(directory)/\(Self.strikesName)") }

    // MARK: Files

    private func strikes() -> Set<ID<Person>> {
        let names = read(Self.strikesName).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Set(names.split(separator: "\n").compactMap { ID(String($0)) })
    }

    private func setStrikes(_ people: [ID<Person>]) throws {
        let names = people.prefix(Self.bytesMax / 64).map { "\($0)\n" }.joined()
        try write(Array(names.utf8), to: Self.strikesName)
    }

    private func read(_ name: String) -> Data? {
        guard let file = FileHandle(forReadingAtPath: "\(directory)/\(name)") else { return nil }
        defer { try? file.close() }
        return (try? file.read(upToCount: Self.bytesMax)) ?? Data()
    }

    /// Under another name first, so that nobody reads half of it.
    private func write(_ bytes: [UInt8], to name: String) throws {
        let temporary = "\(directory)/\(name).new"
        unlink(temporary)
        try BlobFile.write(bytes[...], to: temporary, at: 0)
        guard rename(temporary, "\(directory)/\(name)") == 0 else { throw Failure.fileUnwritable(temporary, errno) }
        try PrivateFile.syncDirectory(directory)
    }
}

extension Failure {
    package static let journalQuarantined = Failure(
        .unavailable, "journal.quarantined",
        "Working on this journal has ended the server, so it is set aside until the server is mended. Nothing is lost: go "
            + "on with it on a device, or ask who runs the server.", retryAfterSeconds: 3600)
}
