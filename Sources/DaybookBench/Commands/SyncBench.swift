import ArgumentParser
import Ethereum
import Foundation
import Journal
import Primitives
import Storage
import Sync

/// Two devices of one person and a server between them.
struct SyncBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sync")

    @OptionGroup var options: TradesOptions
    @Option var images = 200
    @Option var imageBytes = 200_000
    @Option(help: "The daybook-server executable.") var server: String
    @Option(help: "The counting_proxy executable.") var proxy: String

    private static let noOpCount = 20

    func run() async throws {
        let sheet = try TradeSheet(options.trades)
        let server = try RunningServer(server, data: options.work + "/server")
        defer { server.stop() }
        let proxy = try CountingProxy(proxy, before: server.url)
        defer { proxy.stop() }
        let key = try PrivateKey.new(in: .live)
        let a = try await Device(
            JournalFile.bench(in: options.work + "/a", sheet), key, server: server.url, by: proxy.url)
        let b = try await Device(
            JournalFile.create(in: options.work + "/b", world: .live, deviceName: "b"), key, server: server.url,
            by: proxy.url)

        try await step("first_upload", proxy) { try await a.sync() }
        try await step("fresh_device", proxy) { try await b.syncFirst() }
        try await same(a, b, "the first download")
        try await a.sync()
        for count in [100, 1] { try await measureChanges(count, a, b, sheet, proxy) }
        try await a.sync()
        try await measureNoOp(a, proxy)
        try await measureImages(a, b, proxy)
        try await a.close()
        try await b.close()
    }

    private func measureChanges(
        _ count: Int, _ a: Device, _ b: Device, _ sheet: TradeSheet, _ proxy: CountingProxy
    ) async throws {
        let every = max(1, sheet.lines.count / count)
        for line in stride(from: 0, to: sheet.lines.count, by: every).prefix(count).map({ sheet.lines[$0] }) {
            try await a.journal.edit("append to the notes") { draft, db in
                try TradeStore(db).appendNotes(line.id, "after changed_\(count)", in: &draft)
            }
        }
        try await step("changed_\(count)_push", proxy) { try await a.sync() }
        try await step("changed_\(count)_pull", proxy) { try await b.sync() }
        try await same(a, b, "changed_\(count)")
    }

    private func measureNoOp(_ device: Device, _ proxy: CountingProxy) async throws {
        _ = try proxy.counts()
        var walls: [Duration] = []
        for _ in 0..<Self.noOpCount { walls.append(try await timed { try await device.sync() }.1) }
        let counts = try proxy.counts()
        func each(_ number: Int) -> Step.Figure { .ratio(Double(number) / Double(Self.noOpCount)) }
        try Step.report(
            "no_op",
            [
                "wall_s": .seconds(walls.percentile(0.5)), "bytes_up": each(counts.bytes_up),
                "bytes_down": each(counts.bytes_down), "requests": each(counts.requests),
                "connections": each(counts.connections),
            ])
    }

    private func measureImages(_ a: Device, _ b: Device, _ proxy: CountingProxy) async throws {
        guard images > 0 else { return }
        var names: [BlobName] = []
        for index in 0..<images {
            var dice = Dice(seed: UInt64(2 * index + 1))
            let bytes = (0..<imageBytes).map { _ in UInt8.random(in: .min ... .max, using: &dice) }
            let name = try await a.blobs.put(bytes)
            let image = Image(
                id: .new(in: .live), sha256: name.bytes, name: "chart-\(index).jpg", mediaType: "image/jpeg",
                size: Int64(imageBytes), caption: "", createdAt: World.live.now())
            try await a.journal.edit("add an image") { draft, db in
                try ImageStore(db).add(image, to: nil, in: &draft)
            }
            names.append(name)
        }
        try await step("images_up", proxy) { try await a.syncImages() }
        try await step("images_down", proxy) { try await b.syncImages() }
        let arrived = try await b.blobs.list()
        try Step.check(arrived == names.sorted(), "\(arrived.count) of \(images) images arrived")
        let damaged = try await b.blobs.verify()
        try Step.check(damaged.isEmpty, "\(damaged.count) images arrived changed")
        try await same(a, b, "the images")
    }

    private func step<T>(_ name: String, _ proxy: CountingProxy, _ body: () async throws -> T) async throws {
        _ = try proxy.counts()
        let (_, wall) = try await timed(body)
        let counts = try proxy.counts()
        try Step.report(
            name,
            [
                "wall_s": .seconds(wall), "bytes_up": .whole(counts.bytes_up), "bytes_down": .whole(counts.bytes_down),
                "requests": .whole(counts.requests), "connections": .whole(counts.connections),
            ])
    }

    private func same(_ a: Device, _ b: Device, _ what: String) async throws {
        // B's own first commit may still be on its way.
        try await a.sync()
        let different = try await a.journal.differences(from: b.journal)
        try Step.check(different == 0, "\(different) rows differ after \(what)")
        let (left, right) = (try await a.journal.position(), try await b.journal.position())
        try Step.check(left.content == right.content, "the contents differ after \(what)")
    }
}
