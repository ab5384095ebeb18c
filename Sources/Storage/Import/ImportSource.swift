import Foundation
import Primitives

/// The bytes of one file or of standard input, piece by piece.
package final class ImportSource {
    package let name: String
    /// In bytes; zero when it is not known before the end, as for a pipe.
    package let size: Int64
    /// What the format is told by.
    let head: [UInt8]
    private let next: () throws -> [UInt8]?

    private static let chunkBytes = 256 << 10

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

    /// A file that came in.
    ///
    /// - Parameter name: what its sender calls it.
    /// - Throws: `import.file_gone`.
    package convenience init(_ name: String, at path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Failure.importFileGone }
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        try self.init(name, size: Int64(size ?? 0), ImportSource.reading(handle))
    }

    private init(_ name: String, size: Int64, _ next: @escaping () throws -> [UInt8]?) throws {
        self.name = name
        self.size = size
        self.next = next
        var head: [UInt8] = []
        while head.count < Self.chunkBytes, let more = try next() { head += more }
        self.head = head
    }

    private static func reading(_ handle: FileHandle) -> () throws -> [UInt8]? {
        {
            guard let data = try handle.read(upToCount: chunkBytes), !data.isEmpty else { return nil }
            return [UInt8](data)
        }
    }

    /// The whole source from its beginning. To be asked for once: a pipe cannot be read twice.
    func chunks() -> () throws -> [UInt8]? {
        var isFirst = true
        return { [next, head] in
            guard isFirst else { return try next() }
            isFirst = false
            return head.isEmpty ? nil : head
        }
    }
}

extension Failure {
    static let importFileGone = Failure(
        .gone, "import.file_gone", "The server no longer has the file that was to be imported. Send it again.")
}
