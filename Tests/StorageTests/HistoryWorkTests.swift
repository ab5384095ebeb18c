import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport
import Testing

/// The history of one thing says what the plain definition says, and costs about as much as there is of it.
@Suite struct HistoryWorkTests {
    private static let trade = EntityID.numbered(1)
    private static let key = JournalState.Key(Schema.trade.kind, trade)
    private static let notes = Schema.trade.number(of: "notes")
    private static let rating = Schema.trade.number(of: "rating")

    // MARK: The plain definition

    private struct Write {
        let dot: Dot
        let field: UInt32
        let value: Value
    }

    /// Every write of the trade in a journal, with what each writer had seen.
    private struct Writes {
        var all: [Write] = []
        var contexts: [Dot: VectorClock] = [:]
        var times: [Dot: HybridTime] = [:]

        init(_ journal: JournalFile) async throws {
            var last: [ReplicaID: VectorClock] = [:]
            for encoded in try await journal.commits(missingFrom: VectorClock(), bytesMax: .max).commits {
                let commit = try Commit(dot: encoded.dot, encoded: encoded.bytes)
                let context = commit.context(after: last[commit.dot.replica] ?? VectorClock())
                last[commit.dot.replica] = context
                (contexts[commit.dot], times[commit.dot]) = (context, commit.time)
                for case .put(Schema.trade.kind, HistoryWorkTests.trade, let writes) in commit.mutations {
                    all += writes.map { Write(dot: commit.dot, field: $0.field, value: $0.value) }
                }
            }
        }

        func context(_ dot: Dot) -> VectorClock { contexts[dot] ?? VectorClock() }

        /// What the writer of a commit had before its eyes: of all writes it had seen, those that none of them had.
        func before(_ dot: Dot, _ field: UInt32) -> Value {
            let seen = all.filter { $0.field == field && context(dot).covers($0.dot) }
            let standing = seen.filter { one in !seen.contains { context($0.dot).covers(one.dot) } }
            return shown(standing, of: seen, field)
        }

        private func shown(_ standing: [Write], of seen: [Write], _ field: UInt32) -> Value {
            let ordered = standing.sorted { (times[$0.dot] ?? .zero, $0.dot) < (times[$1.dot] ?? .zero, $1.dot) }
            guard ordered.count > 1, field == HistoryWorkTests.notes else { return ordered.last?.value ?? .null }
            guard ordered.contains(where: { $0.value != ordered[0].value }) else { return ordered[0].value }
            let past = ordered.dropFirst().reduce(context(ordered[0].dot)) { $0.met(with: context($1.dot)) }
            let common = seen.filter { past.covers($0.dot) }
            let latest = common.filter { one in !common.contains { context($0.dot).covers(one.dot) } }
            let base = latest.isEmpty ? Value.null : shown(latest, of: seen, field)
            return .text(TextMerge.merge(base: text(base), versions: ordered.map { text($0.value) }).text)
        }

        private func text(_ value: Value) -> String {
            if case .text(let text) = value { text } else { "" }
        }
    }

    /// Devices that write one trade and see some of each other's, as it can come about.
    private func devices(seed: UInt64) async throws -> [AdversarialDevice] {
        var dice = Dice(seed: seed)
        let devices = [
            try await AdversarialDevice("Desk"), try await AdversarialDevice("Phone"),
            try await AdversarialDevice("Pad"),
        ]
        let server = try await AdversarialServer()
        for _ in 0..<(6 + dice.roll(10)) {
            let device = dice.pick(devices)
            switch dice.roll(4) {
            case 0: try await server.sync(device)
            case 1: try await device.put(Schema.trade, Self.trade, ["rating": .integer(Int64(dice.roll(3)))])
            default:
                let text = dice.pick(["one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n", "one\ntwo\nthree\n", ""])
                try await device.put(Schema.trade, Self.trade, ["notes": .text(text)])
            }
        }
        try await server.settle(devices[0], devices[1], devices[2])
        return devices
    }

    @Test(arguments: 1...25 as ClosedRange<UInt64>)
    func `what each writer had before its eyes is what the plain definition says`(seed: UInt64) async throws {
        let devices = try await devices(seed: seed)
        for device in devices {
            let writes = try await Writes(device.journal)
            let told = try await device.journal.read {
                try HistoryStore($0).changes(of: [Self.key], countMax: 1000).entries
            }
            let dots = Set(writes.all.map(\.dot))
            let expected = dots.sorted { (writes.times[$0] ?? .zero, $0) > (writes.times[$1] ?? .zero, $1) }
            #expect(told.map(\.dot) == expected, "seed \(seed)")
            for entry in told {
                let plain = writes.all.filter { $0.dot == entry.dot }.compactMap { write -> String? in
                    let before = writes.before(write.dot, write.field)
                    return before == write.value
                        ? nil : "\(write.field == Self.notes ? "notes" : "rating") \(before) \(write.value)"
                }
                let changes = entry.changes.map { change in
                    if case .wrote(let field, let before, let after) = change {
                        "\(field) \(before) \(after)"
                    } else {
                        "\(change)"
                    }
                }
                #expect(changes == plain, "seed \(seed)")
            }
        }
    }

    // MARK: What it costs

    /// A trade whose notes were saved so often, each time after the last.
    private func saved(_ count: Int, text: (Int) -> String = { "note \($0)\n" }) async throws -> JournalFile {
        let journal = try await JournalFile.inMemory(world: .live)
        var writer = HostileWriter()
        var commits: [EncodedCommit] = []
        for number in 0..<count {
            commits.append(
                try writer.next([.put(Schema.trade.kind, Self.trade, [FieldWrite(Self.notes, .text(text(number)))])]))
        }
        try await journal.receive(commits)
        return journal
    }

    /// Two replicas that each see the other's last save, and save again at the same time.
    private func crossed(_ count: Int) async throws -> JournalFile {
        let journal = try await JournalFile.inMemory(world: .live)
        var writers = [HostileWriter(77), HostileWriter(78)]
        var commits: [EncodedCommit] = []
        for number in 0..<count {
            let heads = writers.map { Dot($0.replica, $0.counter) }
            for index in 0...1 {
                let seen = heads[1 - index]
                commits.append(
                    try writers[index].next(
                        context: seen.counter > 0 ? [seen] : [],
                        [
                            .put(
                                Schema.trade.kind, Self.trade,
                                [FieldWrite(Self.notes, .text("note \(number) of \(index)\nend\n"))])
                        ]))
            }
        }
        try await journal.receive(commits)
        return journal
    }

    /// The steps that the whole history of the trade takes.
    private func steps(_ journal: JournalFile) async throws -> Int {
        let budget = WorkBudget(stepsMax: 1 << 40, bytesMax: 1 << 40)
        let told = try await WorkBudget.$current.withValue(budget) {
            try await journal.read { try HistoryStore($0).changes(of: [Self.key], countMax: 10_000).entries.count }
        }
        #expect(told > 0)
        return (1 << 40) - budget.stepsLeft
    }

    @Test func `twice as many saves of a note take about twice the steps`() async throws {
        let (half, whole) = (try await steps(saved(800)), try await steps(saved(1600)))
        #expect(half > 800)
        #expect(Double(whole) <= 2.5 * Double(half))
    }

    @Test func `where saves crossed, twice as many take about twice the steps, too`() async throws {
        let (half, whole) = (try await steps(crossed(200)), try await steps(crossed(400)))
        #expect(half > 400)
        #expect(Double(whole) <= 2.5 * Double(half))
    }

    @Test func `a history that costs more than one may ask for is not told`() async throws {
        let journal = try await saved(800)
        let budget = WorkBudget(stepsMax: 500, bytesMax: 1 << 40)
        let code = await failureCode {
            try await WorkBudget.$current.withValue(budget) {
                _ = try await journal.read { try HistoryStore($0).changes(of: [Self.key], countMax: 1) }
            }
        }
        #expect(code == "request.too_much")
    }

    @Test func `a long history is told in parts, and every save is in one of them once`() async throws {
        let journal = try await saved(60) { "\($0) " + String(repeating: "long ", count: 2_000) }
        var dots: [Dot] = []
        var parts = 0
        var last: Dot?
        while parts < 100 {
            let part = try await journal.read { [last] in
                try HistoryStore($0).changes(of: [Self.key], after: last, countMax: 1000, bytesMax: 67_000)
            }
            #expect(part.count == 60)
            #expect(part.entries.count < 5)
            dots += part.entries.map(\.dot)
            last = part.entries.last?.dot
            parts += 1
            if !part.hasMore { break }
        }
        #expect(dots.count == 60)
        #expect(Set(dots).count == 60)
        #expect(parts > 12)
    }

    @Test func `an undo among long saves puts back what was there`() async throws {
        let desk = try await TestDevice("Desk")
        for number in 0..<5 {
            let text = "\(number) " + String(repeating: "long ", count: 2_000)
            try await desk.put(Schema.trade, Self.trade, ["notes": .text(text)])
        }
        _ = try await desk.journal.undo(try await desk.lastCommit())
        #expect(try await desk.fields(Schema.trade, Self.trade)["notes"]?.hasPrefix("3 ") == true)
    }
}
