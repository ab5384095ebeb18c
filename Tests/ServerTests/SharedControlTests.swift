import Foundation
import Primitives
import Storage
import TestSupport
import Testing

/// Two servers on one PostgreSQL that do the same at the same moment.
@Suite struct SharedControlTests {
    @Test func `a nonce is used up once`() async throws {
        try await withServers(2) { servers, _ in
            for number in 0..<10 {
                let binding = Token.new(in: .live)
                try await servers[0].write { try $0.nonces.put("\(number)", binding: binding, lifetimeSeconds: 60) }
                let used = try await Self.race(servers, 8) { control, _ in
                    try await control.write { try $0.nonces.consume("\(number)", binding: binding) }
                }
                #expect(used.count { $0 } == 1)
            }
        }
    }

    @Test func `a wallet that comes to both becomes one person`() async throws {
        try await withServers(2) { servers, _ in
            for number in 0..<10 as Range<UInt8> {
                let people = try await Self.race(servers, 8) { control, _ in
                    try await control.write { try $0.persons.findOrJoin(address: [number], in: .live).id }
                }
                #expect(Set(people).count == 1)
            }
        }
    }

    @Test func `a refresh token is rotated once, whoever shows it`() async throws {
        try await withServers(2) { servers, moment in
            let first = try await Self.session(1, at: servers[0], moment)
            let world = moment.world
            let granted = try await Self.race(servers, SessionStore.twinTokensMax + 8) { control, _ in
                let refreshed = try await control.write {
                    try $0.sessions.refresh(
                        first.refresh, of: [.device], lifetimes: SessionLifetimes(), in: world)
                }
                if case .granted = refreshed { return true }
                return false
            }
            // All are of one generation: had it been rotated twice, the others would have been a thief's.
            #expect(granted.count { $0 } == SessionStore.twinTokensMax)
            #expect(try await servers[1].session(first.session.id) != nil)
        }
    }

    @Test func `a pairing code is claimed once`() async throws {
        try await withServers(2) { servers, moment in
            let session = try await Self.session(1, at: servers[0], moment).session
            let key = PairingKey(try KeyRing([VaultKey.new(in: .live)]))
            let world = moment.world
            for _ in 0..<5 {
                let code = try await servers[0].write {
                    try $0.pairings.make(.device, for: session, from: "here", seconds: 60, key: key, in: world)
                }
                let claimed = try await Self.race(servers, 8) { control, number in
                    let holder = Session.Holder(.device, name: "\(number)", network: "here")
                    let claimed = try await control.write {
                        try $0.pairings.claim(code, by: holder, lifetimes: SessionLifetimes(), key: key, in: world)
                    }
                    if case .granted = claimed { return true }
                    return false
                }
                #expect(claimed.count { $0 } == 1)
            }
        }
    }

    @Test func `what one person may have is bounded over both`() async throws {
        try await withServers(2) { servers, moment in
            let session = try await Self.session(1, at: servers[0], moment).session
            let (person, world) = (session.person, moment.world)
            let count = SessionStore.perPersonMax + 12
            _ = try await Self.race(servers, count) { control, _ in try await Self.session(1, at: control, world) }
            let live = try await servers[1].read { try $0.sessions.live(of: person).count }
            #expect(live == SessionStore.perPersonMax)

            let named = try await Self.race(servers, ReplicaStore.newMax + 8) { control, number in
                do {
                    return try await control.write {
                        try $0.replicas.bind(ReplicaID(rawValue: UInt128(number + 1)), to: session, written: [])
                    }
                } catch let failure as Failure where failure.code == "replica.too_often" {
                    return false
                }
            }
            #expect(named.count { $0 } == ReplicaStore.newMax)

            let added = try await Self.race(servers, JobStore.unfinishedPerPersonMax + 8) { control, number in
                let added = try await control.write { try $0.jobs.add(Self.job(number, of: person)) }
                if case .added = added { return true }
                return false
            }
            #expect(added.count { $0 } == JobStore.unfinishedPerPersonMax)
        }
    }

    @Test func `a replica's name belongs to the one who was first`() async throws {
        try await withServers(2) { servers, moment in
            let sessions = [
                try await Self.session(1, at: servers[0], moment).session,
                try await Self.session(2, at: servers[1], moment).session,
            ]
            for number in 1...10 as ClosedRange<UInt128> {
                let bound = try await Self.race(servers, 2) { control, index in
                    do {
                        _ = try await control.write {
                            try $0.replicas.bind(ReplicaID(rawValue: number), to: sessions[index], written: [])
                        }
                        return true
                    } catch let failure as Failure where failure.code == "replica.foreign" {
                        return false
                    }
                }
                #expect(bound.count { $0 } == 1)
            }
        }
    }

    @Test func `a job is started once, and whoever asks for one gets another's neighbour`() async throws {
        try await withServers(2) { servers, moment in
            let people = try await Self.race(servers, 8) { control, number in
                let person = try await Self.session(UInt8(number), at: control, moment.world).session.person
                for index in 0..<3 {
                    _ = try await control.write { try $0.jobs.add(Self.job(number * 10 + index, of: person)) }
                }
                return person
            }
            #expect(Set(people).count == 8)
            let started = try await Self.race(servers, 8) { control, _ in
                try await control.write { try $0.jobs.start(ID(rawValue: 0)) }
            }
            #expect(started.count { $0 != nil } == 1)
            let claimed = try await Self.race(servers, 40) { control, _ in
                try await control.write { try $0.jobs.claim(.fileImport)?.id }
            }.compactMap { $0 }
            #expect(claimed.count == Set(claimed).count)
            var rest: [ID<Job>] = []
            // Whoever was passed over for another's lock is found the next time.
            while let id = try await servers[0].write({ try $0.jobs.claim(.fileImport)?.id }) { rest.append(id) }
            #expect(claimed.count + rest.count == 8 * 3 - 1)
        }
    }

    @Test func `a session that one server ends is over at the other at once`() async throws {
        try await withServers(2) { servers, moment in
            let grant = try await Self.session(1, at: servers[0], moment)
            #expect(try await servers[1].session(access: grant.access)?.id == grant.session.id)
            _ = try await servers[0].write { try $0.sessions.end(grant.session.id) }
            #expect(try await servers[1].session(access: grant.access) == nil)
            #expect(try await servers[1].session(grant.session.id) == nil)
        }
    }

    @Test func `the database's own clock expires things, whatever a server's says`() async throws {
        let address = try PostgresAddress(try await PostgresTemplate.shared.makeDatabase().address)
        let control = try await ControlDatabase.open(address, world: Moment(Timestamp(milliseconds: 0)).world)
        defer { try? control.close() }
        let now = World.live.now()
        let began = try await control.read { try $0.now }
        // Within a day: where the tests are told another date, the database is not.
        #expect(began.milliseconds > 1_700_000_000_000)
        #expect(now.milliseconds > 0)
        let grant = try await Self.session(1, at: control, Moment(Timestamp(milliseconds: 0)).world)
        #expect(grant.session.created >= began)
        #expect(try await control.session(access: grant.access) != nil)
    }

    @Test func `a connection that was lost is made anew`() async throws {
        let (name, address) = try await PostgresTemplate.shared.makeDatabase()
        let control = try await ControlDatabase.open(try PostgresAddress(address))
        defer { try? control.close() }
        for _ in 0..<3 {
            try PostgresCluster.shared.get().disconnectAll(from: name)
            try await control.checkReady()
            try PostgresCluster.shared.get().disconnectAll(from: name)
            _ = try await control.write { try $0.persons.findOrJoin(address: [1], in: .live) }
        }
    }

    @Test func `servers that start at once make the tables once, and tables of a later version are refused`()
        async throws
    {
        let cluster = try PostgresCluster.shared.get()
        let (name, text) = try cluster.makeDatabase()
        let address = try PostgresAddress(text)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { try await ControlDatabase.open(address).close() }
            }
            try await group.waitForAll()
        }
        try cluster.run("INSERT INTO daybook_schema (version) VALUES (1000)", in: name)
        let failure = await #expect(throws: Failure.self) { try await ControlDatabase.open(address) }
        #expect(failure?.code == "server.newer_schema")
    }

    @Test func `a database that is not there is named, without the password`() async throws {
        let address = try PostgresAddress("postgresql://me:secret@127.0.0.1:1/name")
        let failure = await #expect(throws: Failure.self) { try await ControlDatabase.open(address) }
        #expect(failure?.code == "server.database_unreachable")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\(failure as Any)"] {
            #expect(!text.contains("secret"))
        }
        #expect(throws: Failure.self) { try PostgresAddress("mysql://me:secret@host/name") }
    }

    @Test(arguments: Engine.allCases)
    func `of many who pay at once so many get through, and what is refunded can be paid again`(engine: Engine)
        async throws
    {
        let budget = BudgetStore.Key(
            "a test", of: "someone", under: PairingKey(try KeyRing([VaultKey.new(in: .live)])))
        func check(_ servers: [ControlDatabase], _ moment: Moment) async throws {
            func pay() async throws -> [BudgetStore.Charge] {
                try await Self.race(servers, 20) { control, _ in
                    guard
                        case .charged(let charge) = try await control.budgets({
                            try $0.charge(budget, max: 5, seconds: 60)
                        })
                    else { return nil }
                    return charge
                }.compactMap { $0 }
            }
            let charges = try await pay()
            #expect(charges.count == 5)
            moment.pass(59)
            #expect(try await pay().isEmpty)
            for charge in charges.prefix(2) { try await servers[0].budgets { try $0.refund(charge) } }
            #expect(try await pay().count == 2)
            moment.pass(1)
            #expect(try await pay().count == 5)
            // What was paid in a while that is over is not given back in this one.
            for charge in charges.suffix(2) { try await servers[0].budgets { try $0.refund(charge) } }
            #expect(try await pay().isEmpty)
            moment.pass(60)
            try await servers[0].budgets { try $0.deleteExpired() }
            #expect(try await pay().count == 5)
        }
        switch engine {
        case .sqlite: try await withControl(on: .sqlite) { try await check([$0], $1) }
        case .postgres: try await withServers(2) { try await check($0, $1) }
        }
    }

    // MARK: Means

    /// Does something so many times at once, in turns at each server.
    private static func race<T: Sendable>(
        _ servers: [ControlDatabase], _ count: Int, _ body: @Sendable @escaping (ControlDatabase, Int) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: T.self) { group in
            for number in 0..<count {
                let server = servers[number % servers.count]
                group.addTask { try await body(server, number) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func session(_ wallet: UInt8, at control: ControlDatabase, _ moment: Moment) async throws -> Grant {
        try await session(wallet, at: control, moment.world)
    }

    private static func session(_ wallet: UInt8, at control: ControlDatabase, _ world: World) async throws -> Grant {
        try await control.write { control in
            let person = try control.persons.findOrJoin(address: [wallet], in: world)
            return try control.sessions.begin(
                person.id, Session.Holder(.device, name: "Desk", network: nil), lifetimes: SessionLifetimes(), in: world
            )
        }
    }

    private static func job(_ number: Int, of person: ID<Person>) -> Job {
        Job(
            id: ID(rawValue: UInt128(number)), person: person, kind: .fileImport, request: "{}", total: 1,
            created: Timestamp(milliseconds: Int64(number)))
    }
}
