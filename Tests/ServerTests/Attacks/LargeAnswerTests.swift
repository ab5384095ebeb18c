import Foundation
import Journal
import Primitives
import Sync
import Testing

/// Small requests for answers that would be large.
@Suite struct LargeAnswerTests {
    /// What any of these answers has at most, in bytes: texts of one mebibyte, and what stands around them.
    private static let answerBytesMax = 2 << 20

    private static let text = String(repeating: "word ", count: (256 << 10) / 5)

    /// A trade with forty entries of a quarter of a megabyte about it, as devices sync them; an honest one writes them, too.
    private func fill(_ trader: Trader, entryCount: Int = 40) throws -> String {
        let trade = try trader.trade()["id"].text ?? ""
        let tag = try #require(ID<Trade>(trade))
        var device = TestDevice(trader.session)
        let client = try trader.server.client()
        for number in 0..<entryCount {
            try device.write([
                .put(
                    Schema.entry.kind, EntityID(rawValue: UInt128(number) + 1 << 64),
                    [
                        FieldWrite(1, .text("2026-11-02")), FieldWrite(2, .text("Page \(number)")),
                        FieldWrite(3, .text(Self.text)), FieldWrite(5, .id(tag)),
                    ])
            ])
            if number % 10 == 9 { try device.exchange(client) }
        }
        return trade
    }

    @Test func `six readers who do not read get no more than so many bytes ready`() async throws {
        try await Attack.onServer { attack in
            let trade = try fill(attack.attacker)
            let whole = try attack.attacker.get("/trades/\(trade)")
            #expect(whole.status == 200)
            #expect(whole.body.count < Self.answerBytesMax)
            try await attack.run {
                var sockets: [Socket] = []
                for _ in 0..<6 {
                    let socket = try Socket(port: attack.server.port)
                    for path in ["/trades/\(trade)", "/entries?limit=100"] {
                        let head =
                            "GET /api/v1/journal\(path) HTTP/1.1\r\nHost: 127.0.0.1:\(attack.server.port)\r\n"
                            + "Authorization: Bearer \(attack.attacker.session.access)\r\n\r\n"
                        try socket.send(Array(head.utf8))
                    }
                    sockets.append(socket)
                }
                usleep(1_500_000)
                #expect(sockets.count == 6)
            }
        }
    }

    @Test func `lists show whole bodies while there is room, then their beginnings, and say so`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try fill(trader, entryCount: 10)
            for path in ["/entries?trade_id=\(trade)", "/entries", "/trades/\(trade)"] {
                let answer = try trader.ask(path)
                let entries = answer["entries"].list
                #expect(entries.count == 10, "\(path)")
                #expect(entries.filter { $0["is_cut"].flag == false }.count == 4, "\(path)")
                let cut = try #require(entries.first { $0["is_cut"].flag == true })
                #expect(cut["body"].text?.hasSuffix("…") == true)
                let whole = try trader.ask("/entries/\(cut["id"].text ?? "")")
                #expect(whole["body"].text == Self.text)
                #expect(whole["is_cut"].flag == false)
            }
            #expect(try trader.ask("/trades/\(trade)")["entry_count"].count == 10)
        }
    }

    /// Names as no version of this program lets a person type them.
    @Test func `names without an end are in no answer that is as long as they are`() async throws {
        try await Attack.onServer { attack in
            var device = TestDevice(attack.attacker.session)
            let client = try attack.server.client()
            let trade = try #require(ID<Trade>(try attack.attacker.trade()["id"].text ?? ""))
            for number in 0..<60 {
                let tag = EntityID(rawValue: UInt128(number) + 1 << 70)
                try device.write([
                    .put(Schema.tag.kind, tag, [FieldWrite(1, .text("\(number)" + Self.text))]),
                    .add(Schema.tradeTags, owner: trade.cast(), tag),
                ])
                if number % 10 == 9 { try device.exchange(client) }
            }
            try await attack.run {
                for path in [
                    "/trades", "/trades/\(trade)", "/tags", "/analytics/filter-options", "/search?q=word",
                    "/trades?tag=word", "/export?table=trades",
                ] {
                    let answer = try attack.attacker.get(path)
                    #expect([200, 400].contains(answer.status), "\(path): \(answer.status) \(answer.text.prefix(200))")
                    #expect(answer.body.count < 9 << 20, "\(path)")
                }
            }
        }
    }

    @Test func `beside a trade stand so many of each, and how many there are`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let trade = try trader.trade()["id"].text ?? ""
            let id = try #require(ID<Trade>(trade))
            var device = TestDevice(trader.session)
            for batch in 0..<3 as Range<UInt64> {
                var mutations: [Mutation] = []
                for number in 0..<100 as Range<UInt64> {
                    let name = EntityID(rawValue: UInt128(batch * 100 + number) + 1 << 64)
                    mutations.append(
                        .put(
                            Schema.entry.kind, name,
                            [FieldWrite(1, .text("2026-11-02")), FieldWrite(2, .text("x")), FieldWrite(5, .id(id))]))
                    let image = EntityID(rawValue: UInt128(batch * 100 + number) + 1 << 65)
                    mutations.append(
                        .put(
                            Schema.image.kind, image,
                            [FieldWrite(1, .bytes([UInt8](repeating: 1, count: 32))), FieldWrite(2, .text("y"))]))
                    mutations.append(.add(Schema.tradeImages, owner: id.cast(), image))
                }
                try device.write(mutations)
            }
            try device.exchange(server.client())
            let shown = try trader.ask("/trades/\(trade)")
            #expect(shown["entries"].list.count == 100)
            #expect(shown["entry_count"].count == 300)
            #expect(shown["images"].list.count == 200)
            #expect(shown["image_count"].count == 300)
            #expect(try trader.ask("/entries?trade_id=\(trade)&limit=100&page=3")["entries"].list.count == 100)
            #expect(try trader.ask("/images?trade_id=\(trade)&limit=100&page=3")["images"].list.count == 100)
        }
    }
}
