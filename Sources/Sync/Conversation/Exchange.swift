import Foundation
import Primitives
import SwiftProtobuf

/// A commit as its writer encoded it.
package struct EncodedCommit: Hashable, Sendable {
    package let dot: Dot
    package let bytes: [UInt8]

    package init(_ dot: Dot, _ bytes: [UInt8]) {
        self.dot = dot
        self.bytes = bytes
    }
}

/// How the client tells what it holds: the last commit of each replica, or the digest of heads that both still know.
package enum ClockClaim: Hashable, Sendable {
    case heads(SyncHeads)
    case digest(UInt64)
}

package struct ExchangeRequest: Sendable {
    /// What the client holds, without `commits`.
    package var claim: ClockClaim
    /// The counter of the client's own replica, `commits` included.
    package var ownCounter: UInt64
    /// The client's content hash, `commits` included; nil while it has more to send.
    package var content: ContentHash?
    package var commits: [EncodedCommit]
    /// Commits whose hashes the client wants to know. A request that asks is answered with the server's heads alone.
    package var asked: [Dot] = []
    /// How many bytes of commits the client takes in one answer.
    package var answerBytesMax: Int

    package init(
        claim: ClockClaim, ownCounter: UInt64, content: ContentHash?, commits: [EncodedCommit],
        answerBytesMax: Int = ExchangeLimits.answerBytesMax
    ) {
        self.claim = claim
        self.ownCounter = ownCounter
        self.content = content
        self.commits = commits
        self.answerBytesMax = answerBytesMax
    }
}

package struct ExchangeResponse: Sendable {
    /// The server's clock; nil when it is the request's clock with its commits.
    package var clock: VectorClock?
    /// The server's content hash; nil when it equals the request's.
    package var content: ContentHash?
    package var commits: [EncodedCommit] = []
    package var hasMore = false
    /// Instead of all that, where the server stands: the request asked for it, or speaks of a history that the server
    /// does not know as its own. Nothing was applied.
    package var standing: ServerStanding?

    package init() {}
}

/// Where the server stands, and what a device needs to find where the histories of both part.
package struct ServerStanding: Hashable, Sendable {
    package let heads: SyncHeads
    /// The hashes that were asked for, in their order; nil for commits that are not there. The last ones may be missing,
    /// to be asked for again: each is read from the log, and a commit may be long.
    package let hashes: [CommitHash?]

    package init(heads: SyncHeads, hashes: [CommitHash?]) {
        self.heads = heads
        self.hashes = hashes
    }
}

package enum ExchangeLimits {
    /// Commits in one request, before compression.
    package static let requestBytesMax = 4 << 20
    package static let answerBytesMax = 4 << 20
    /// A whole message: commits, framing and clocks.
    package static let messageBytesMax = 8 << 20
    package static let commitsMax = 65_536
    /// Hashes that one request may ask for: each is read from the log.
    package static let askedMax = 256
    /// How much of the log is read for the hashes that a request asks for or claims, in bytes as they were written.
    package static let hashedBytesMax = 32 << 20
}

extension ExchangeRequest {
    /// - Parameter own: the sender's replica, which is left out where it is understood.
    package func encoded(own: ReplicaID) throws -> [UInt8] {
        var message = Daybook_Sync_V1_ExchangeRequest()
        switch claim {
        case .heads(let heads): (message.clock, message.clockHashes) = heads.parts
        case .digest(let digest): message.clockDigest = digest
        }
        message.ownCounter = ownCounter
        if let content { message.content = Data(content.bytes) }
        message.runs = CommitRun.runs(of: commits, own: own)
        message.asked = asked.map(\.message)
        if answerBytesMax != ExchangeLimits.answerBytesMax { message.answerBytesMax = UInt64(answerBytesMax) }
        return try message.serializedBytes()
    }

    /// - Parameter own: the replica of the session that sent it.
    package init(encoded bytes: [UInt8], own: ReplicaID) throws(Failure) {
        guard bytes.count <= ExchangeLimits.messageBytesMax else {
            throw .bodyTooLarge(bytesMax: ExchangeLimits.messageBytesMax)
        }
        try VectorClock.check(entryCount: WireCount.parts(2, in: bytes))
        guard WireCount.parts(4, in: bytes) <= ExchangeLimits.commitsMax,
            WireCount.parts(4, 4, in: bytes) <= ExchangeLimits.commitsMax,
            WireCount.parts(8, in: bytes) <= CommitLimits.clockEntriesMax,
            WireCount.parts(9, in: bytes) <= ExchangeLimits.askedMax
        else { throw .damagedBody }
        let message: Daybook_Sync_V1_ExchangeRequest
        do {
            message = try Daybook_Sync_V1_ExchangeRequest(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        self.init(
            claim: message.clockDigest == 0
                ? .heads(try SyncHeads(checking: message.clock, message.clockHashes)) : .digest(message.clockDigest),
            ownCounter: message.ownCounter,
            content: ContentHash(bytes: message.content),
            commits: try CommitRun.commits(of: message.runs, own: own),
            answerBytesMax: message.answerBytesMax == 0
                ? ExchangeLimits.answerBytesMax
                : Int(min(message.answerBytesMax, UInt64(ExchangeLimits.answerBytesMax))))
        asked = try VectorClock.checked(message.asked)
    }
}

extension ExchangeResponse {
    package func encoded(own: ReplicaID) throws -> [UInt8] {
        var message = Daybook_Sync_V1_ExchangeResponse()
        // No entry says that the request told the clock; a server that has nothing says so by an empty one.
        if let clock { message.clock = clock.isEmpty ? [Daybook_Sync_V1_ClockEntry()] : clock.entries.map(\.message) }
        if let content { message.content = Data(content.bytes) }
        message.runs = CommitRun.runs(of: commits, own: own)
        message.hasMore_p = hasMore
        if let standing {
            message.isStanding = true
            (message.clock, message.clockHashes) = standing.heads.parts
            message.hashes = standing.hashes.map { Data($0?.bytes ?? []) }
        }
        return try message.serializedBytes()
    }

    package init(encoded bytes: [UInt8], own: ReplicaID) throws(Failure) {
        guard bytes.count <= ExchangeLimits.messageBytesMax else {
            throw .bodyTooLarge(bytesMax: ExchangeLimits.messageBytesMax)
        }
        try VectorClock.check(entryCount: WireCount.parts(1, in: bytes))
        guard WireCount.parts(3, in: bytes) <= ExchangeLimits.commitsMax,
            WireCount.parts(3, 4, in: bytes) <= ExchangeLimits.commitsMax,
            WireCount.parts(7, in: bytes) <= CommitLimits.clockEntriesMax,
            WireCount.parts(8, in: bytes) <= ExchangeLimits.askedMax
        else { throw .damagedBody }
        let message: Daybook_Sync_V1_ExchangeResponse
        do {
            message = try Daybook_Sync_V1_ExchangeResponse(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        if message.isStanding {
            standing = ServerStanding(
                heads: try SyncHeads(checking: message.clock, message.clockHashes),
                hashes: message.hashes.map { CommitHash(bytes: $0) })
            return
        }
        if message.clock == [Daybook_Sync_V1_ClockEntry()] {
            clock = VectorClock()
        } else if !message.clock.isEmpty {
            clock = try VectorClock(checking: message.clock)
        }
        content = ContentHash(bytes: message.content)
        commits = try CommitRun.commits(of: message.runs, own: own)
        hasMore = message.hasMore_p
    }
}

extension SyncHeads {
    fileprivate var parts: (clock: [Daybook_Sync_V1_ClockEntry], hashes: [Data]) {
        (clock.entries.map(\.message), clock.entries.map { Data(self[$0.replica]?.bytes ?? []) })
    }

    /// - Throws: `sync.clock_too_large`, `sync.bad_clock`, also for a clock whose hashes are not one for each entry.
    fileprivate init(
        checking entries: [Daybook_Sync_V1_ClockEntry], _ hashes: [Data]
    ) throws(Failure) {
        try VectorClock.check(entryCount: entries.count)
        let dots = try VectorClock.checked(entries)
        let read = hashes.compactMap { CommitHash(bytes: $0) }
        guard read.count == dots.count, Set(dots.map(\.replica)).count == dots.count else { throw .badClock }
        self.init(zip(dots, read))
    }
}

extension VectorClock {
    static func check(entryCount: Int) throws(Failure) {
        guard entryCount <= CommitLimits.clockEntriesMax else {
            throw Failure(
                .tooLarge, "sync.clock_too_large",
                "The clock names \(entryCount) replicas; \(CommitLimits.clockEntriesMax) are allowed.")
        }
    }

    init(checking entries: [Daybook_Sync_V1_ClockEntry]) throws(Failure) {
        try Self.check(entryCount: entries.count)
        self.init(try Self.checked(entries))
    }

    fileprivate static func checked(_ entries: [Daybook_Sync_V1_ClockEntry]) throws(Failure) -> [Dot] {
        let dots = entries.map { Dot($0) }
        guard dots.allSatisfy({ $0.counter > 0 && $0.counter <= UInt64(Int64.max) }) else { throw .badClock }
        return dots
    }
}

extension Failure {
    fileprivate static let badClock = Failure(
        .invalid, "sync.bad_clock", "The clock has a counter or a hash that cannot be.")
}

private enum CommitRun {
    static func runs(of commits: [EncodedCommit], own: ReplicaID) -> [Daybook_Sync_V1_CommitRun] {
        var runs: [Daybook_Sync_V1_CommitRun] = []
        var last: Dot?
        for commit in commits {
            if let previous = last, previous.replica == commit.dot.replica, previous.counter + 1 == commit.dot.counter {
                runs[runs.count - 1].commits.append(Data(commit.bytes))
            } else {
                var run = Daybook_Sync_V1_CommitRun()
                if commit.dot.replica != own { (run.replicaHigh, run.replicaLow) = commit.dot.replica.halves }
                run.first = commit.dot.counter
                run.commits = [Data(commit.bytes)]
                runs.append(run)
            }
            last = commit.dot
        }
        return runs
    }

    static func commits(
        of runs: [Daybook_Sync_V1_CommitRun], own: ReplicaID
    ) throws(Failure) -> [EncodedCommit] {
        var commits: [EncodedCommit] = []
        for run in runs {
            let named = ReplicaID(high: run.replicaHigh, low: run.replicaLow)
            let replica = named.rawValue == 0 ? own : named
            guard run.first > 0, run.first <= UInt64(Int64.max) - UInt64(run.commits.count),
                commits.count + run.commits.count <= ExchangeLimits.commitsMax
            else { throw .damagedBody }
            for (offset, bytes) in run.commits.enumerated() {
                commits.append(EncodedCommit(Dot(replica, run.first + UInt64(offset)), Array(bytes)))
            }
        }
        return commits
    }
}
