import Primitives

extension Dot {
    /// The greatest counter that a journal takes for one: a thousand commits a second, for eight thousand years. What is
    /// derived from counters can be added up without a thought to the end of Int64.
    package static let counterMax: UInt64 = 1 << 48

    /// Reads a name from a file, which may have come from anybody once.
    ///
    /// - Throws: `journal.damaged` for a counter that no commit can have.
    package init(stored counter: Int64, of replica: ReplicaID) throws(Failure) {
        guard counter >= 1, counter <= Int64(Self.counterMax) else {
            throw .damagedNumber("replica \(replica) has a commit of the number \(counter)")
        }
        self.init(replica, UInt64(counter))
    }

    /// Reads the number of commits of a replica from a file; 0 for one that has none.
    ///
    /// - Throws: `journal.damaged` for a number that cannot be.
    package static func count(stored counter: Int64, of replica: ReplicaID) throws(Failure) -> UInt64 {
        counter == 0 ? 0 : try Dot(stored: counter, of: replica).counter
    }
}

extension Kind {
    /// Reads a kind from a file.
    ///
    /// - Throws: `journal.damaged` for a number that no kind can have.
    package init(stored number: Int64) throws(Failure) {
        guard number >= 1, number < Int64(Slot.kindCount) else {
            throw .damagedNumber("something is of the kind \(number)")
        }
        self.init(rawValue: UInt32(number))
    }
}

extension Failure {
    fileprivate static func damagedNumber(_ what: String) -> Failure {
        Failure(
            .corrupt, "journal.damaged",
            "The journal is damaged: \(what). Keep a copy of the file, then run `daybook verify`, or restore a backup.")
    }
}
