import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import TestSupport

/// A few devices and a server, whatever can happen to them, and what must be true in the end.
///
/// All of it follows from the seed. `steps` cuts the run short: shrinking looks for the shortest run that still fails.
struct Simulation {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private final class Device {
        var journal: JournalFile
        let clock: SimulatedWorld
        var backup: JournalFile?
        /// Edits that were answered, by what they wrote; those a restore took away are dropped with it.
        var acknowledged: [Edit] = []
        var acknowledgedAtBackup: [Edit] = []
        var isOld: Bool

        init(_ journal: JournalFile, _ clock: SimulatedWorld, isOld: Bool) {
            self.journal = journal
            self.clock = clock
            self.isOld = isOld
        }
    }

    private struct Edit: Hashable {
        let summary: String
    }

    /// What a version of some years ago knew.
    private static let oldSchema = Schema(
        kinds: Schema.current.kinds.filter { kind in
            ![Schema.entry, Schema.instrument, Schema.fileImport, Schema.mapping].contains { $0.kind == kind.kind }
        }.map {
            switch $0.kind {
            case Schema.trade.kind, Schema.fill.kind: $0.limited(toFields: 11)
            case Schema.account.kind: $0.limited(toFields: 4)
            default: $0
            }
        })

    private var dice: Dice
    private let steps: Int
    private let seed: UInt64
    private var devices: [Device] = []
    /// The server; and for a while perhaps a clone of it, which some devices reach instead.
    private var servers: [SimulatedServer]
    private let serverClock: SimulatedWorld
    private var serverBackups: [JournalFile] = []
    private var editCount = 0
    private var cloneSeed: UInt64

    private var server: JournalFile { servers[0].journal }

    static func run(seed: UInt64, steps: Int) async throws {
        var simulation = try await Simulation(seed: seed, steps: steps)
        for _ in 0..<steps { try await simulation.step() }
        let present = try await simulation.summariesAnywhere()
        try await simulation.settle()
        try await simulation.check(present)
    }

    private init(seed: UInt64, steps: Int) async throws {
        self.seed = seed
        self.steps = steps
        dice = Dice(seed: seed)
        cloneSeed = seed &* 31
        let start: Int64 = 1_700_000_000_000
        serverClock = SimulatedWorld(milliseconds: start, seed: seed ^ 1)
        servers = [try await SimulatedServer(.inMemory(world: serverClock.world), world: serverClock.world)]
        let day: Int64 = 86_400_000
        let skews: [Int64] = [0, 0, 240_000, -240_000, 5 * day, -5 * day, 3650 * day, -3650 * day]
        for index in 0..<(2 + dice.roll(5)) {
            let clock = SimulatedWorld(
                milliseconds: start + dice.pick(skews), seed: seed &+ 1000 &+ UInt64(index))
            let isOld = dice.chance(25)
            devices.append(
                Device(
                    try await JournalFile.inMemory(
                        world: clock.world, schema: isOld ? Self.oldSchema : .current), clock, isOld: isOld))
        }
    }

    // MARK: What happens

    private mutating func step() async throws {
        let device = dice.pick(devices)
        device.clock.advance(milliseconds: Int64(dice.pick([0, 1, 500, 60_000, 3_600_000])))
        switch dice.roll(100) {
        case 0..<30: try await edit(device)
        case 30..<50: try await act(on: device.journal)
        case 50..<56: try await editOverREST()
        case 56..<58: try await act(on: dice.pick(servers).journal)
        case 58..<80: try await sync(device, isFaulty: true)
        case 80..<82: serverBackups.append(try await copy(server))
        case 82..<84: try await restoreServer()
        case 84: try await cloneServer()
        case 85..<88:
            device.backup = try await JournalFile.inMemory(
                world: device.clock.world, schema: device.journal.schema, copying: device.journal)
            device.acknowledgedAtBackup = device.acknowledged
        case 88..<90: try await restore(device)
        case 90..<91: try await clone(device)
        case 91..<93: device.clock.advance(milliseconds: 2 * 365 * 86_400_000)
        case 93..<95: try await upgrade(device)
        case 95..<97: try await crash(device)
        default: try await sync(device, isFaulty: false)
        }
    }

    private mutating func restore(_ device: Device) async throws {
        guard let backup = device.backup else { return }
        device.journal = backup
        device.isOld = backup.schema.kinds.count < Schema.current.kinds.count
        device.backup = nil
        device.acknowledged = device.acknowledgedAtBackup
    }

    /// The server comes back from any earlier copy, or without its newest commits. What devices have, they bring again.
    private mutating func restoreServer() async throws {
        guard !serverBackups.isEmpty else { return }
        try await serve(try await copy(dice.pick(serverBackups)), at: 0)
    }

    /// A second server from the same file, as when a machine is moved and the old one still runs; or the end of that.
    private mutating func cloneServer() async throws {
        if servers.count > 1 {
            servers.remove(at: dice.roll(2))
        } else {
            try await serve(try await copy(server), at: 1)
        }
    }

    /// What it knew of replicas is lost with it.
    private mutating func serve(_ journal: JournalFile, at index: Int) async throws {
        let server = try await SimulatedServer(journal, world: serverClock.world)
        if index < servers.count { servers[index] = server } else { servers.append(server) }
    }

    private func copy(_ journal: JournalFile) async throws -> JournalFile {
        try await JournalFile.inMemory(world: serverClock.world, copying: journal)
    }

    /// The server writes as a replica of its own.
    private mutating func editOverREST() async throws {
        editCount += 1
        serverClock.advance(milliseconds: Int64(dice.pick([0, 1, 60_000])))
        let summary = "edit \(editCount)"
        let mutations = randomMutations()
        try await dice.pick(servers).journal.edit(summary) { draft, _ in
            for change in mutations { draft.append(change) }
        }
    }

    private mutating func clone(_ device: Device) async throws {
        guard devices.count < 8 else { return }
        cloneSeed += 1
        let clock = SimulatedWorld(milliseconds: device.clock.world.now().milliseconds, seed: cloneSeed)
        let copy = Device(
            try await JournalFile.inMemory(
                world: clock.world, schema: device.journal.schema, copying: device.journal), clock,
            isOld: device.isOld)
        copy.acknowledged = device.acknowledged
        devices.append(copy)
    }

    private func upgrade(_ device: Device) async throws {
        guard device.isOld else { return }
        device.isOld = false
        device.journal = try await JournalFile.inMemory(
            world: device.clock.world, schema: .current, copying: device.journal)
        try await device.journal.absorbNewFields(of: .current)
    }

    /// The process dies in the middle of a transaction: nothing of it was answered, nothing of it may stay.
    private mutating func crash(_ device: Device) async throws {
        struct Killed: Error {}
        let before = try await device.journal.position()
        let mutation = randomMutations()
        _ = try? await device.journal.edit("killed") { draft, _ in
            for change in mutation { draft.append(change) }
            throw Killed()
        }
        guard try await device.journal.position() == before else { throw Broken(description: "a crash left a trace") }
    }

    private mutating func edit(_ device: Device) async throws {
        editCount += 1
        let edit = Edit(summary: "edit \(editCount)")
        let mutations = randomMutations()
        try await device.journal.edit(edit.summary) { draft, _ in for change in mutations { draft.append(change) } }
        device.acknowledged.append(edit)
    }

    /// What a person does to a trade that is there, by the stores: some of it refused, for a reason that is told.
    private mutating func act(on journal: JournalFile) async throws {
        editCount += 1
        let (act, chance, word) = (dice.roll(12), dice.next(), dice.pick(["alpha", "beta", "gamma"]))
        let world = serverClock.world
        do {
            try await journal.edit("edit \(editCount)") { draft, db in
                try SimulatedAct(number: act, chance: chance, word: word, world: world).draft(db, &draft)
            }
        } catch is Failure {
            // Nothing to settle, nothing to undo, a shared fill.
        }
    }

    private mutating func sync(_ device: Device, isFaulty: Bool) async throws {
        let before = try await Set(Self.summaries(device.journal))
        let network = FaultyNetwork(dice.pick(servers), seed: dice.next(), isFaulty: isFaulty)
        do {
            _ = try await SyncSession(device: device.journal, server: network).run()
        } catch is FaultyNetwork.Lost {
            // As networks are.
        }
        let missing = try await before.subtracting(Self.summaries(device.journal))
        guard missing.isEmpty else { throw Broken(description: "a sync took \(missing.sorted()) from a device") }
    }

    // MARK: What is written

    /// Few things, so that devices meet.
    private mutating func randomMutations() -> [Mutation] {
        (0..<(1 + dice.roll(3))).map { _ in randomMutation() }
    }

    private mutating func randomMutation() -> Mutation {
        let trade = EntityID.derived("simulated trade", [String(dice.roll(4))])
        let fillNumber = dice.roll(12)
        let fill = EntityID.derived("simulated fill", [String(fillNumber)])
        let account = EntityID.derived("simulated account", ["main"])
        let tag = EntityID.derived("simulated tag", [String(dice.roll(3))])
        switch dice.roll(17) {
        case 0, 1:
            return .put(
                Schema.trade.kind, trade,
                [
                    FieldWrite(2, .text(dice.pick(["BTC_USDT", "ETH_USDT"]))), FieldWrite(3, .text("long")),
                    FieldWrite(4, .text(String(1 + dice.roll(3)))), FieldWrite(5, .text("100")),
                    FieldWrite(6, .text(String(90 + dice.roll(20)))), FieldWrite(7, .integer(1_700_000_000_000)),
                    FieldWrite(8, .integer(1_700_000_100_000)),
                ])
        case 2: return .put(Schema.trade.kind, trade, [FieldWrite(11, .text(String(90 + dice.roll(5))))])
        case 3, 4: return .put(Schema.trade.kind, trade, [FieldWrite(12, .integer(Int64(dice.roll(5))))])
        case 5, 6:
            let lines = (0..<(1 + dice.roll(4))).map { _ in dice.pick(["alpha", "beta", "gamma", "delta\n\nalpha"]) }
            return .put(Schema.trade.kind, trade, [FieldWrite(13, .text(lines.joined(separator: "\n")))])
        case 7: return .put(Schema.trade.kind, trade, [FieldWrite(13, .null), FieldWrite(14, .text("breakout"))])
        case 8: return .delete(Schema.trade.kind, trade)
        case 9: return .add(Schema.tradeTags, owner: trade, tag)
        case 10: return .remove(Schema.tradeTags, owner: trade, tag)
        case 11:
            return .put(
                Schema.fill.kind, fill,
                [
                    FieldWrite(1, .id(account)), FieldWrite(2, .text("BTC_USDT")),
                    FieldWrite(3, .text(fillNumber % 2 == 0 ? "buy" : "sell")),
                    FieldWrite(4, .text(String(100 + fillNumber))), FieldWrite(5, .text("1")),
                    FieldWrite(8, .integer(1_700_000_000_000 + Int64(fillNumber / 3) * 1000)),
                    FieldWrite(9, .integer(Int64(fillNumber))),
                ])
        case 12:
            return .put(Schema.fill.kind, fill, [FieldWrite(11, .integer(Int64(dice.roll(2))))])
        case 13:
            let annotation = EntityID.trade(anchoredOn: fill.cast())
            return .put(Schema.trade.kind, annotation, [FieldWrite(15, .id(fill)), FieldWrite(12, .integer(5))])
        case 14:
            return .put(
                Schema.entry.kind, EntityID.derived("simulated entry", [String(dice.roll(2))]),
                [
                    FieldWrite(2, .text(dice.pick(["Monday", "Tuesday"]))),
                    FieldWrite(3, .text("alpha \(dice.roll(9))")),
                ])
        case 15:
            return .put(
                Schema.settings.kind, JournalSettings.id,
                [
                    FieldWrite(3, .integer(Int64(dice.roll(3)) * 60)),
                    FieldWrite(4, .text(dice.pick(["net", "gross"]))),
                ])
        default:
            return .put(
                Schema.account.kind, account, [FieldWrite(4, .text(dice.pick(["average", "fifo"])))])
        }
    }

    // MARK: What must be true

    /// What any copy has that is still there.
    private func summariesAnywhere() async throws -> Set<String> {
        var all: Set<String> = []
        for journal in servers.map(\.journal) + devices.map(\.journal) {
            all.formUnion(try await Self.summaries(journal))
        }
        return all
    }

    /// The network heals, everyone updates, and everyone syncs until there is nothing left to say.
    private mutating func settle() async throws {
        for device in devices { try await upgrade(device) }
        // A clone of the server that goes away has told somebody what it had.
        while let clone = servers.dropFirst().first {
            let messenger = try await JournalFile.inMemory(world: serverClock.world)
            for server in [clone, servers[0]] { _ = try await run(messenger, server) }
            servers.removeLast()
        }
        for _ in 0..<4 { for device in devices { _ = try await run(device.journal, servers[0]) } }
    }

    private func run(_ journal: JournalFile, _ server: SimulatedServer) async throws -> SyncSession.Outcome {
        try await SyncSession(device: journal, server: FaultyNetwork(server, seed: 0, isFaulty: false)).run()
    }

    private func check(_ present: Set<String>) async throws {
        let dump = try await JournalDump.of(server)
        for (index, device) in devices.enumerated() {
            let other = try await JournalDump.of(device.journal)
            if other != dump { throw Broken(description: "device \(index) differs:\n" + Self.difference(other, dump)) }
        }
        try await checkAgainstModel(dump)
        try await checkWhatWasWrittenIsFound()
        let summaries = Set(try await Self.summaries(server))
        let answered = Set(devices.flatMap(\.acknowledged).map(\.summary))
        for summary in present.union(answered).subtracting(summaries) {
            throw Broken(description: "\(summary) was answered and is lost")
        }
    }

    private func checkAgainstModel(_ dump: String) async throws {
        let commits = try await server.commits(missingFrom: VectorClock(), bytesMax: .max).commits
        var model = JournalState(owner: { Schema.owner(of: $0)?.kind }, isProse: { Schema.isProse($0) })
        for commit in commits { try model.apply(Commit(dot: commit.dot, encoded: commit.bytes)) }
        let position = try await server.position()
        guard model.contentHash == position.content, model.clock == position.clock else {
            throw Broken(description: "the content hash is not that of the rules")
        }
        let final = model
        let wrong: String? = try await server.read { db in
            for (key, _) in final.entities {
                guard let entity = Schema.current.kind(key.kind), let presence = final.presence(key) else { continue }
                let columns = entity.fields.map(\.name).joined(separator: ", ")
                let row = try Row.fetchOne(
                    db, sql: "SELECT presence, \(columns) FROM \(entity.name) WHERE id = ?",
                    arguments: [Data(key.id.bytes)])
                guard let row, (row[0] as Int64) == presence.rawValue else {
                    return "\(entity.name) \(key.id): \(presence) expected, \(row?.description ?? "nothing") found"
                }
                for field in entity.fields {
                    let value: DatabaseValue = row[field.name]
                    let expected = final.shown(key, field.number)
                    let shown: Value =
                        switch value.storage {
                        case .int64(let integer): .integer(integer)
                        case .string(let text): .text(text)
                        case .blob(let data): .bytes(Array(data))
                        default: .null
                        }
                    if shown != expected { return "\(entity.name).\(field.name): \(expected) expected, \(shown) shown" }
                }
            }
            return nil
        }
        if let wrong { throw Broken(description: wrong) }
        // Derived tables are what a derivation from nothing gives.
        let copy = try await JournalFile.inMemory(
            world: SimulatedWorld(milliseconds: 0, seed: 7).world, copying: server)
        try await copy.heal()
        let replayed = try await JournalDump.of(copy)
        if replayed != dump { throw Broken(description: "a replay differs:\n" + Self.difference(replayed, dump)) }
    }

    /// What was said of a trade that is not deleted shows on a trade, or waits for a person; and a trade that was deleted
    /// there and edited here is there.
    private func checkWhatWasWrittenIsFound() async throws {
        let wrong: String? = try await server.read { db in
            let waiting = Set(try ConflictStore(db).contests().map(\.key.id))
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT trade.id, trade.presence, fill.presence = 1, fill.aside_with IS NOT NULL,
                        (SELECT count(*) FROM round_trip WHERE round_trip.id = anchor.round_trip)
                    FROM trade JOIN anchor ON anchor.trade = trade.id LEFT JOIN fill ON fill.id = trade.anchor
                    WHERE trade.presence <> 1 AND (trade.notes <> '' OR trade.rating IS NOT NULL)
                    """)
            for row in rows {
                guard let id = EntityID(bytes: row[0] as Data) else { continue }
                if (row[4] as Int) == 0, !waiting.contains(id) { return "\(id) is nowhere" }
                let isFillThere = !((row[2] as Bool?) ?? true)
                if (row[4] as Int) == 0, isFillThere, row[3] as Bool { return "\(id) stands, and its trade does not" }
                if (row[1] as Int) == 2, !waiting.contains(id) { return "\(id) is contested and not listed" }
            }
            return nil
        }
        if let wrong { throw Broken(description: wrong) }
    }

    private static func summaries(_ journal: JournalFile) async throws -> [String] {
        try await journal.commits(missingFrom: VectorClock(), bytesMax: .max).commits.map {
            try Commit(dot: $0.dot, encoded: $0.bytes).summary
        }
    }

    private static func difference(_ left: String, _ right: String) -> String {
        let (a, b) = (Set(left.split(separator: "\n")), Set(right.split(separator: "\n")))
        return
            (a.subtracting(b).prefix(5).map { "  here:  \($0)" } + b.subtracting(a).prefix(5).map { "  there: \($0)" })
            .joined(separator: "\n")
    }
}
