import Foundation
import Synchronization
import Testing

/// One person who has the server do all the big work there is, without a pause.
@Suite struct BigWorkTests {
    private static func fills(_ count: Int, from first: Int) -> String {
        var text = "time,symbol,side,price,quantity,fee,fee_currency,id\n"
        for number in first..<first + count {
            let (month, day) = (1 + number / 40_320 % 12, 1 + number / 1440 % 28)
            let (hour, minute) = (number / 60 % 24, number % 60)
            let time = String(format: "2026-%02d-%02dT%02d:%02d:00Z", month, day, hour, minute)
            let side = number % 2 == 0 ? "buy" : "sell"
            text += "\(time),BTC_USDT,\(side),100,1,0.1,USDT,\(number + 1)\n"
        }
        return text
    }

    @Test func `imports, exports, snapshots and pictures of one person leave another's their turn`() async throws {
        try await Attack.onServer { attack in
            try await attack.run {
                let attacker = attack.attacker
                let isOver = Atomic(false)
                let rounds = Atomic(0)
                let refusals = Atomic(0)
                // Whatever is refused is asked for again at once.
                let pictures = (0..<3).map { Picture.gif($0, bytes: 1 << 20) }
                var works: [@Sendable () throws -> Void] = []
                for number in 0..<4 {
                    works.append { _ = try attacker.send(file: Self.fills(300, from: number * 300)) }
                }
                for format in ["csv", "json", "markdown"] {
                    works.append { _ = try attacker.get("/export?table=fills&format=\(format)") }
                }
                for picture in pictures {
                    works.append { _ = try attacker.server.upload(picture, attacker.session) }
                }
                for _ in 0..<3 {
                    works.append {
                        _ = try attacker.server.client().get("/api/v1/sync/snapshot", attacker.session.bearer)
                    }
                }
                // More than may wait in one line.
                for _ in 0..<2 {
                    works.append {
                        let clients = try (0..<60).map { _ in try attacker.server.client() }
                        for client in clients {
                            try client.begin("GET", "/api/v1/sync/snapshot", attacker.session.bearer)
                        }
                        for client in clients {
                            if try client.answer(to: "GET").status == 429 { refusals.add(1, ordering: .relaxed) }
                        }
                    }
                }
                let done = DispatchGroup()
                for work in works {
                    done.enter()
                    Thread {
                        while !isOver.load(ordering: .relaxed) {
                            try? work()
                            rounds.add(1, ordering: .relaxed)
                        }
                        done.leave()
                    }.start()
                }
                try await Self.eachThing(attack.bystander)
                isOver.store(true, ordering: .relaxed)
                #expect(rounds.load(ordering: .relaxed) > 0)
                #expect(refusals.load(ordering: .relaxed) > 0)
                await Self.ended(done)
            }
        }
    }

    private static func eachThing(_ person: Trader) async throws {
        for round in 0..<3 {
            let done = try await person.importFile(fills(40, from: round * 40))
            #expect(done["status"].text == "done")
            #expect(done["new"].count == 40)
            #expect(try person.get("/export?table=fills").status == 200)
            #expect(try person.server.upload(Picture.gif(10 + round, bytes: 100_000), person.session).status == 201)
            let snapshot = try person.server.client().get("/api/v1/sync/snapshot", person.session.bearer)
            #expect(snapshot.status == 204)
        }
    }

    private static func ended(_ group: DispatchGroup) async {
        await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
    }
}
