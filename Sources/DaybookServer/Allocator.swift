import CAllocator
import Foundation

/// What the C library's allocator may keep of the memory that nobody uses.
///
/// Left to itself, glibc makes eight arenas for each core, and what is free in one is of no use to the threads of another.
/// It also takes ever larger allocations from them, up to 32 MiB, as soon as one of that size was freed: after one large
/// body all others lie there, with holes between them.
enum Allocator {
    /// Heaps that threads share. More of them keep more; with fewer, threads wait for each other.
    static let arenasPerCore = 1
    static let arenasMin = 2
    /// From here on an allocation is a mapping of its own: with its last use it goes back to the system.
    static let mappedBytesMin = 1 << 20
    /// What may stay free at the end of each heap.
    static let freeBytesMax = 8 << 20

    /// To be called before there is work for threads. Where the C library has another allocator, nothing is set.
    static func bound() {
        let arenas = max(arenasMin, arenasPerCore * ProcessInfo.processInfo.activeProcessorCount)
        _ = callocator_bound(Int32(clamping: arenas), mappedBytesMin, freeBytesMax)
    }
}
