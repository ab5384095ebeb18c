import Foundation
import Testing

/// What a server keeps of the memory that requests have taken, once they are done with.
@Suite struct KeptMemoryTests {
    private static let keptBytesMax = 64 << 20

    @Test func `threads share so many heaps as there are cores, and keep little in them`() async throws {
        try await Attack.onServer { attack in
            let idle = attack.server.residentBytes
            // On many connections at once, so that all threads of the server have a part in it.
            DispatchQueue.concurrentPerform(iterations: 8) { lane in
                for round in 0..<10 { try? Assault.blobs.round(attack, lane * 1000 + round) }
            }
            usleep(1_000_000)
            let heaps = attack.server.heapCount
            // Left to itself, the C library makes one for each thread, up to eight for each core.
            #expect((1...max(2, ProcessInfo.processInfo.activeProcessorCount)).contains(heaps), "\(heaps) heaps")
            let kept = attack.server.residentBytes - idle
            #expect(kept < Self.keptBytesMax, "\(kept >> 20) MB")
        }
    }
}

extension RunningServer {
    /// How many heaps glibc has made for its threads: each begins at a multiple of 64 MiB.
    fileprivate var heapCount: Int {
        let maps = (try? String(contentsOfFile: "/proc/\(processIdentifier)/maps", encoding: .utf8)) ?? ""
        return maps.split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            guard fields.count == 5, fields[1] == "rw-p", let start = fields[0].split(separator: "-").first else {
                return false
            }
            return UInt(start, radix: 16).map { $0.isMultiple(of: 64 << 20) } ?? false
        }
    }
}
