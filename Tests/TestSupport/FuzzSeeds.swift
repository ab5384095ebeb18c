import Foundation

/// With which seeds a fuzzer runs: some that are the same in every run, and one that was never tried, which the failure
/// names.
///
/// `DAYBOOK_FUZZ_SEED` runs one seed alone, as a failure names it; `DAYBOOK_FUZZ_RUNS` that many new ones, for an hour by
/// hand.
package enum FuzzSeeds {
    package static func some(_ fixed: UInt64...) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["DAYBOOK_FUZZ_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let first = UInt64.random(in: 1 << 32..<1 << 48)
        guard let runs = environment["DAYBOOK_FUZZ_RUNS"].flatMap({ UInt64($0) }), runs > 0 else {
            return fixed + [first]
        }
        return Array(first..<first + runs)
    }
}
