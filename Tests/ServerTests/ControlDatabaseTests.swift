import Foundation
import Primitives
import Storage
import Sync
import Testing

@Suite struct ControlDatabaseTests {
    @Test func `what was answered survives a power cut`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            let control = try await ControlDatabase.open(in: path)
            defer { try? control.close() }
            #expect(try await control.synchronousLevel() == 2)
        }
    }

    @Test func `a refresh that is thrown away leaves no trace`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            let control = try await ControlDatabase.open(in: path)
            defer { try? control.close() }
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await control.write { control in
                    _ = try control.persons.findOrJoin(address: [UInt8](repeating: 1, count: 20), in: .live)
                    throw Undone()
                }
            }
            #expect(try await control.read { try $0.persons.find(address: [UInt8](repeating: 1, count: 20)) } == nil)
        }
    }

    @Test(arguments: Engine.allCases)
    func `whoever signs in too often loses the oldest session`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let grants = try await control.write { control in
                let person = try control.persons.findOrJoin(address: [UInt8](repeating: 1, count: 20), in: .live)
                return try (0...SessionStore.perPersonMax).map { _ in
                    moment.pass(1)
                    return try control.sessions.begin(
                        person.id, .init(.device, name: "Desk", network: nil), lifetimes: SessionLifetimes(),
                        in: moment.world)
                }
            }
            #expect(grants.last?.ended == [grants[0].session.id])
            let alive = try await control.read { control in
                try grants.map { try control.sessions.find(access: $0.access) != nil }
            }
            #expect(alive == [false] + [Bool](repeating: true, count: SessionStore.perPersonMax))
        }
    }

    @Test(arguments: Engine.allCases)
    func `a session has so many tokens, and the oldest go first`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let (person, lifetimes) = (try await control.person(1), SessionLifetimes(graceSeconds: 10))
            let grants = try await control.write { control in
                var grants = [try control.sessions.begin(person, .desk, lifetimes: lifetimes, in: moment.world)]
                for _ in 0..<SessionStore.accessTokensMax {
                    moment.pass(1)
                    let newest = grants[grants.count - 1].refresh
                    let refreshed = try control.sessions.refresh(
                        newest, of: [.device], lifetimes: lifetimes, in: moment.world)
                    if case .granted(let grant) = refreshed { grants.append(grant) }
                }
                return grants
            }
            #expect(grants.count == SessionStore.accessTokensMax + 1)
            let alive = try await control.read { control in
                try grants.map { try control.sessions.find(access: $0.access) != nil }
            }
            #expect(alive == [false] + [Bool](repeating: true, count: SessionStore.accessTokensMax))
        }
    }

    @Test(arguments: Engine.allCases)
    func `so many may refresh with one token at once`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let person = try await control.person(1)
            let granted = try await control.write { control in
                let first = try control.sessions.begin(person, .desk, lifetimes: SessionLifetimes(), in: moment.world)
                return try (0..<SessionStore.twinTokensMax + 5).count { _ in
                    let refreshed = try control.sessions.refresh(
                        first.refresh, of: [.device], lifetimes: SessionLifetimes(), in: moment.world)
                    if case .granted = refreshed { return true }
                    return false
                }
            }
            #expect(granted == SessionStore.twinTokensMax)
        }
    }

    @Test(arguments: Engine.allCases)
    func `an old refresh token is known for a thief's among so many, and then is none`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let person = try await control.person(1)
            let lifetimes = SessionLifetimes(refreshSeconds: 10_000_000, graceSeconds: 0)
            for (more, isKnown) in [(0, true), (1, false)] {
                let refreshed = try await control.write { control in
                    let first = try control.sessions.begin(person, .desk, lifetimes: lifetimes, in: moment.world)
                    var newest = first.refresh
                    for _ in 0..<SessionStore.refreshTokensMax - 1 + more {
                        moment.pass(1)
                        let next = try control.sessions.refresh(
                            newest, of: [.device], lifetimes: lifetimes, in: moment.world)
                        if case .granted(let grant) = next { newest = grant.refresh }
                    }
                    return try control.sessions.refresh(
                        first.refresh, of: [.device], lifetimes: lifetimes, in: moment.world)
                }
                var isReuse = false
                if case .reused = refreshed { isReuse = true }
                #expect(isReuse == isKnown)
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `of each event so many lines are kept, and no other event loses any by it`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let (person, other) = (try await control.person(1), try await control.person(2))
            let lines = try await control.write { control in
                for someone in [person, other] {
                    try control.audit.record(.paired, person: someone, session: nil, network: nil)
                }
                for _ in 0..<AuditStore.perEventMax + 20 {
                    try control.audit.record(.codeMade, person: person, session: nil, network: nil)
                }
                return (
                    try control.audit.lines(of: person, before: nil, limit: 10_000),
                    try control.audit.lines(of: other, before: nil, limit: 10)
                )
            }
            #expect(lines.0.count == AuditStore.perEventMax + 1)
            #expect(lines.0.last?.event == "paired")
            #expect(lines.1.map(\.event) == ["paired"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `of sign-ins that failed so many lines are written in a day`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let person = try await control.person(1)
            let count = AuditStore.refusalsPerDayMax
            for day in 1...2 {
                let lines = try await control.write { control in
                    for _ in 0..<count + 20 {
                        try control.audit.record(
                            .signInRefused, person: person, session: nil, network: nil)
                    }
                    return try control.audit.lines(of: person, before: nil, limit: 10_000)
                }
                #expect(lines.count == day * count)
                moment.pass(86_400)
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `a person names so many replicas in an hour`(engine: Engine) async throws {
        try await withControl(on: engine) { control, moment in
            let (mine, theirs) = (try await control.session(1, moment), try await control.session(2, moment))
            for number in 0..<ReplicaStore.newMax { try await control.name(UInt128(number + 1), mine, moment) }
            await #expect(throws: Failure.replicaTooOften(waitSeconds: ReplicaStore.windowSeconds)) {
                try await control.name(1_000_000, mine, moment)
            }
            // One that has its name already may come back, and others are not concerned.
            try await control.name(1, mine, moment)
            try await control.name(2_000_000, theirs, moment)
            moment.pass(ReplicaStore.windowSeconds)
            try await control.name(1_000_000, mine, moment)
        }
    }

    @Test(arguments: Engine.allCases)
    func `replicas that wrote nothing make room, and those that wrote or are signed in stay`(engine: Engine)
        async throws
    {
        try await withControl(on: engine) { control, moment in
            let (mine, signedIn) = (try await control.session(1, moment), try await control.session(1, moment))
            try await control.name(1, signedIn, moment)
            for number in 2...ReplicaStore.countMax {
                if number % ReplicaStore.newMax == 0 { moment.pass(ReplicaStore.windowSeconds + 1) }
                try await control.name(UInt128(number), mine, moment)
            }
            moment.pass(ReplicaStore.windowSeconds + 1)
            let all = Set((1...ReplicaStore.countMax).map { ReplicaID(rawValue: UInt128($0)) })
            await #expect(throws: Failure.replicaTooMany) {
                try await control.name(1_000_000, mine, moment, written: all)
            }
            try await control.name(1_000_000, mine, moment, written: [ReplicaID(rawValue: 7)])
            // Left are the one that is signed in, the one that wrote, the one that was this session's, and the new one.
            #expect(try await control.read { try $0.replicas.count(of: mine.person) } == 4)
        }
    }

    @Test func `neither others' writes nor others' tokens make a session be read anew`() async throws {
        try await withControl(on: .sqlite) { control, moment in
            let (grant, others) = try await control.write { control in
                let person = try control.persons.findOrJoin(address: [1], in: moment.world).id
                let crowd = try control.persons.findOrJoin(address: [2], in: moment.world).id
                return (
                    try control.sessions.begin(person, .desk, lifetimes: SessionLifetimes(), in: moment.world),
                    try (0..<SessionStore.perPersonMax).map { _ in
                        try control.sessions.begin(crowd, .desk, lifetimes: SessionLifetimes(), in: moment.world)
                    }
                )
            }
            func find(_ grant: Grant) async throws -> Session? {
                try await control.session(access: grant.access)
            }
            #expect(try await find(grant)?.id == grant.session.id)
            for other in others { _ = try await find(other) }
            for other in others.prefix(20) {
                try await control.write { control in
                    try control.sessions.noteSeen(other.session.id, from: "a", at: moment.now)
                    try control.nonces.put("\(other.session.id)", binding: .new(in: .live), lifetimeSeconds: 1)
                    _ = try control.sessions.end(other.session.id)
                }
                #expect(try await find(other) == nil)
            }
            let lookups = control.lookupCount
            #expect(try await find(grant)?.id == grant.session.id)
            #expect(control.lookupCount == lookups)
            _ = try await control.write { try $0.sessions.end(grant.session.id) }
            #expect(try await find(grant) == nil)
        }
    }

    @Test func `a token prints as nothing`() {
        let token = Token.new(in: .live)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains(token.text)) }
    }
}

extension Session.Holder {
    fileprivate static let desk = Session.Holder(.device, name: "Desk", network: nil)
}

extension ControlDatabase {
    fileprivate func person(_ number: UInt8) async throws -> ID<Person> {
        try await write { try $0.persons.findOrJoin(address: [number], in: .live).id }
    }

    fileprivate func session(_ number: UInt8, _ moment: Moment) async throws -> Session {
        let person = try await person(number)
        let lifetimes = SessionLifetimes(refreshSeconds: 1_000_000)
        return try await write { try $0.sessions.begin(person, .desk, lifetimes: lifetimes, in: moment.world).session }
    }

    fileprivate func name(
        _ number: UInt128, _ session: Session, _ moment: Moment, written: Set<ReplicaID> = []
    ) async throws {
        _ = try await write { try $0.replicas.bind(ReplicaID(rawValue: number), to: session, written: written) }
    }
}
