import ArgumentParser
import Foundation
import Primitives

/// Measures Daybook as people meet it: journals on a disk, a server in a process of its own, sockets between them.
///
/// Each call prints a JSON object for each step, and ends with 1 when something that should have arrived did not.
/// `Benchmarks/README.md` says what the steps are; `Benchmarks/run.py` puts them beside those of other programs.
@main
struct DaybookBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daybook-bench", abstract: "Measures Daybook; see Benchmarks/README.md.",
        subcommands: [
            SyncBench.self, SecondUserBench.self, SecondUserDevice.self, MergeBench.self, CommitBench.self,
            InsertBench.self, FillsBench.self, UsersBench.self, SignInBench.self, RequestsBench.self,
            AnalyticsBench.self, JournalRequestsBench.self, KeptFiguresBench.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("daybook-bench: \(failure)\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}

/// Where a call finds its trades, and where it may write.
struct TradesOptions: ParsableArguments {
    @Option(help: "Trades as make_trades.py writes them.") var trades: String
    @Option(help: "An empty directory on a real disk.") var work: String
}
