import Foundation
import Journal
import Primitives
import Sync
import TestSupport
import Testing

/// Requests that announce a body and never send it.
@Suite struct HalfRequestTests {
    private static let count = 530
    private static let kinds = [
        ("/api/v1/sync/exchange", "application/x-protobuf"),
        ("/api/v1/journal/upload", Form.fields["Content-Type"] ?? ""),
        ("/api/v1/journal/import", Form.fields["Content-Type"] ?? ""),
    ]

    @Test func `530 half requests of one person keep nobody else from uploading, importing and syncing`() async throws {
        let options = ["--address-connections-max", "10000"]
        try await Attack.onServer(options) { attack in
            var open: [HTTPConnection] = []
            try await attack.run {
                for (path, type) in Self.kinds {
                    for _ in 0..<Self.count {
                        let connection = try attack.server.client()
                        try connection.begin(
                            "POST", path,
                            attack.attacker.session.bearer.merging([
                                "Content-Length": "1000000", "Content-Type": type,
                            ]) { $1 })
                        open.append(connection)
                    }
                }
                try await Self.useEverything(attack.bystander, patience: 0)
            }
            // They hold their own person's places, and give them back when they go.
            #expect(open.count == Self.count * Self.kinds.count)
            open = []
            try await Self.useEverything(attack.attacker, patience: 500)
        }
    }

    /// Does each thing that takes a place, with a body that is not small.
    ///
    /// - Parameter patience: how often it asks again when it is sent away.
    private static func useEverything(_ person: Trader, patience: Int) async throws {
        let picture = Picture.gif(1, bytes: 200_000)
        var taken = try person.server.upload(picture, person.session)
        for _ in 0..<patience where taken.status == 429 {
            usleep(20_000)
            taken = try person.server.upload(picture, person.session)
        }
        #expect(taken.status == 201, "\(taken.text)")
        let rows = (0..<1200).map { number in
            String(format: "2026-11-02T10:%02d:%02dZ,BTC_USDT,buy,100,1,0.1,USDT,%d", number / 60, number % 60, number)
        }
        let file = "time,symbol,side,price,quantity,fee,fee_currency,id\n" + rows.joined(separator: "\n")
        var sent = try person.send(file: file)
        for _ in 0..<patience where sent.status == 429 {
            usleep(20_000)
            sent = try person.send(file: file)
        }
        #expect(sent.status == 202, "\(sent.text)")
        var device = TestDevice(person.session)
        var dice = Dice(seed: 5)
        for _ in 0..<4 {
            try device.write([
                .put(
                    Schema.entry.kind, EntityID(rawValue: UInt128(dice.next())),
                    [FieldWrite(1, .text(String(decoding: (0..<100_000).map { _ in dice.letter }, as: UTF8.self)))])
            ])
        }
        var synced = try device.send(device.request(), try person.server.client())
        for _ in 0..<patience where synced.status == 429 {
            usleep(20_000)
            synced = try device.send(device.request(), try person.server.client())
        }
        #expect(synced.status == 200, "\(synced.text)")
    }
}

extension Dice {
    fileprivate var letter: UInt8 {
        mutating get { UInt8(97 + roll(26)) }
    }
}
