import Primitives
import Sync

/// Follows the hash chains of a log while its rows are copied.
struct ForeignLog {
    /// A replica's commits as far as they have come by.
    private struct Chain {
        let replica: ReplicaID
        let counter: UInt64
        let hash: [UInt8]?
        var count: UInt64 = 0
        /// The hash of the last commit; nil when its bytes are not here.
        var last: CommitHash?
        /// Whether `last` can be told: nothing before the first commit is its parent.
        var isLastKnown = true
    }

    private var chains: [Int64: Chain] = [:]
    private var numbers: [ReplicaID: Int64] = [:]
    private(set) var count = 0

    /// Takes a replica in, before any of its commits.
    ///
    /// - Throws: `ForeignRefusal.damaged`.
    mutating func add(_ cells: [StoredCell]) throws {
        guard cells.count == 5, case .integer(let number) = cells[0], case .bytes(let id) = cells[1],
            case .integer(let counter) = cells[2], let replica = ReplicaID(bytes: id), chains[number] == nil,
            numbers[replica] == nil
        else { throw ForeignRefusal.damaged("a replica is there twice") }
        var hash: [UInt8]?
        if case .bytes(let bytes) = cells[4] { hash = bytes }
        guard (hash == nil) == (counter == 0) else {
            throw ForeignRefusal.damaged("a replica has no last commit")
        }
        numbers[replica] = number
        chains[number] = Chain(
            replica: replica, counter: try Dot.count(stored: counter, of: replica), hash: hash)
    }

    /// Whether there is a commit of this name.
    func has(_ number: Int64, _ counter: Int64) -> Bool {
        chains[number].map { counter >= 1 && UInt64(counter) <= $0.counter } ?? false
    }

    /// Takes the next row of the log.
    ///
    /// - Throws: `ForeignRefusal.damaged`.
    mutating func append(_ cells: [StoredCell]) throws {
        guard cells.count == 6, case .integer(let number) = cells[0], case .integer(let counter) = cells[1],
            case .integer(let time) = cells[2], case .integer(let packed) = cells[4], var chain = chains[number],
            counter >= 1, UInt64(counter) == chain.count + 1
        else { throw ForeignRefusal.damaged("a commit is missing, or stands before the one it follows") }
        let dot = Dot(chain.replica, chain.count + 1)
        let context = try context(cells[3])
        chain.count += 1
        count += 1
        if case .bytes(let stored) = cells[5] {
            do {
                let bytes = try CommitLog.unpacked(stored, isPacked: packed == 1)
                let commit = try Commit(dot: dot, encoded: bytes)
                guard !chain.isLastKnown || commit.parent == chain.last,
                    commit.time.rawValue == UInt64(bitPattern: time), commit.contextChanges == context
                else { throw ForeignRefusal.damaged("commit \(dot) is not what the log says of it") }
                chain.last = CommitHash(of: dot, bytes: bytes)
                chain.isLastKnown = true
            } catch let failure as Failure {
                throw ForeignRefusal.damaged("commit \(dot) cannot be read (\(failure.code))")
            }
        } else {
            chain.last = nil
            chain.isLastKnown = false
        }
        chains[number] = chain
    }

    /// - Throws: `ForeignRefusal.damaged` unless every chain has come to its end.
    func end() throws {
        for chain in chains.values {
            let isHead = chain.last.map { $0.bytes == chain.hash } ?? true
            guard chain.count == chain.counter, isHead else {
                throw ForeignRefusal.damaged("the history of replica \(chain.replica) does not end where it should")
            }
        }
    }

    /// What the writer had seen, which has to stand before.
    private func context(_ cell: StoredCell) throws -> [Dot] {
        guard case .bytes(let bytes) = cell else { return [] }
        var rest = bytes[...]
        var dots: [Dot] = []
        while !rest.isEmpty {
            guard let number = rest.popVariable(), let counter = rest.popVariable(),
                let chain = chains[Int64(number)], counter >= 1, counter <= chain.count
            else { throw ForeignRefusal.damaged("a commit has seen what does not stand before it") }
            dots.append(Dot(chain.replica, counter))
        }
        return dots
    }
}
