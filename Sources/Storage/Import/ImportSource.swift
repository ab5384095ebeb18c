import Foundation
import Journal
import Primitives

/// One table on its way into a journal: a file or standard input, piece by piece, or a sheet of a workbook.
package final class ImportSource {
    package let name: String
    /// In bytes; zero when it is not known before the end, as for a pipe.
    package let size: Int64
    /// What is to be said of where it came from: sentences' parts.
    package internal(set) var notes: [String] = []
    private let content: Content

    private enum Content {
        /// What the format is told by, and what comes behind it.
        case bytes(head: [UInt8], then: () throws -> [UInt8]?)
        /// With the sum of the workbook's bytes.
        case sheet(Workbook.Sheet, sha256: [UInt8])
    }

    private static let chunkBytes = 256 << 10

    /// A file as it is, whatever is in it: see `ImportContents`.
    ///
    /// - Parameter path: of a file, or `-` for standard input.
    /// - Throws: `file.not_found`.
    package convenience init(_ path: String) throws {
        // Named in full: `Self` in a class, before it is initialised, is a jump to nowhere in Swift 6.3.1.
        guard path != "-" else {
            try self.init("standard input", size: 0, ImportSource.reading(.standardInput))
            return
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes, attributes[.type] as? FileAttributeType != .typeDirectory,
            let handle = FileHandle(forReadingAtPath: path)
        else { throw Failure(.notFound, "file.not_found", "There is no file \(path), or it cannot be read.") }
        try self.init(
            URL(fileURLWithPath: path).lastPathComponent, size: (attributes[.size] as? Int).map(Int64.init) ?? 0,
            ImportSource.reading(handle))
    }

    /// A file that came in, as it is.
    ///
    /// - Parameter name: what its sender calls it.
    /// - Throws: `import.file_gone`.
    package convenience init(_ name: String, at path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Failure.importFileGone }
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        try self.init(name, size: Int64(size ?? 0), ImportSource.reading(handle))
    }

    /// - Throws: what `next` throws.
    init(_ name: String, size: Int64, _ next: @escaping () throws -> [UInt8]?) throws {
        self.name = name
        self.size = size
        var head: [UInt8] = []
        while head.count < Self.chunkBytes, let more = try next() { head += more }
        content = .bytes(head: head, then: next)
    }

    /// - Parameter sha256: of the workbook's bytes.
    init(_ name: String, _ sheet: Workbook.Sheet, sha256: [UInt8]) {
        self.name = name
        size = sheet.size
        content = .sheet(sheet, sha256: sha256)
    }

    private static func reading(_ handle: FileHandle) -> () throws -> [UInt8]? {
        {
            guard let data = try handle.read(upToCount: chunkBytes), !data.isEmpty else { return nil }
            return [UInt8](data)
        }
    }

    /// A name may be anything; what goes into the history is one line, of its last 100 characters.
    package static func line(_ name: String) -> String {
        let clean = name.unicodeScalars.filter { $0.properties.generalCategory != .control }.suffix(100)
        return clean.isEmpty ? "a file" : String(String.UnicodeScalarView(clean))
    }

    /// The beginning of its bytes; empty for a sheet.
    var head: [UInt8] {
        guard case .bytes(let head, _) = content else { return [] }
        return head
    }

    /// The whole source from its beginning. To be asked for once: a pipe cannot be read twice.
    func chunks() -> () throws -> [UInt8]? {
        guard case .bytes(let head, let next) = content else { return { nil } }
        var isFirst = true
        return {
            guard isFirst else { return try next() }
            isFirst = false
            return head.isEmpty ? nil : head
        }
    }

    /// Reads its rows. To be asked for once.
    ///
    /// - Parameter hash: of what passes.
    func reader(
        _ account: Account, _ format: ImportFormat, _ options: ImportOptions, hashing hash: FileHash
    ) throws -> ImportReader {
        switch content {
        case .bytes:
            return try ImportReader(
                account: account, format: format, fileName: name, options: options, nextChunk: hash.over(chunks()))
        case .sheet(let sheet, let sha256):
            hash.set(sha256)
            return try ImportReader(account: account, format: format, fileName: name, options: options, sheet: sheet)
        }
    }

    /// A reader of its beginning alone, which knows whose export it is. May be asked for before `reader`.
    func beginning(_ format: ImportFormat, _ options: ImportOptions) throws -> ImportReader {
        let anybody = Account.named(exchange: "", environment: .live, label: "")
        guard case .bytes(var head, _) = content else {
            return try reader(anybody, format, options, hashing: FileHash())
        }
        return try ImportReader(account: anybody, format: format, fileName: name, options: options) {
            defer { head = [] }
            return head.isEmpty ? nil : head
        }
    }
}

extension Failure {
    static let importFileGone = Failure(
        .gone, "import.file_gone", "The server no longer has the file that was to be imported. Send it again.")
}
