import Foundation
import Testing

/// `DAYBOOK_SIM_SEED` runs one seed, `DAYBOOK_SIM_RUNS` that many from a new place; otherwise the same few dozen, which take some seconds.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let runs = environment["DAYBOOK_SIM_RUNS"].flatMap(Int.init) ?? 40
    private static let stepsMax = 60

    @Test func `whatever happens to devices, they end up with the same journal and every answered write`() async {
        if let seed = Self.environment["DAYBOOK_SIM_SEED"].flatMap(UInt64.init) {
            return await Self.check(seed: seed)
        }
        let first = Self.environment["DAYBOOK_SIM_RUNS"] == nil ? 1 : UInt64.random(in: 1..<1 << 40)
        await withTaskGroup(of: Void.self) { group in
            let workers = 2
            for worker in 0..<workers {
                group.addTask {
                    for run in stride(from: worker, to: Self.runs, by: workers) {
                        await Self.check(seed: first &+ UInt64(run))
                    }
                }
            }
        }
    }

    private static func check(seed: UInt64) async {
        let steps = 10 + Int(seed % UInt64(stepsMax))
        guard let failure = await failure(seed: seed, steps: steps) else { return }
        // The shortest run that still fails is the one to read.
        var shortest = (steps: steps, failure: failure)
        for fewer in 1..<steps {
            if let failure = await Self.failure(seed: seed, steps: fewer) {
                shortest = (fewer, failure)
                break
            }
        }
        Issue.record("make sim SEED=\(seed)  fails after \(shortest.steps) steps: \(shortest.failure)")
    }

    private static func failure(seed: UInt64, steps: Int) async -> String? {
        do {
            try await Simulation.run(seed: seed, steps: steps)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
