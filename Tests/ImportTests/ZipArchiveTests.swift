import Foundation
import Journal
import Primitives
import TestSupport
import Testing

@Suite struct ZipArchiveTests {
    private static func all(_ archive: ZipArchive, _ entry: ZipArchive.Entry) throws -> [UInt8] {
        let next = try archive.open(entry)
        var bytes: [UInt8] = []
        while let piece = try next() { bytes += piece }
        return bytes
    }

    private static func code(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return (error as? Failure)?.code }
        return nil
    }

    /// How its first file ends.
    private static func code(_ bytes: [UInt8], unpackedBytesMax: Int64 = 1 << 20) -> String? {
        code {
            let archive = try ZipArchive(bytes, unpackedBytesMax: unpackedBytesMax)
            _ = try archive.open(archive.entries[0])
        }
    }

    private static let text = Array(String(repeating: "time,symbol\n", count: 20_000).utf8)

    @Test func `files come out as they were packed, and names are names`() throws {
        let names = ["a.csv", "folder/b.csv", "../../etc/passwd", "/root/c.csv", "C:\\d.csv", "ü.csv"]
        var zip = ZipWriter()
        for (index, name) in names.enumerated() {
            zip.add(name, Array(Self.text.dropLast(index)), method: index % 2 == 0 ? 8 : 0)
        }
        let archive = try ZipArchive(zip.bytes())
        #expect(archive.entries.map(\.name) == names)
        for (index, entry) in archive.entries.enumerated() {
            #expect(try Self.all(archive, entry) == Array(Self.text.dropLast(index)))
        }
    }

    @Test func `a damaged file brings nothing, not even its beginning`() throws {
        var zip = ZipWriter()
        zip.add("a.csv", Self.text, method: 0, sum: 1)
        #expect(Self.code(zip.bytes()) == "import.bad_archive")
        var whole = ZipWriter()
        whole.add("a.csv", Self.text)
        let bytes = whole.bytes()
        #expect(Self.code(bytes) == nil)
        for count in [4, 30, 60, bytes.count / 2, bytes.count - 23, bytes.count - 1] {
            #expect(Self.code(Array(bytes.prefix(count))) == "import.bad_archive", "\(count)")
        }
    }

    @Test func `what is locked or packed in another way is refused by name`() throws {
        var locked = ZipWriter()
        locked.add("a.csv", Self.text, flags: 0x801)
        #expect(Self.code(locked.bytes()) == "import.locked_archive")
        var other = ZipWriter()
        other.add("a.csv", Self.text, method: 98)
        #expect(Self.code(other.bytes()) == "import.archive_method")
    }

    @Test func `what unpacks to more than is allowed is refused before any of it is read`() throws {
        let size = Int64(Self.text.count)
        var zip = ZipWriter()
        for _ in 0..<3 { zip.add("a.csv", Self.text) }
        let archive = try ZipArchive(zip.bytes(), unpackedBytesMax: 2 * size)
        #expect(try archive.size(of: archive.entries[0]) == size)
        #expect(try archive.size(of: archive.entries[0]) == size)
        #expect(try archive.size(of: archive.entries[1]) == size)
        #expect(Self.code { _ = try archive.open(archive.entries[2]) } == "import.archive_too_large")
        #expect(Self.code(zip.bytes(), unpackedBytesMax: size - 1) == "import.archive_too_large")
    }

    @Test func `an archive of too many files is refused, whatever its end says of their number`() throws {
        var zip = ZipWriter()
        for number in 0...ZipArchive.entriesMax { zip.add("\(number)", [], method: 0) }
        for said in [nil, 1, 0xffff] as [UInt16?] {
            // What says another number is damaged.
            let code = said == nil ? "import.archive_too_large" : "import.bad_archive"
            #expect(Self.code(zip.bytes(saidCount: said)) == code, "\(said ?? 0)")
        }
        var full = ZipWriter()
        for number in 0..<ZipArchive.entriesMax { full.add("\(number)", [], method: 0) }
        #expect(try ZipArchive(full.bytes()).entries.count == ZipArchive.entriesMax)
    }

    @Test(arguments: [1, 1 << 28, UInt64.max]) func `the room that an archive asks for is not given`(count: UInt64)
        throws
    {
        var zip = ZipWriter()
        zip.add("a.csv", Self.text)
        let bytes = zip.bytes()
        let place = UInt64(bytes.count - 22)
        let end =
            [0x50, 0x4b, 6, 6] + ZipWriter.eight(44) + ZipWriter.two(45) + ZipWriter.two(45) + ZipWriter.four(0)
            + ZipWriter.four(0) + ZipWriter.eight(count) + ZipWriter.eight(count) + ZipWriter.eight(place)
            + ZipWriter.eight(0)
        let locator = [0x50, 0x4b, 6, 7] + ZipWriter.four(0) + ZipWriter.eight(place) + ZipWriter.four(1)
        let last: [UInt8] = [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + Array(repeating: 0xff, count: 12) + [0, 0]
        let code = Self.code(Array(bytes.dropLast(22)) + end + locator + last)
        #expect(code == (count == 1 ? "import.bad_archive" : "import.archive_too_large"))
    }

    @Test func `gzip is unpacked as one or several, and what is damaged or too large brings nothing`() throws {
        func all(_ bytes: [UInt8], max: Int64 = 1 << 30) throws -> [UInt8] {
            let next = try GzipFile(bytes, unpackedBytesMax: max).open()
            var found: [UInt8] = []
            while let piece = try next() { found += piece }
            return found
        }
        let packed = ZipWriter.gzipped(Self.text)
        #expect(try all(packed) == Self.text)
        #expect(try all(packed + packed) == Self.text + Self.text)
        #expect(try all(packed + [0, 0, 0]) == Self.text)
        #expect(try GzipFile(packed).size == Int64(Self.text.count))
        var wrong = packed
        wrong[wrong.count - 5] ^= 1
        for bytes in [wrong, Array(packed.dropLast()), Array(packed.prefix(12)), packed + packed.prefix(20)] {
            #expect(Self.code { _ = try all(bytes) } == "import.bad_archive", "\(bytes.count)")
        }
        #expect(Self.code { _ = try all(packed, max: 1000) } == "import.archive_too_large")
    }

    @Test func `no damage to an archive or a workbook does anything but refuse it`() throws {
        let files = try ["exports.zip", "bybit_contracts.xlsx", "binance_spot.xlsx"].map { try Fixture.bytes($0) }
        for seed in FuzzSeeds.some(1, 2, 3, 4) {
            var dice = Dice(seed: seed)
            var readCount = 0
            for _ in 0..<300 {
                var bytes = files[Int.random(in: 0..<files.count, using: &dice)]
                for _ in 0..<Int.random(in: 1...6, using: &dice) {
                    let place = Int.random(in: 0..<bytes.count, using: &dice)
                    switch Int.random(in: 0..<4, using: &dice) {
                    case 0: bytes[place] = .random(in: .min ... .max, using: &dice)
                    case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &dice)))
                    case 2: bytes.insert(contentsOf: [0x50, 0x4b, UInt8.random(in: 1...7, using: &dice), 6], at: place)
                    default: for offset in place..<min(bytes.count, place + 4) { bytes[offset] = 0xff }
                    }
                    if bytes.isEmpty { bytes = [0x50] }
                }
                do {
                    let archive = try ZipArchive(bytes, unpackedBytesMax: 4 << 20)
                    for entry in archive.entries { readCount += try Self.all(archive, entry).count }
                    if try archive.kind == .workbook { _ = try workbookRows(bytes) }
                } catch {
                    #expect(error is Failure, "DAYBOOK_FUZZ_SEED=\(seed): \(error)")
                }
            }
            #expect(readCount > 0, "DAYBOOK_FUZZ_SEED=\(seed)")
        }
    }
}
