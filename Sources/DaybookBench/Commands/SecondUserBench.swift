import ArgumentParser
import Ethereum
import Foundation
import Gateways
import Primitives
import Storage
import Sync

/// What one person notices of another's first upload.
struct SecondUserBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "second-user")

    @OptionGroup var options: TradesOptions
    @Option(help: "The daybook-server executable.") var server: String

    private static let undisturbed = Duration.seconds(2)

    func run() async throws {
        let sheet = try TradeSheet(options.trades)
        // Beside what another step may have left.
        let work = options.work + "/second-user"
        let server = try RunningServer(server, data: work + "/server")
        defer { server.stop() }
        let a = try await Device(
            JournalFile.bench(in: work + "/a", sheet), .new(in: .live), server: server.url, by: server.url)
        let other = try SecondUser(trades: options.trades, work: work + "/c", server: server.url)
        // With both signed in, and the first journal not uploaded.
        let idle = server.facts.memory
        try await Task.sleep(for: Self.undisturbed)
        let start = Moment.now
        try await a.sync()
        let end = Moment.now
        let samples = try other.finish()
        let during = samples.filter { $0.due < end && $0.due.seconds + $0.took > start.seconds }.map(\.duration)
        let before = samples.filter { $0.due.seconds + $0.took <= start.seconds }.map(\.duration)
        try Step.check(!during.isEmpty, "no sync fell into the upload")
        let peak = server.facts.memoryPeak
        try Step.report(
            "second_user_no_op",
            [
                "samples": .whole(during.count), "p50_s": .seconds(during.percentile(0.5)),
                "p99_s": .seconds(during.percentile(0.99)), "max_s": .seconds(during.percentile(1)),
                "undisturbed_p50_s": .seconds(before.percentile(0.5)),
                "undisturbed_p99_s": .seconds(before.percentile(0.99)),
                "first_upload_s": .ratio(end.seconds - start.seconds), "idle_bytes": .whole(idle),
                "peak_bytes": .whole(peak), "above_idle_bytes": .whole(peak - idle),
            ])
        try await a.close()
    }
}

/// The other person's device, in a process of its own.
private final class SecondUser {
    struct Sample {
        let due: Moment
        let took: Double
        var duration: Duration { .seconds(took) }
    }

    private let process = Process()
    private let input = Pipe()
    private let output: LineReader

    /// Starts it, and waits until it has synced its first trades.
    init(trades: String, work: String, server: ServerURL) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "second-user-device", "--trades", trades, "--work", work, "--server", server.description,
        ]
        let said = Pipe()
        process.standardInput = input
        process.standardOutput = said
        output = LineReader(said.fileHandleForReading)
        try process.run()
        guard try output.next() == "ready" else {
            throw Failure(.unavailable, "bench.no_second_user", "The second user did not start.")
        }
    }

    func finish() throws -> [Sample] {
        try input.fileHandleForWriting.close()
        var samples: [Sample] = []
        while let line = try output.next() {
            let numbers = line.split(separator: " ").compactMap { Double($0) }
            if numbers.count == 2 { samples.append(Sample(due: Moment(seconds: numbers[0]), took: numbers[1])) }
        }
        process.waitUntilExit()
        try Step.check(process.terminationStatus == 0, "the second user failed")
        return samples
    }
}

/// Syncs every 10 ms until its input ends; then tells when each sync was due, and how long after that it was done.
///
/// Counting from when it was due makes a stall of the server show up in every sync that waited behind it.
struct SecondUserDevice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "second-user-device", shouldDisplay: false)

    @OptionGroup var options: TradesOptions
    @Option var server: String

    private static let everySeconds = 0.01
    private static let tradesMax = 100

    func run() async throws {
        let url = try ServerURL(server)
        let journal = try await JournalFile.bench(
            in: options.work, TradeSheet(options.trades, countMax: Self.tradesMax), device: "c")
        let device = try await Device(journal, .new(in: .live), server: url, by: url)
        try await device.sync()
        try await device.sync()
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        let stop = InputEnd()
        var lines = ""
        var due = Moment.now
        while stop.moment.map({ due < $0 }) ?? true {
            let wait = due.seconds - Moment.now.seconds
            if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
            try await device.sync()
            lines += "\(due.seconds) \(Moment.now.seconds - due.seconds)\n"
            due = Moment(seconds: due.seconds + Self.everySeconds)
        }
        FileHandle.standardOutput.write(Data(lines.utf8))
        try await device.close()
    }
}
