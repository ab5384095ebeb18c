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

/// How the client tells what it holds: the clock, or the digest of one that both still know.
package enum ClockClaim: Hashable, Sendable {
    case clock(VectorClock)
    case digest(UInt64)
}

package struct ExchangeRequest: Sendable {
    /// What the client holds, without `commits`.
    package var claim: ClockClaim
    /// The counter of the client's own replica.
    package var ownCounter: UInt64
    /// The hash of that commit, when the client asks where it stands and sends none that would tell.
    package var ownHash: CommitHash?
    /// The client's content hash, `commits` included; nil while it has more to send.
    package var content: ContentHash?
    package var commits: [EncodedCommit]
    /// How many bytes of commits the client takes in one answer.
    package var answerBytesMax: Int

    package init(
        claim: ClockClaim, ownCounter: UInt64, ownHash: CommitHash?, content: ContentHash?, commits: [EncodedCommit],
        answerBytesMax: Int = ExchangeLimits.answerBytesMax
    ) {
        self.claim = claim
        self.ownCounter = ownCounter
        self.ownHash = ownHash
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
    package var wantsClock = false
    package var fork: Fork?

    package init() {}
}

/// What the server has of a replica that turns out to exist twice.
package struct Fork: Hashable, Sendable {
    /// The replica's counter on the server.
    package let counter: UInt64
    /// The counter of the first of `hashes`.
    package let first: UInt64
    package let hashes: [CommitHash]

    package init(counter: UInt64, first: UInt64, hashes: [CommitHash]) {
        self.counter = counter
        self.first = first
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
    /// A fork is found within this many commits of the last one both agree on, or by the whole chain.
    package static let forkHashesMax = 100_000
}

extension VectorClock {
    /// Names a clock in eight bytes; never 0.
    package var digest: UInt64 {
        var hash = ContentHash()
        for entry in entries { hash.insert(.tombstone(Kind(rawValue: 0), EntityID(rawValue: 0), entry)) }
        return max(1, UInt64(truncatingIfNeeded: hash.rawValue))
    }
}

extension ExchangeRequest {
    /// - Parameter own: the sender's replica, which is left out where it is understood.
    package func encoded(own: ReplicaID) throws -> [UInt8] {
        var message = Daybook_Sync_V1_ExchangeRequest()
        switch claim {
        case .clock(let clock): message.clock = clock.entries.map(\.message)
        case .digest(let digest): message.clockDigest = digest
        }
        message.ownCounter = ownCounter
        if let ownHash { message.ownHash = Data(ownHash.bytes) }
        if let content { message.content = Data(content.bytes) }
        message.runs = CommitRun.runs(of: commits, own: own)
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
            WireCount.parts(4, 4, in: bytes) <= ExchangeLimits.commitsMax
        else { throw .damagedBody }
        let message: Daybook_Sync_V1_ExchangeRequest
        do {
            message = try Daybook_Sync_V1_ExchangeRequest(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        self.init(
            claim: message.clockDigest == 0
                ? .clock(try VectorClock(checking: message.clock)) : .digest(message.clockDigest),
            ownCounter: message.ownCounter,
            ownHash: CommitHash(bytes: message.ownHash),
            content: ContentHash(bytes: message.content),
            commits: try CommitRun.commits(of: message.runs, own: own),
            answerBytesMax: message.answerBytesMax == 0
                ? ExchangeLimits.answerBytesMax
                : Int(min(message.answerBytesMax, UInt64(ExchangeLimits.answerBytesMax))))
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
        message.wantsClock = wantsClock
        if let fork {
            message.fork.counter = fork.counter
            message.fork.first = fork.first
            message.fork.hashes = fork.hashes.map { Data($0.bytes) }
        }
        return try message.serializedBytes()
    }

    package init(encoded bytes: [UInt8], own: ReplicaID) throws(Failure) {
        guard bytes.count <= ExchangeLimits.messageBytesMax else {
            throw .bodyTooLarge(bytesMax: ExchangeLimits.messageBytesMax)
        }
        try VectorClock.check(entryCount: WireCount.parts(1, in: bytes))
        guard WireCount.parts(3, in: bytes) <= ExchangeLimits.commitsMax,
            WireCount.parts(3, 4, in: bytes) <= ExchangeLimits.commitsMax
        else { throw .damagedBody }
        let message: Daybook_Sync_V1_ExchangeResponse
        do {
            message = try Daybook_Sync_V1_ExchangeResponse(serializedBytes: bytes)
        } catch {
            throw .damagedBody
        }
        if message.clock == [Daybook_Sync_V1_ClockEntry()] {
            clock = VectorClock()
        } else if !message.clock.isEmpty {
            clock = try VectorClock(checking: message.clock)
        }
        content = ContentHash(bytes: message.content)
        commits = try CommitRun.commits(of: message.runs, own: own)
        hasMore = message.hasMore_p
        wantsClock = message.wantsClock
        if message.hasFork {
            fork = Fork(
                counter: message.fork.counter, first: message.fork.first,
                hashes: message.fork.hashes.compactMap { CommitHash(bytes: $0) })
        }
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
        let dots = entries.map { Dot($0) }
        guard dots.allSatisfy({ $0.counter > 0 && $0.counter <= UInt64(Int64.max) }) else {
            throw Failure(.invalid, "sync.bad_clock", "The clock has a counter that cannot be.")
        }
        self.init(dots)
    }
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
