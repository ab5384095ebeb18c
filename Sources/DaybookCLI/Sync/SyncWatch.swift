import Foundation
import Gateways
import Primitives
import Storage

/// Syncs at once, then after every change here and elsewhere, until the person has enough.
struct SyncWatch: Sendable {
    private static let pollMilliseconds = 500
    /// News can be lost on the way; a sync now and then finds what was.
    private static let quietSecondsMax = 300
    /// Between two syncs: a server that tells of a change without end is asked so often and no more.
    private static let pauseMilliseconds = 200

    private let journal: JournalFile
    private let live: LiveWatch
    private let json: Bool
    private let sync: @Sendable () async throws -> JournalSync.Outcome

    init(
        journal: JournalFile, live: LiveWatch, json: Bool,
        sync: @escaping @Sendable () async throws -> JournalSync.Outcome
    ) {
        self.journal = journal
        self.live = live
        self.json = json
        self.sync = sync
    }

    private enum Occasion: Sendable {
        case change
        /// The live connection says why it is gone.
        case offline(Failure)
        case stop
    }

    /// Returns when the person presses Ctrl-C.
    ///
    /// - Throws: `session.expired`: nothing but a person can help then.
    func run(server: String) async throws {
        let (occasions, tell) = AsyncStream.makeStream(of: Occasion.self, bufferingPolicy: .bufferingNewest(8))
        let signals = Interruption.sources { tell.yield(.stop) }
        defer { for signal in signals { signal.cancel() } }
        tell.yield(.change)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.followServer(tell) }
            group.addTask { try await self.followJournal(tell) }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(Self.quietSecondsMax))
                    tell.yield(.change)
                }
            }
            defer { group.cancelAll() }
            var isOffline = false
            for await occasion in occasions {
                switch occasion {
                case .stop:
                    if !json { Terminal.note("Stopped watching.") }
                    return
                case .offline(let failure):
                    if failure.kind == .unauthenticated, failure.code.hasPrefix("session.") { throw failure }
                    if !isOffline { Terminal.note("Offline: \(failure.message)") }
                    isOffline = true
                case .change:
                    isOffline = try await syncNow(server: server, wasOffline: isOffline)
                    try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
                }
            }
        }
    }

    /// - Returns: whether the server could not be reached.
    private func syncNow(server: String, wasOffline: Bool) async throws -> Bool {
        do {
            let report = SyncReport(try await sync(), server: server)
            if !report.isQuiet || wasOffline || json { report.printed(json: json) }
            // Whoever reads this through a pipe wants it now.
            fflush(nil)
            return false
        } catch let failure as Failure where failure.kind == .unavailable || failure.kind == .tooMany {
            if !wasOffline { Terminal.note("Offline: \(failure.message)") }
            return true
        }
    }

    private func followServer(_ tell: AsyncStream<Occasion>.Continuation) async {
        for await event in live.events() {
            switch event {
            case .connected, .changed: tell.yield(.change)
            case .disconnected(let failure):
                // The server ends connections now and then; they come back by themselves.
                if !failure.code.hasPrefix("live.") { tell.yield(.offline(failure)) }
            }
        }
    }

    /// Other commands write to the journal while this one watches.
    private func followJournal(_ tell: AsyncStream<Occasion>.Continuation) async throws {
        var seen = try await journal.foreignChanges()
        while true {
            try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            let now = try await journal.foreignChanges()
            if now != seen { tell.yield(.change) }
            seen = now
        }
    }
}
