import Foundation
import Journal
import Primitives
import Sync
import Testing

/// A device that writes what makes merging, and telling of it, dear.
@Suite struct MergeAttackTests {
    private static let trade = EntityID(rawValue: 0xbad_0000_0000_0001)
    private static let notes = Schema.trade.number(of: "notes")

    private static func put(_ text: String, in field: UInt32 = notes) -> Mutation {
        .put(Schema.trade.kind, trade, [FieldWrite(field, .text(text))])
    }

    /// A trade that lists show.
    private static var facts: Mutation {
        .put(
            Schema.trade.kind, trade,
            [
                FieldWrite(Schema.trade.number(of: "symbol"), .text("AAPL")),
                FieldWrite(Schema.trade.number(of: "direction"), .text("long")),
                FieldWrite(Schema.trade.number(of: "quantity"), .text("1")),
                FieldWrite(Schema.trade.number(of: "entry_price"), .text("100")),
                FieldWrite(Schema.trade.number(of: "opened_ms"), .integer(1_700_000_000_000)),
            ])
    }

    private func device(_ attack: Attack) throws -> (writer: ForeignWriter, device: HostileDevice) {
        let writer = ForeignWriter(1)
        return (
            writer, try HostileDevice(attack.server, attack.attacker.session, replica: writer.replica)
        )
    }

    private func expectTaken(_ answer: HTTPAnswer, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect([200, 204].contains(answer.status), "\(answer.text)", sourceLocation: sourceLocation)
    }

    @Test func `three thousand saves of a note are told without anybody waiting for it`() async throws {
        try await Attack.onServer { attack in
            var (writer, device) = try device(attack)
            var commits = [try writer.next([Self.facts])]
            for number in 0..<3000 { commits.append(try writer.next([Self.put("note \(number)")])) }
            expectTaken(try device.send(commits, counter: writer.counter))
            try await attack.run {
                for _ in 0..<3 {
                    let told = try attack.attacker.ask("/history/\(Self.trade)?limit=1000")
                    #expect(told["commits"].list.count == 1000)
                    #expect(told["next"].text != nil)
                }
            }
        }
    }

    @Test func `long texts that are dear to compare are merged once, however often they are written`() async throws {
        func coins(_ seed: UInt64) -> String {
            var state = seed
            var text = ""
            for _ in 0..<64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += state >> 63 == 0 ? "a\n" : "b\n"
            }
            return String(repeating: text, count: 2000)
        }
        try await Attack.onServer { attack in
            var (writer, device) = try device(attack)
            expectTaken(try device.send([try writer.next([Self.facts])], counter: 1))
            try await attack.run {
                var others = (2...4).map { ForeignWriter($0) }
                var commits: [EncodedCommit] = []
                for round in 0..<8 {
                    for index in others.indices {
                        commits.append(try others[index].next([Self.put(coins(UInt64(round * 3 + index + 1)))]))
                    }
                }
                expectTaken(try device.send(commits, counter: 1))
                let shown = try attack.attacker.ask("/trades/\(Self.trade)")
                #expect((shown["notes"].text ?? "").utf8.count > 100_000)
            }
        }
    }

    @Test func `two hundred versions of a text are told in answers that somebody could read`() async throws {
        try await Attack.onServer { attack in
            var (writer, device) = try device(attack)
            expectTaken(try device.send([try writer.next([Self.facts])], counter: 1))
            try await attack.run {
                for start in stride(from: 0, to: 200, by: 40) {
                    let commits = try (start..<start + 40).map { number in
                        var other = ForeignWriter(10 + number)
                        return try other.next([Self.put("\(number) " + String(repeating: "\u{1}", count: 60_000))])
                    }
                    expectTaken(try device.send(commits, counter: 1))
                }
                let path = "/conflicts/\(Self.trade)/notes"
                for place in ["/conflicts", path, "\(path)?first=181"] {
                    let answer = try attack.attacker.get(place)
                    #expect(answer.status == 200)
                    #expect(answer.body.count < 6 << 20)
                }
                let conflict = try attack.attacker.ask(path)
                #expect(conflict["version_count"].count == 200)
                #expect(conflict["versions"].list.count == 20)
                #expect(conflict["overlaps"].flag == true)
                let version = try attack.attacker.ask("\(path)/150")
                #expect(version["value"].text?.hasPrefix("50 ") == true)
                #expect(version["size"].count == version["value"].text?.utf8.count)
                #expect(try attack.attacker.get("\(path)/201").code == "conflict.no_version")
                try attack.attacker.ask("POST", path, ["keep": 150])
                #expect(try attack.attacker.ask("/conflicts")["fields"].list.isEmpty)
            }
        }
    }

    @Test func `a journal whose log unpacks to far more than it takes is built anew in little memory`() async throws {
        try await Attack.onServer { attack in
            var (writer, device) = try device(attack)
            try await attack.run {
                for _ in 0..<40 {
                    let known = writer.counter
                    var commits = known == 0 ? [try writer.next([Self.facts])] : []
                    for _ in 0..<15 {
                        commits.append(try writer.next(filler: 512 << 10, [Self.put("note \(writer.counter)")]))
                    }
                    expectTaken(try device.send(commits, counter: known))
                }
                let dot = Dot(writer.replica, writer.counter)
                let head = SyncHeads([(dot, try #require(writer.head))])
                // What it says to hold is not so: the server looks whether it is wrong itself.
                let other = try #require(ContentHash(bytes: [UInt8](repeating: 7, count: 16)))
                expectTaken(try device.send([], counter: dot.counter, content: other, claim: head))
                // And all the hashes at once.
                let asked = (1...UInt64(ExchangeLimits.askedMax)).map { Dot(writer.replica, $0) }
                let answer = try device.send([], counter: dot.counter, claim: head, asked: asked)
                expectTaken(answer)
                let bytes =
                    answer["content-encoding"] == "zstd"
                    ? try Zstandard.decompress(answer.body, sizeMax: 1 << 23) : answer.body
                let standing = try #require(try ExchangeResponse(encoded: bytes, own: writer.replica).standing)
                #expect((1..<100).contains(standing.hashes.count))
            }
        }
    }
}
