#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The two things a rule may not reach for by itself: the time, and chance.
package struct World: Sendable {
    package var now: @Sendable () -> Timestamp
    /// That many bytes, fit for keys and tokens in the live world.
    package var random: @Sendable (_ count: Int) -> [UInt8]

    package init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.now = now
        self.random = random
    }

    /// The system's clock and its cryptographic random numbers.
    package static let live = World(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    )
}
