/// What the name or the beginning of a file in an archive says of it.
enum MemberName {
    /// Whether it may be a table.
    static func isTable(_ name: String) -> Bool {
        guard !isHidden(name) else { return false }
        let file = name.split(separator: "/").last ?? ""
        guard let point = file.lastIndex(of: ".") else { return true }
        return !otherEndings.contains(file[file.index(after: point)...].lowercased())
    }

    /// Directories, and what systems add that nobody packed: `__MACOSX/`, `.DS_Store`, `Thumbs.db`.
    static func isHidden(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasSuffix("/") else { return true }
        let parts = name.split(separator: "/")
        let isOfSystem = parts.contains { $0 == "__MACOSX" || $0.hasPrefix(".") && $0 != "." && $0 != ".." }
        return isOfSystem || ["thumbs.db", "desktop.ini"].contains(parts.last?.lowercased())
    }

    private static let otherEndings: Set<String> = [
        "pdf", "png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "heic", "tif", "tiff", "doc", "docx", "odt", "rtf",
        "ppt",
        "pptx", "md", "css", "js", "exe", "dll", "lnk", "url", "eml", "ics", "mp3", "mp4", "mov", "sha256", "md5",
        "sig", "asc",
    ]

    /// Whether bytes begin as those of a document or picture do: `%PDF`, PNG, JPEG, GIF.
    static func isPicture(_ head: [UInt8]) -> Bool {
        [[0x25, 0x50, 0x44, 0x46], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38]].contains {
            head.starts(with: $0)
        }
    }
}
