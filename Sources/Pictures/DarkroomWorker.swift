import CVips
import Foundation
import Journal
import Primitives

/// The other end of a `Darkroom`: makes one small picture, in a process of its own that ends with it.
package enum DarkroomWorker {
    /// How it ended, as the process's exit code.
    enum Ending: Int32 {
        case done = 0
        case damaged = 10
        /// There is no libvips on this machine.
        case missing = 11
    }

    /// 50 million pixels take 200 MB, twice; a progressive JPEG of that size 300 MB more.
    private static let memoryBytesMax: rlim_t = 1 << 30
    private static let processorSecondsMax: rlim_t = 20
    /// Also when it waits for something that never comes.
    private static let secondsMax: UInt32 = 60
    private static let outputBytesMax: rlim_t = 4 << 20
    private static let inputBytesMax = 16 << 20
    /// A person who waits for a page comes first.
    private static let niceness: Int32 = 10

    /// Reads a picture from the standard input, and writes it to the standard output as WebP, within a square.
    ///
    /// - Returns: the exit code.
    package static func run(side: Int) -> Int32 {
        confine()
        guard let bytes = input() else { return Ending.damaged.rawValue }
        var small: UnsafeMutableRawPointer?
        var count = 0
        let result = bytes.withUnsafeBytes {
            daybook_vips_thumbnail($0.baseAddress, $0.count, Int32(clamping: side), &small, &count)
        }
        switch result {
        case DAYBOOK_VIPS_DONE:
            defer { daybook_vips_free(small) }
            // libvips writes down again what the large picture said of its place and time.
            guard let small,
                let clean = try? CleanImage(Array(UnsafeRawBufferPointer(start: small, count: count))),
                clean.bytes.withUnsafeBytes({ write($0) })
            else { return Ending.damaged.rawValue }
            return Ending.done.rawValue
        case DAYBOOK_VIPS_MISSING: return Ending.missing.rawValue
        default: return Ending.damaged.rawValue
        }
    }

    private static func confine() {
        for (resource, most) in [
            (RLIMIT_AS, memoryBytesMax), (RLIMIT_CPU, processorSecondsMax), (RLIMIT_FSIZE, outputBytesMax),
            (RLIMIT_CORE, 0),
        ] {
            var limit = rlimit(rlim_cur: most, rlim_max: most)
            #if os(Linux)
                setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
            #else
                setrlimit(resource, &limit)
            #endif
        }
        #if os(Linux)
            // What a library of the server has left open for children.
            closefrom(STDERR_FILENO + 1)
        #endif
        alarm(secondsMax)
        _ = nice(niceness)
    }

    private static func input() -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(STDIN_FILENO, &piece, piece.count)
            guard count != 0 else { return bytes }
            guard count > 0, bytes.count + count <= inputBytesMax else { return nil }
            bytes += piece.prefix(count)
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        WholeWrite.put(bytes, in: STDOUT_FILENO) == 0
    }
}
