import Primitives
import Sync

/// The images' bytes on this device, and which of them the server is known to have.
package protocol BlobShelf: Sendable {
    /// Bytes that are here and that the server is not known to have, with their sizes. At most `countMax`,
    /// after `last` in the order of names.
    func unsent(after last: BlobName?, countMax: Int) async throws -> [(name: BlobName, size: Int64)]
    /// Notes that the server has these. To forget it does no harm: it is asked again.
    func markSent(_ names: [BlobName]) async throws
    /// Images of the journal whose bytes are not here. At most `countMax`, after `last` in the order of names.
    func lacking(after last: BlobName?, countMax: Int) async throws -> [BlobName]

    func read(_ name: BlobName, offset: Int64, count: Int) async throws -> [UInt8]
    /// How many bytes of an unfinished download are here.
    func received(_ name: BlobName) async throws -> Int64
    /// - Returns: how many bytes are here now.
    func append(_ name: BlobName, offset: Int64, bytes: [UInt8]) async throws
    /// Compares what came with its name and keeps it.
    func finish(_ name: BlobName, size: Int64) async throws
    /// Notes in the journal that these are here, and on the server. To forget it does no harm: it is found out.
    func markReceived(_ blobs: [(name: BlobName, size: Int64)]) async throws
}

/// Moves images' bytes in both directions, and goes on where an earlier try stopped.
///
/// Asks the server nothing when there is nothing to move, so a sync without news stays one request.
package struct BlobSync: Sendable {
    package struct Outcome: Hashable, Sendable {
        package var sent = 0
        package var received = 0
        package var bytesSent: Int64 = 0
        package var bytesReceived: Int64 = 0
        /// Images whose bytes the server does not have either: the device that added them has not synced them yet.
        package var awaited = 0
        /// Images that the server has no room for. They stay here, and every sync tries again.
        package var refused = 0
        package var bytesRefused: Int64 = 0
        /// The first of them, at most `BlobSync.namedMax`.
        package var refusedNames: [BlobName] = []
        /// What the server says of it.
        package var refusal: String?

        package init() {}
    }

    /// Blobs that move at the same time.
    package static let parallelCount = 4
    /// How many refused images are told by name.
    package static let namedMax = 20
    /// How many are noted in one transaction.
    private static let notedTogether = 64
    /// How often one blob is tried again after the connection was cut.
    private static let attemptsMax = 5

    private let shelf: any BlobShelf
    private let server: any SyncProtocol
    private let report: @Sendable (Outcome) -> Void

    /// - Parameter report: is told of the progress after each blob.
    package init(
        shelf: any BlobShelf, server: any SyncProtocol, report: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.shelf = shelf
        self.server = server
        self.report = report
    }

    package func run() async throws -> Outcome {
        var outcome = Outcome()
        try await upload(&outcome)
        try await download(&outcome)
        return outcome
    }

    // MARK: Up

    private func upload(_ outcome: inout Outcome) async throws {
        var last: BlobName?
        let room = Room()
        while true {
            let unsent = try await shelf.unsent(after: last, countMax: BlobLimits.namesMax)
            guard !unsent.isEmpty else { return }
            last = unsent.last?.name
            let missing = Set(try await server.missingBlobs(among: unsent.map(\.name)))
            try await shelf.markSent(unsent.map(\.name).filter { !missing.contains($0) })
            try await each(unsent.filter { missing.contains($0.name) }) { blob in
                (name: blob.name, size: blob.size, isSent: try await self.offer(blob.name, size: blob.size, room))
            } note: { blobs in
                try await shelf.markSent(blobs.filter(\.isSent).map(\.name))
            } count: { blob in
                if blob.isSent {
                    outcome.sent += 1
                    outcome.bytesSent += blob.size
                    report(outcome)
                } else {
                    outcome.refused += 1
                    outcome.bytesRefused += blob.size
                    if outcome.refusedNames.count < Self.namedMax { outcome.refusedNames.append(blob.name) }
                }
            }
            outcome.refusal = await room.refusal
            guard unsent.count == BlobLimits.namesMax else { return }
        }
    }

    /// - Returns: false when the server has no room for it.
    private func offer(_ name: BlobName, size: Int64, _ room: Room) async throws -> Bool {
        guard await room.mayHold(size) else { return false }
        do {
            try await send(name, size: size)
            return true
        } catch let failure as Failure where failure.code == "image.quota_exceeded" {
            await room.note(failure, of: size)
            return false
        }
    }

    private func send(_ name: BlobName, size: Int64) async throws {
        var isFirst = true
        try await repeating {
            var offset: Int64 = 0
            // The first piece of a small blob is all of it: asking first would cost as much as sending.
            if !isFirst || size > Int64(BlobLimits.chunkBytes) {
                switch try await server.blobProgress(name) {
                case .complete: return
                case .partial(let received): offset = min(received, size)
                }
            }
            isFirst = false
            try await server.uploadBlob(name, size: size, from: offset) { [shelf] offset, count in
                try await shelf.read(name, offset: offset, count: count)
            }
        }
    }

    // MARK: Down

    private func download(_ outcome: inout Outcome) async throws {
        var last: BlobName?
        while true {
            let lacking = try await shelf.lacking(after: last, countMax: BlobLimits.namesMax)
            guard !lacking.isEmpty else { return }
            last = lacking.last
            // One question for all of them: what the server lacks as well cannot be fetched one by one either.
            let awaited = Set(try await server.missingBlobs(among: lacking))
            outcome.awaited += awaited.count
            try await each(lacking.filter { !awaited.contains($0) }) { name in
                (name: name, size: try await self.fetch(name) ?? -1)
            } note: { blobs in
                try await shelf.markReceived(blobs.filter { $0.size >= 0 })
            } count: { blob in
                if blob.size < 0 {
                    outcome.awaited += 1
                } else {
                    outcome.received += 1
                    outcome.bytesReceived += blob.size
                }
                report(outcome)
            }
            guard lacking.count == BlobLimits.namesMax else { return }
        }
    }

    /// - Returns: the size; nil when the server has let go of it in the meantime.
    private func fetch(_ name: BlobName) async throws -> Int64? {
        var result: Int64?
        do {
            try await repeating {
                let offset = try await shelf.received(name)
                let place = Place(offset)
                let size = try await server.downloadBlob(name, from: offset) { [shelf] bytes in
                    try await shelf.append(name, offset: place.advance(by: bytes.count), bytes: bytes)
                }
                try await shelf.finish(name, size: size)
                result = size
            }
        } catch let failure as Failure where failure.code == "blob.not_found" {
            return nil
        }
        return result
    }

    // MARK: Several at a time

    /// - Parameters:
    ///   - note: is given what has moved, many at once: each note is a transaction that waits for the disk.
    ///   - count: is told of each as it has moved.
    private func each<Item: Sendable, Moved: Sendable>(
        _ items: [Item], _ move: @escaping @Sendable (Item) async throws -> Moved,
        note: ([Moved]) async throws -> Void, count: (Moved) -> Void
    ) async throws {
        var moved: [Moved] = []
        do {
            try await withThrowingTaskGroup(of: Moved.self) { group in
                var rest = items.makeIterator()
                for _ in 0..<Self.parallelCount {
                    if let item = rest.next() { group.addTask { try await move(item) } }
                }
                while let result = try await group.next() {
                    moved.append(result)
                    count(result)
                    if moved.count == Self.notedTogether {
                        try await note(moved)
                        moved.removeAll()
                    }
                    if let item = rest.next() { group.addTask { try await move(item) } }
                }
            }
        } catch {
            try? await note(moved)
            throw error
        }
        try await note(moved)
    }

    /// Tries again when the connection was cut on the way; each try asks anew how far the other side is.
    private func repeating(_ body: () async throws -> Void) async throws {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let failure as Failure
                where attempt < Self.attemptsMax
                && ["server.unreachable", "blob.wrong_offset", "blob.busy", "blob.wrong_content"].contains(failure.code)
            {
                try await Task.sleep(for: .milliseconds(100 << attempt))
                attempt += 1
            }
        }
    }
}

/// What is known of the room on the server: what was too large for it need not be tried with what is as large.
private actor Room {
    private var sizeMax = Int64.max
    private(set) var refusal: String?

    func mayHold(_ size: Int64) -> Bool { size < sizeMax }

    func note(_ failure: Failure, of size: Int64) {
        sizeMax = min(sizeMax, size)
        refusal = failure.message
    }
}

/// How far one download has come. Its pieces come one after the other.
private actor Place {
    private var offset: Int64

    init(_ offset: Int64) { self.offset = offset }

    /// - Returns: where the bytes that came belong.
    func advance(by count: Int) -> Int64 {
        defer { offset += Int64(count) }
        return offset
    }
}
