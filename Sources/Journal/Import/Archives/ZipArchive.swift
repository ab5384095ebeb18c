import CZip
import Primitives

/// A ZIP archive in memory, whose files are unpacked piece by piece.
///
/// Nothing here touches a disk: the names of files are names, whatever they say of directories. A file is unpacked once
/// before any of it is handed out: one that is damaged, or unpacks to more than is allowed, brings nothing.
package final class ZipArchive {
    /// The archive itself, in bytes.
    package static let packedBytesMax = 64 << 20
    /// What the files that are read unpack to, in bytes, all together.
    package static let unpackedBytesMax: Int64 = 2 << 30
    package static let entriesMax = 10_000
    /// The list of its files, in bytes.
    static let directoryBytesMax = 4 << 20
    private static let pieceBytes = 64 << 10

    package struct Entry: Sendable {
        fileprivate let index: UInt64
        /// As the archive has it: `2026/spot.csv`.
        package let name: String
        fileprivate let isLocked: Bool
        fileprivate let isKnownMethod: Bool

        package var isDirectory: Bool { name.hasSuffix("/") }
    }

    package let entries: [Entry]
    private let memory: UnsafeMutableRawBufferPointer
    private let handle: OpaquePointer
    private var unpackedLeft: Int64
    private var unpackedMax: Int64
    /// The sizes of files that were unpacked already, by their places.
    private var sizes: [UInt64: Int64] = [:]

    package static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
    }

    /// All bytes of a packed file, as far as one may have.
    ///
    /// - Throws: `import.archive_too_large`, and what `chunks` throws.
    package static func bytes(of chunks: () throws -> [UInt8]?) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try chunks() {
            bytes += chunk
            guard bytes.count <= packedBytesMax else { throw Failure.importArchiveTooLarge("is larger than 64 MiB") }
        }
        return bytes
    }

    /// - Parameters:
    ///   - bytes: the whole archive, at most `packedBytesMax`.
    ///   - unpackedBytesMax: what the files that are read may unpack to, all together.
    /// - Throws: `import.bad_archive`, `import.archive_too_large`.
    package init(_ bytes: [UInt8], unpackedBytesMax: Int64 = ZipArchive.unpackedBytesMax) throws(Failure) {
        guard bytes.count <= Self.packedBytesMax else { throw .importArchiveTooLarge("is larger than 64 MiB") }
        try Self.checkDirectory(bytes)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        memory.copyBytes(from: bytes)
        do throws(Failure) {
            let handle = try Self.open(UnsafeRawBufferPointer(rebasing: memory[..<bytes.count]))
            do throws(Failure) {
                entries = try Self.list(handle)
            } catch {
                zip_discard(handle)
                throw error
            }
            self.handle = handle
        } catch {
            memory.deallocate()
            throw error
        }
        self.memory = memory
        unpackedLeft = unpackedBytesMax
        unpackedMax = unpackedBytesMax
    }

    deinit {
        zip_discard(handle)
        memory.deallocate()
    }

    private static func open(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> OpaquePointer {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
            throw .importBadArchive(String(cString: zip_error_strerror(&error)))
        }
        guard let handle = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw .importBadArchive(String(cString: zip_error_strerror(&error)))
        }
        return handle
    }

    private static func list(_ handle: OpaquePointer) throws(Failure) -> [Entry] {
        let count = zip_get_num_entries(handle, 0)
        guard count <= entriesMax else { throw .importTooManyEntries }
        var entries: [Entry] = []
        for index in 0..<UInt64(max(count, 0)) {
            var facts = zip_stat_t()
            zip_stat_init(&facts)
            guard zip_stat_index(handle, index, 0, &facts) == 0, let name = facts.name else {
                throw .importBadArchive("the list of its files cannot be read")
            }
            let isKnown = zip_compression_method_supported(Int32(facts.comp_method), 0) == 1
            entries.append(
                Entry(
                    index: index, name: String(cString: name),
                    isLocked: facts.encryption_method != UInt16(ZIP_EM_NONE), isKnownMethod: isKnown))
        }
        return entries
    }

    /// Looks at what the end of the archive promises before libzip makes room for it.
    ///
    /// APPNOTE 6.3.10, 4.3.14 to 4.3.16: where the list of files is, how long it is, and how many there are.
    private static func checkDirectory(_ bytes: [UInt8]) throws(Failure) {
        // The comment behind it has at most 64 KiB, and libzip looks no further.
        let first = max(0, bytes.count - (1 << 16) - 100)
        for start in first..<bytes.count where bytes[start] == 0x50 {
            let rest = bytes[start...]
            if rest.starts(with: [0x50, 0x4b, 5, 6]) {
                let (count, size) = (number(bytes, start + 10, 2), number(bytes, start + 12, 4))
                guard count <= entriesMax || count == 0xffff, size <= directoryBytesMax || size == 0xffff_ffff else {
                    throw .importTooManyEntries
                }
            } else if rest.starts(with: [0x50, 0x4b, 6, 7]) {
                let place = number(bytes, start + 8, 8)
                guard place < bytes.count else { throw .importBadArchive("the list of its files is not there") }
                let (count, size) = (number(bytes, Int(place) + 32, 8), number(bytes, Int(place) + 40, 8))
                guard count <= entriesMax, size <= directoryBytesMax else { throw .importTooManyEntries }
            }
        }
    }

    /// Of at most eight bytes, the lowest first; what lies behind the end is zero.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        (0..<count).reversed().reduce(0) { value, offset in
            let place = start + offset
            return value << 8 | (bytes.indices.contains(place) ? UInt64(bytes[place]) : 0)
        }
    }

    // MARK: Files

    /// Lets files that were not unpacked yet come to no more than this.
    func limit(to unpackedBytesMax: Int64) {
        unpackedLeft = min(unpackedLeft, unpackedBytesMax)
        unpackedMax = min(unpackedMax, unpackedBytesMax)
    }

    /// How large a file is unpacked, which is found out by unpacking it.
    ///
    /// - Throws: `import.locked_archive`, `import.archive_method`, `import.bad_archive`, `import.archive_too_large`;
    ///   `CancellationError`.
    package func size(of entry: Entry) throws -> Int64 {
        if let known = sizes[entry.index] { return known }
        let stream = try ZipStream(self, entry)
        var size: Int64 = 0
        while let piece = try stream.next() {
            try WorkBudget.spend()
            size += Int64(piece.count)
            guard size <= unpackedLeft else {
                throw Failure.importArchiveTooLarge("unpacks to more than \(unpackedMax >> 20) MiB")
            }
        }
        unpackedLeft -= size
        sizes[entry.index] = size
        return size
    }

    /// Unpacks a file piece by piece. What it returns holds the archive.
    ///
    /// - Throws: see `size(of:)`; what is returned throws what a file cannot that was unpacked before.
    package func open(_ entry: Entry) throws -> () throws -> [UInt8]? {
        _ = try size(of: entry)
        let stream = try ZipStream(self, entry)
        return { try stream.next() }
    }

    /// One file while it is unpacked.
    private final class ZipStream {
        private let archive: ZipArchive
        private let file: OpaquePointer
        private let name: String

        init(_ archive: ZipArchive, _ entry: Entry) throws(Failure) {
            guard !entry.isLocked else { throw .importLockedArchive(entry.name) }
            guard entry.isKnownMethod else { throw .importArchiveMethod(entry.name) }
            guard let file = zip_fopen_index(archive.handle, entry.index, 0) else {
                throw .importBadArchive("“\(entry.name.suffix(100))” cannot be unpacked")
            }
            self.archive = archive
            self.file = file
            name = entry.name
        }

        deinit { zip_fclose(file) }

        func next() throws(Failure) -> [UInt8]? {
            var count: Int64 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: ZipArchive.pieceBytes) { buffer, filled in
                count = zip_fread(file, buffer.baseAddress, UInt64(buffer.count))
                filled = max(0, min(Int(count), buffer.count))
            }
            // Also where the sum at its end is another.
            guard count >= 0 else { throw .importBadArchive("“\(name.suffix(100))” is not as it was packed") }
            return piece.isEmpty ? nil : piece
        }
    }
}

extension Failure {
    static func importBadArchive(_ reason: String) -> Failure {
        Failure(
            .invalid, "import.bad_archive",
            "The archive is damaged or cut off (\(reason)): fetch it again. Nothing of the damaged file was imported.")
    }

    static func importArchiveTooLarge(_ reason: String) -> Failure {
        Failure(
            .tooLarge, "import.archive_too_large",
            "The archive \(reason): unpack it, and import what is in it file by file.")
    }

    static let importTooManyEntries = importArchiveTooLarge("has more than \(ZipArchive.entriesMax) files")

    static func importLockedArchive(_ name: String) -> Failure {
        Failure(
            .invalid, "import.locked_archive",
            "“\(name.suffix(100))” is locked by a password: unpack it with the password, and import what comes out.")
    }

    static func importArchiveMethod(_ name: String) -> Failure {
        Failure(
            .invalid, "import.archive_method",
            "“\(name.suffix(100))” is packed in a way that Daybook cannot read: unpack it, and import what comes out.")
    }
}
