import Foundation
import Journal
import Primitives
import Storage
import Sync

/// Writes a journal into a directory, in a format that outlives this program.
struct Export: Sendable {
    struct Outcome: Sendable {
        var rows: [(table: String, count: Int)] = []
        var imageCount = 0
        /// Images whose bytes are not on this device.
        var absentCount = 0
    }

    private static let nameCountMax = 80

    let journal: JournalFile
    let blobs: BlobStore
    let directory: String
    /// What is written next, and how far it is.
    let progress: @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void

    func run(_ format: ExportFormat) async throws -> Outcome {
        var outcome = Outcome()
        try PrivateFile.createDirectory(directory)
        // Entries are pages: in Markdown each is a file of its own.
        for (done, table) in ExportTable.all.enumerated() {
            progress(table.name, done, ExportTable.all.count + 1)
            let isPages = table.hasPages && format == .markdown
            let path = "\(directory)/\(table.name).\(format.fileExtension)"
            let count = isPages ? try await writePages() : try await journal.export(table, as: format, to: path)
            outcome.rows.append((table.name, count))
        }
        try await writeImages(&outcome)
        return outcome
    }

    private func writePages() async throws -> Int {
        let folder = directory + "/entries"
        try PrivateFile.createDirectory(folder)
        let table = ExportTable.entries
        return try await journal.read { db in
            var count = 0
            try ExportStore(db).each(table) { cells in
                let page = MarkdownPage(table, cells)
                let id = (page.fields["id"] ?? "").suffix(8)
                let parts = [page.fields["day"], page.fields["title"]].compactMap(\.self)
                let file = try ExportFile("\(folder)/\(Self.fileName(parts.joined(separator: "-")))-\(id).md")
                try file.write(page.text)
                try file.close()
                count += 1
            }
            return count
        }
    }

    private func writeImages(_ outcome: inout Outcome) async throws {
        let images = try await journal.read { try ImageStore($0).list() }
        guard !images.isEmpty else { return }
        let folder = directory + "/images"
        try PrivateFile.createDirectory(folder)
        for (done, image) in images.enumerated() {
            progress("the pictures", done, images.count)
            guard let name = BlobName(bytes: image.sha256), blobs.has(name) else {
                outcome.absentCount += 1
                continue
            }
            // Two images may have one name; the id's end, which `images` lists too, keeps them apart.
            let file = try ExportFile("\(folder)/\(Lookup.short(image.id))-\(Self.fileName(image.name))")
            try file.write(try await blobs.read(name))
            try file.close()
            outcome.imageCount += 1
        }
    }

    /// A name that every file system takes, and that leads nowhere else.
    static func fileName(_ text: String) -> String {
        let allowed = text.unicodeScalars.map { scalar -> Character in
            let isSafe = scalar.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains(scalar)
            return isSafe ? Character(scalar) : "-"
        }
        let name = String(allowed.prefix(nameCountMax).drop { $0 == "." || $0 == "-" })
        return name.isEmpty ? "untitled" : name
    }
}
