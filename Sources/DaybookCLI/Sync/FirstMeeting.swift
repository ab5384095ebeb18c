import Foundation
import Gateways
import Journal
import Primitives
import Storage

/// Asks before two journals become one that have nothing in common yet: it cannot be taken back.
struct FirstMeeting {
    let journal: JournalFile
    let session: SavedSession
    let server: ServerJournal

    /// Says nothing when there is nothing to ask: one side is empty, or the two have met before.
    ///
    /// - Throws: `sync.unconfirmed` when the answer is no, or nobody is there to give one.
    func confirm() async throws {
        let here = try await journal.read { try JournalSummary($0) }
        guard !here.isEmpty, !session.hasMet(as: here.replica) else { return }
        let there = try await server.holdings()
        guard !there.isEmpty, try await !haveMet() else { return }
        let accounts = try await journal.read { try AccountStore($0).list() }.map { "\($0.exchange)/\($0.label)" }
        let mine = Self.line(here.tradeCount, here.entryCount, here.tagCount, accounts)
        let theirs = Self.line(there.tradeCount, there.entryCount, there.tagCount, there.accounts)
        guard Terminal.canAsk else {
            throw Failure.syncUnconfirmed(
                "This journal (\(mine)) and that of \(session.address) at \(session.server) (\(theirs)) have nothing in "
                    + "common, and a sync makes them one for good.")
        }
        Terminal.note(
            """
            This journal and the one on the server have nothing in common yet.
              here   \(mine)
              there  \(theirs)
            You are signed in to \(session.server) as \(session.address).
            A sync makes them one journal, on all devices, and nothing takes them apart again.
            """.forTerminal)
        FileHandle.standardError.write(Data("Bring them together? [y/N] ".utf8))
        let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else { throw Failure.syncUnconfirmed("The two journals stay apart.") }
    }

    /// Whether the server has the beginning of any device whose work is here.
    private func haveMet() async throws -> Bool {
        for device in try await journal.read({ try HistoryStore($0).devices() }) where device.commitCount > 0 {
            if try await server.knows(device.replica) { return true }
        }
        return false
    }

    private static func line(_ trades: Int, _ entries: Int, _ tags: Int, _ accounts: [String]) -> String {
        let named = accounts.prefix(5).joined(separator: ", ") + (accounts.count > 5 ? ", …" : "")
        return [
            Figures.count(trades, "trade"), Figures.count(entries, "entry", "entries"), Figures.count(tags, "tag"),
            Figures.count(accounts.count, "account") + (accounts.isEmpty ? "" : " (\(named))"),
        ].joined(separator: ", ").onOneLine
    }
}

extension JournalSummary {
    /// Whether nobody has written anything yet.
    fileprivate var isEmpty: Bool {
        fillCount + tradeCount + tagCount + entryCount + imageCount + accountCount == 0
    }
}

extension Failure {
    fileprivate static func syncUnconfirmed(_ reason: String) -> Failure {
        Failure(
            .conflict, "sync.unconfirmed",
            "\(reason) Nothing was synced. `daybook sync --yes` brings them together; `daybook login` signs in as somebody "
                + "else, and --journal DIR chooses another journal.")
    }
}
