import Foundation
import Primitives
import Sync
import Testing

/// Devices behind a line that is cut, slow and counted.
@Suite struct BadLineTests {
    /// A device with an account and a line to its server.
    private func line() async throws -> (proxy: LossyProxy, home: Household) {
        let proxy = try await LossyProxy()
        let home = try Household(reachedAt: proxy.port)
        proxy.lead(to: home.port)
        return (proxy, home)
    }

    /// Syncs until it is done, as a person would.
    private func insist(_ device: Device, times: Int = 40) throws {
        for _ in 0..<times {
            let ended = try device.attempt("sync", "--yes")
            if ended.code == 0 { return }
            #expect(ended.code == 6, "\(ended.error)")
        }
        Issue.record("it never came through")
    }

    @Test func `images go over a line that is cut with no byte sent twice beyond a piece`() async throws {
        let (proxy, home) = try await line()
        let (desk, laptop) = (
            try home.signedIn("Desk", through: proxy.port), try home.signedIn("Laptop", through: proxy.port)
        )
        var names: [String: Int] = [:]
        for number in 0..<4 {
            let file = home.place + "/chart-\(number).png"
            try Picture.noise(300_000 + 50_000 * number, seed: UInt64(number)).write(to: URL(fileURLWithPath: file))
            let added = try desk.run("image", "add", file, "--json").json
            let image = (added["image"] as? [String: Any]) ?? added
            names[try #require(image["sha256"] as? String)] = try #require(image["size"] as? Int)
        }
        _ = proxy.takeTraffic()
        let cuts = (0..<24).map { LossyProxy.Fate(sentBytesMax: 30_000 + 17_321 * $0 % 140_000) }
        proxy.lead(to: home.port, cuts)
        try insist(desk)
        let up = BlobTraffic(proxy.takeTraffic(), sizes: names)
        #expect(proxy.cutCount >= 10)
        #expect(up.distinctCount == names.values.reduce(0, +))
        #expect(up.repeatedCount <= proxy.cutCount * BlobLimits.chunkBytes, "\(up.repeatedCount)")

        let before = proxy.cutCount
        proxy.lead(to: home.port, (0..<24).map { LossyProxy.Fate(receivedBytesMax: 20_000 + 23_117 * $0 % 150_000) })
        try insist(laptop)
        let down = BlobTraffic(proxy.takeTraffic(), sizes: names)
        #expect(proxy.cutCount - before >= 10)
        #expect(down.distinctCount == names.values.reduce(0, +))
        #expect(down.repeatedCount <= (proxy.cutCount - before) * BlobLimits.chunkBytes, "\(down.repeatedCount)")
        #expect(try desk.run("image", "list", "--json").output == laptop.run("image", "list", "--json").output)
        for device in [desk, laptop] { try device.run("verify") }
        try await proxy.close()
    }

    @Test func `a good line carries each byte of an image once`() async throws {
        let (proxy, home) = try await line()
        let (desk, laptop) = (
            try home.signedIn("Desk", through: proxy.port), try home.signedIn("Laptop", through: proxy.port)
        )
        let file = home.place + "/chart.png"
        try Picture.noise(500_000, seed: 1).write(to: URL(fileURLWithPath: file))
        let added = try desk.run("image", "add", file, "--json").json
        let image = (added["image"] as? [String: Any]) ?? added
        let sizes = [try #require(image["sha256"] as? String): try #require(image["size"] as? Int)]
        _ = proxy.takeTraffic()
        for device in [desk, laptop] {
            try device.run("sync")
            let traffic = BlobTraffic(proxy.takeTraffic(), sizes: sizes)
            #expect(traffic.distinctCount == sizes.values.first)
            #expect(traffic.repeatedCount == 0)
        }
        try await proxy.close()
    }

    @Test func `commits come through a line that is cut and slow, once each`() async throws {
        let (proxy, home) = try await line()
        let (desk, laptop) = (
            try home.signedIn("Desk", through: proxy.port), try home.signedIn("Laptop", through: proxy.port)
        )
        try desk.run("import", "\(Programs.fixtures)/imports/demo_binance.csv")
        try laptop.run("import", "\(Programs.fixtures)/imports/demo_bybit.csv")
        let fates = (0..<30).map { number in
            LossyProxy.Fate(
                sentBytesMax: number % 3 == 0 ? 100 + number * 311 % 9000 : nil,
                receivedBytesMax: number % 3 == 1 ? 10 + number * 277 % 9000 : nil,
                delayMilliseconds: number % 3 == 2 ? 40 : 0)
        }
        proxy.lead(to: home.port, fates)
        for _ in 0..<2 { for device in [desk, laptop] { try insist(device) } }
        proxy.lead(to: home.port)
        try home.sync(desk, laptop)
        #expect(try desk.shown() == laptop.shown())
        for device in [desk, laptop] { try device.run("verify") }
        try await proxy.close()
    }

    @Test func `a sync without news costs 300 bytes and one request, a changed field 600`() async throws {
        let (proxy, home) = try await line()
        let desk = try home.signedIn("Desk", through: proxy.port)
        try desk.run("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "10")
        let trade = try #require(try desk.trades().first)
        try desk.run("sync")
        _ = proxy.takeTraffic()
        try desk.run("sync")
        #expect(bytes(proxy.takeTraffic()) <= 300)
        try desk.run("trade", "rate", trade, "4")
        try desk.run("sync")
        let traffic = proxy.takeTraffic()
        #expect(bytes(traffic) <= 600)
        #expect(traffic.flatMap { HTTPMessage.all(in: $0.sent) }.count == 1)
        try await proxy.close()
    }

    private func bytes(_ traffic: [LossyProxy.Traffic]) -> Int {
        traffic.reduce(0) { $0 + $1.sent.count + $1.received.count }
    }
}
