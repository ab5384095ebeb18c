import Foundation
import JournalAPI
import Primitives
import Storage
import Testing

/// Imports are jobs: whatever happens to the server, a file that was taken is read to its end, or said to be broken off.
@Suite struct ImportJobTests {
    private static func fills(_ count: Int) -> String {
        var text = "time,symbol,side,price,quantity,fee,fee_currency,id\n"
        for number in 0..<count {
            let (hour, minute) = (number / 60 % 24, number % 60)
            let time = String(format: "2026-11-%02dT%02d:%02d:00Z", 1 + number / 1440, hour, minute)
            let side = number % 2 == 0 ? "buy" : "sell"
            text += "\(time),BTC_USDT,\(side),100,1,0.1,USDT,\(number + 1)\n"
        }
        return text
    }

    private static func ended(_ trader: Trader, _ id: String) throws -> Tree {
        for _ in 0..<1500 {
            let job = try trader.ask("/import/\(id)")
            if !job["finished_at"].isNull { return job }
            usleep(20_000)
        }
        throw ConnectionLost()
    }

    private static func files(_ data: String) -> [String] { UploadTests.files(under: data, "imports") }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `a file that was taken is imported, once, however the server ends meanwhile`(signal: Int32) async throws {
        try await withDirectory { path in
            let count = 2000
            var server = try RunningServer(data: path)
            let session = try Wallet().session(at: server)
            let answer = try Trader(server, session).send(file: Self.fills(count))
            try #require(answer.status == 202, "\(answer.text)")
            let id = try #require(answer.tree["import_id"].text)
            for pause in [0, 300_000] as [UInt32] {
                usleep(pause)
                server.stop(signal)
                server = try RunningServer(data: path)
            }
            defer { server.stop(SIGKILL) }
            let trader = Trader(server, session)
            let done = try Self.ended(trader, id)
            #expect(done["status"].text == "done", "\(done)")
            #expect(done["file"].text == "fills.csv")
            let (new, known) = (done["new"].count ?? 0, done["known"].count ?? 0)
            #expect(new + known == count)
            #expect(try trader.ask("/trades?limit=1")["total"].count == count / 2)
            #expect(Self.files(path) == [])
            #expect(try trader.ask("/import")["imports"].list.map { $0["import_id"].text } == [id])
        }
    }

    @Test func `a job that never ends in order is broken off, and what belongs to none is swept`() async throws {
        try await withDirectory { path in
            var server = try RunningServer(data: path)
            let session = try Wallet().session(at: server)
            server.stop()
            let person = try #require(ID<Person>(session.userID))
            let job = Job(
                id: ID(rawValue: 7), person: person, kind: .fileImport,
                request: try ImportRequest(file: "fills.csv", ImportChoice(), isDryRun: false).encoded(), total: 100,
                created: World.live.now())
            let control = try await ControlDatabase.open(in: path)
            try await control.write { control in
                _ = try control.jobs.add(job)
                for _ in 0..<ImportLimits.attemptsMax {
                    try control.jobs.queueAgain(.fileImport)
                    _ = try control.jobs.start(job.id)
                }
            }
            try control.close()
            let pool = JournalPool(directory: path, world: .live)
            let folder = ImportFolder(journalDirectory: pool.path(of: person))
            for id in [job.id, ID(rawValue: 8)] {
                let file = try folder.receive(id)
                try file.append(Array(Self.fills(4).utf8))
                try await file.keep()
            }
            #expect(Self.files(path).count == 2)
            server = try RunningServer(data: path)
            defer { server.stop(SIGKILL) }
            let shown = try Trader(server, session).ask("/import/\(job.id)")
            #expect(shown["status"].text == "failed")
            #expect(shown["error"]["error"].text == "import.broken_off")
            #expect(Self.files(path) == [])
            #expect(try Trader(server, session).ask("/trades")["total"].count == 0)
        }
    }

    @Test func `a person has so many files under way, and one that is refused leaves nothing behind`() async throws {
        try await withServer { server in
            let (trader, other) = (try Trader(server), try Trader(server, wallet: 2))
            let file = Self.fills(500)
            let answers = try (0..<JobStore.unfinishedPerPersonMax + 3).map { _ in try trader.send(file: file) }
            let taken = answers.filter { $0.status == 202 }.compactMap { $0.tree["import_id"].text }
            #expect(taken.count >= JobStore.unfinishedPerPersonMax)
            #expect(answers.allSatisfy { $0.status == 202 ? true : $0.code == "import.too_many" })
            #expect(try await other.importFile(Self.fills(4))["new"].count == 4)
            for id in taken { #expect(try Self.ended(trader, id)["status"].text == "done") }
            #expect(try trader.ask("/trades?limit=1")["total"].count == 250)
            #expect(Self.files(server.data) == [])
        }
    }
}
