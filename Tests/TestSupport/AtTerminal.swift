import Foundation

/// A program with a terminal of its own, as a person has it.
package enum AtTerminal {
    package struct NoTerminal: Error {
        let number: Int32
    }

    /// TIOCSPTLCK and TIOCGPTN of Linux: Swift sees neither these nor what the C library makes of them.
    private static let (unlockRequest, numberRequest): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    /// - Parameter typing: what the person types, at once.
    /// - Returns: how it ended, and all that the terminal was sent, with `\n` for its line ends.
    package static func run(
        _ program: URL, _ arguments: [String], environment: [String: String], in directory: String, columns: UInt16,
        typing: String = ""
    ) throws -> (status: Int32, shown: String) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        guard master >= 0 else { throw NoTerminal(number: errno) }
        defer { close(master) }
        var (number, isLocked): (Int32, Int32) = (0, 0)
        guard ioctl(master, unlockRequest, &isLocked) == 0, ioctl(master, numberRequest, &number) == 0 else {
            throw NoTerminal(number: errno)
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard slave >= 0 else { throw NoTerminal(number: errno) }
        var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        // Only the program has it now: reading ends when it does.
        close(slave)
        _ = Array(typing.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
        var shown: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(master, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            shown += piece[..<count]
        }
        process.waitUntilExit()
        let text = String(decoding: shown, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        return (process.terminationStatus, text)
    }
}
