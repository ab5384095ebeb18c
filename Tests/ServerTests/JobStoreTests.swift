import Primitives
import Storage
import Testing

@Suite struct JobStoreTests {
    private static let start = Moment().now

    private static func withJobs(
        on engine: Engine,
        _ body: @Sendable @escaping (JobStore, Moment, (_ wallet: UInt8) throws -> ID<Person>) throws -> Void
    ) async throws {
        try await withControl(on: engine) { control, moment in
            try await control.write { control in
                try body(control.jobs, moment) { wallet in
                    try control.persons.findOrJoin(address: [UInt8](repeating: wallet, count: 20), in: .live).id
                }
            }
        }
    }

    private static func job(_ number: Int, of person: ID<Person>) -> Job {
        Job(
            id: ID(rawValue: UInt128(number)), person: person, kind: .fileImport, request: "{\"file\":\"\(number)\"}",
            total: Int64(number), created: start.adding(milliseconds: Int64(number)))
    }

    private static func isAdded(_ added: JobStore.Added) -> Bool { if case .added = added { true } else { false } }

    @Test(arguments: Engine.allCases)
    func `a job is what it was made, and what became of it`(engine: Engine) async throws {
        try await Self.withJobs(on: engine) { jobs, _, person in
            let (mine, other) = (try person(1), try person(2))
            #expect(Self.isAdded(try jobs.add(Self.job(7, of: mine))))
            let waiting = try #require(try jobs.find(ID(rawValue: 7), of: mine, .fileImport))
            #expect(waiting.state == .queued)
            #expect(waiting.request == "{\"file\":\"7\"}")
            #expect(waiting.total == 7)
            #expect(try jobs.find(ID(rawValue: 7), of: other, .fileImport) == nil)
            #expect(try jobs.list(of: other, .fileImport).isEmpty)
            #expect(try jobs.start(waiting.id) == 1)
            var outcome = Job.Outcome(done: 5, detail: "{}", problem: .init(code: "a.b", message: "c"))
            (outcome.counts.new, outcome.counts.known, outcome.counts.refused, outcome.counts.skipped) = (1, 2, 3, 4)
            try jobs.finish(waiting.id, outcome)
            let ended = try #require(try jobs.list(of: mine, .fileImport).first)
            #expect(ended.state == .failed)
            #expect(ended.outcome.counts == outcome.counts)
            #expect(ended.outcome.problem == outcome.problem)
            #expect(ended.outcome.done == 5)
            #expect(ended.finished == Self.start)
            // What has ended neither begins nor ends again.
            #expect(try jobs.start(ended.id) == nil)
            try jobs.finish(ended.id, Job.Outcome())
            #expect(try jobs.find(ended.id, of: mine, .fileImport)?.state == .failed)
        }
    }

    @Test(arguments: Engine.allCases)
    func `starts count until they end in order`(engine: Engine) async throws {
        try await Self.withJobs(on: engine) { jobs, _, person in
            let mine = try person(1)
            _ = try jobs.add(Self.job(1, of: mine))
            #expect(try jobs.start(ID(rawValue: 1)) == 1)
            try jobs.putBack(ID(rawValue: 1))
            #expect(try jobs.unfinished(.fileImport).map(\.state) == [.queued])
            #expect(try jobs.start(ID(rawValue: 1)) == 1)
            // One that runs is nobody else's to start, until it is known that whoever ran it is gone.
            #expect(try jobs.start(ID(rawValue: 1)) == nil)
            try jobs.queueAgain(.fileImport)
            #expect(try jobs.start(ID(rawValue: 1)) == 2)
            #expect(try jobs.unfinished(.fileImport).map(\.attempts) == [2])
        }
    }

    @Test(arguments: Engine.allCases)
    func `a person has only so many under way, and as many as that are kept when they have ended`(engine: Engine)
        async throws
    {
        try await Self.withJobs(on: engine) { jobs, moment, person in
            let (mine, other) = (try person(1), try person(2))
            for number in 0..<JobStore.unfinishedPerPersonMax {
                #expect(Self.isAdded(try jobs.add(Self.job(number, of: mine))))
            }
            #expect(!Self.isAdded(try jobs.add(Self.job(99, of: mine))))
            #expect(Self.isAdded(try jobs.add(Self.job(100, of: other))))
            for number in 200..<240 {
                let id = ID<Job>(rawValue: UInt128(number - (number == 200 ? 200 : 1)))
                try jobs.finish(id, Job.Outcome())
                #expect(Self.isAdded(try jobs.add(Self.job(number, of: mine))))
            }
            let listed = try jobs.list(of: mine, .fileImport)
            #expect(listed.count == JobStore.keptPerPersonMax)
            #expect(listed.map(\.created) == listed.map(\.created).sorted(by: >))
            // What goes on is never forgotten, however old it is.
            #expect(listed.count { $0.finished == nil } == JobStore.unfinishedPerPersonMax)
            #expect(try jobs.unfinishedCount(of: mine, .fileImport) == JobStore.unfinishedPerPersonMax)
            moment.pass(Int(JobStore.keptMilliseconds / 1000) + 1)
            try jobs.deleteOld()
            #expect(try jobs.list(of: mine, .fileImport).allSatisfy { $0.finished == nil })
            #expect(try jobs.unfinished(.fileImport).count == JobStore.unfinishedPerPersonMax + 1)
        }
    }
}
