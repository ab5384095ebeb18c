import CTraps
import Foundation
import Primitives
import Synchronization

/// Where a trap is noted that happens during some work, so that whoever looks afterwards knows what was worked on.
package struct TrapMark: Sendable {
    /// Of a number in memory that outlives the process; 0 for none.
    private let address: UInt

    fileprivate init(_ place: UnsafeMutableRawPointer) { address = UInt(bitPattern: place) }

    /// Does some work that stays on its thread.
    func during<T>(_ body: () throws -> T) rethrows -> T {
        let former = ctraps_mark(UnsafeMutablePointer(bitPattern: address))
        defer { _ = ctraps_mark(former) }
        return try body()
    }
}

/// Says on the disk, at every moment, whose journals are worked on: so the start after a crash knows.
///
/// It is a small file that the process has in its memory. What is written there stays when the process ends, however it
/// ends; it costs no system call.
package final class WorkBoard: Sendable {
    /// Whose journal a place is for.
    package struct Place: Sendable {
        fileprivate let number: Int
        package let mark: TrapMark
    }

    /// How the process before this one ended.
    package struct Aftermath: Hashable, Sendable {
        /// The signal that ended it.
        package let signal: UInt32
        /// Those on whose journal the thread worked that trapped.
        package var marked: [ID<Person>]
        /// The others whose journals were lent out.
        package var inUse: [ID<Person>]

        package init(signal: UInt32, marked: [ID<Person>] = [], inUse: [ID<Person>] = []) {
            self.signal = signal
            self.marked = marked
            self.inUse = inUse
        }
    }

    package static let fileName = "work.board"
    /// More journals than a server can have open.
    package static let placesMax = 100_000

    private static let magic = Array("DAYBOARD".utf8)
    /// The words of the head and of each place, in bytes from their beginning.
    private static let (headBytes, placeBytes, trapAt, countAt, markAt) = (64, 32, 8, 16, 20)

    private let base: UInt
    private let free: Mutex<[Int]>

    /// Takes the board of a data directory that belongs to this process.
    ///
    /// - Throws: `data.unusable`.
    package init(in directory: String, placeCount: Int) throws(Failure) {
        let count = min(max(placeCount, 1), Self.placesMax)
        let size = Self.headBytes + count * Self.placeBytes
        let path = directory + "/" + Self.fileName
        // What the last process wrote was read before; another file does not show through an old mapping.
        unlink(path)
        let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .dataUnusable(String(cString: strerror(errno))) }
        defer { close(file) }
        // Memory that the disk has no room for would end the process on first use.
        let code = posix_fallocate(file, 0, off_t(size))
        guard code == 0 else { throw .dataUnusable(String(cString: strerror(code))) }
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED else {
            throw .dataUnusable(String(cString: strerror(errno)))
        }
        memory.copyMemory(from: Self.magic, byteCount: Self.magic.count)
        base = UInt(bitPattern: memory)
        free = Mutex(Array((0..<count).reversed()))
    }

    /// From here on a trap of this process is noted.
    package func watch() {
        _ = ctraps_watch(pointer(Self.trapAt)?.assumingMemoryBound(to: UInt32.self))
    }

    /// What the board of a process that has ended says; nil when it did not trap. Killed processes did not.
    package static func aftermath(in directory: String) -> Aftermath? {
        guard let file = FileHandle(forReadingAtPath: directory + "/" + fileName) else { return nil }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: headBytes + placesMax * placeBytes).map({ Array($0) }),
            bytes.count >= headBytes, bytes.starts(with: magic)
        else { return nil }
        func number(at offset: Int) -> UInt32 {
            bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard number(at: trapAt) != 0 else { return nil }
        var aftermath = Aftermath(signal: number(at: trapAt))
        for start in stride(from: headBytes, through: bytes.count - placeBytes, by: placeBytes) {
            guard number(at: start + countAt) > 0, let person = ID<Person>(bytes: bytes[start..<(start + 16)]) else {
                continue
            }
            if number(at: start + markAt) != 0 {
                aftermath.marked.append(person)
            } else {
                aftermath.inUse.append(person)
            }
        }
        return aftermath
    }

    // MARK: Places

    /// Nil when there is none left, which is no reason not to serve.
    func take(for person: ID<Person>) -> Place? {
        guard let number = free.withLock({ $0.popLast() }), let start = pointer(offset(number)) else { return nil }
        start.copyMemory(from: person.bytes, byteCount: 16)
        return Place(number: number, mark: TrapMark(start + Self.markAt))
    }

    /// How many work with the journal.
    func set(_ place: Place, useCount: Int) {
        pointer(offset(place.number) + Self.countAt)?.storeBytes(of: UInt32(clamping: useCount), as: UInt32.self)
    }

    func leave(_ place: Place) {
        set(place, useCount: 0)
        free.withLock { $0.append(place.number) }
    }

    private func offset(_ number: Int) -> Int { Self.headBytes + number * Self.placeBytes }

    private func pointer(_ offset: Int) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: base + UInt(offset))
    }
}
