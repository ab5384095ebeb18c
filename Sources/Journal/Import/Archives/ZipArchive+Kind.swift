import Primitives

/// What the names of its files make of an archive.
extension ZipArchive {
    package enum Kind {
        /// Files that somebody packed.
        case files
        case workbook
    }

    /// - Throws: `import.other_spreadsheet` for what another program keeps in a ZIP.
    package var kind: Kind {
        get throws(Failure) {
            let names = Set(entries.map { $0.name.replacing("\\", with: "/").lowercased() })
            if names.contains("xl/workbook.bin") { throw .importOtherSpreadsheet("a binary workbook of Excel (.xlsb)") }
            if names.contains("index/document.iwa") || names.contains("index.zip") {
                throw .importOtherSpreadsheet("a file of Numbers, Pages or Keynote")
            }
            if names.contains("mimetype"), names.contains("content.xml") {
                throw .importOtherSpreadsheet("an OpenDocument file (.ods)")
            }
            guard names.contains("[content_types].xml") else { return .files }
            if names.contains("word/document.xml") || names.contains("ppt/presentation.xml") {
                throw .importOtherSpreadsheet("a document of Word or PowerPoint")
            }
            return .workbook
        }
    }
}

/// Files of Excel before 2007, and later ones with a password, which are kept in the same container ([MS-CFB] 2.2).
package enum OldWorkbook {
    package static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
    }

    /// What is to be said of one, by the names in what was read of it.
    package static func failure(_ head: [UInt8]) -> Failure {
        if contains(head, "EncryptedPackage") { return .importLockedWorkbook }
        return .importOtherSpreadsheet("an old workbook of Excel (.xls), or one with a password")
    }

    /// Names are in UTF-16 there.
    private static func contains(_ bytes: [UInt8], _ name: String) -> Bool {
        !bytes.ranges(of: name.utf8.flatMap { [$0, 0] }).isEmpty
    }
}

extension Failure {
    static func importOtherSpreadsheet(_ what: String) -> Failure {
        Failure(
            .invalid, "import.other_spreadsheet",
            "The file is \(what): open it in its program, save the table as .xlsx or as CSV, and import that.")
    }

    static let importLockedWorkbook = Failure(
        .invalid, "import.locked_archive",
        "The workbook is locked by a password: open it, save it without the password, and import that.")
}
