import Primitives

/// One of the XML files of which a workbook is made, element by element.
final class WorkbookPart {
    private let markup = MarkupReader(.xml)
    private let nextChunk: () throws -> [UInt8]?
    private let name: String
    /// How much of it was unpacked.
    var bytesTaken: Int64 { markup.bytesFetched }

    init(_ name: String, nextChunk: @escaping () throws -> [UInt8]?) {
        self.name = name
        self.nextChunk = nextChunk
    }

    /// Nil at the end. Throws `import.bad_workbook`.
    func next() throws -> MarkupEvent? {
        if let event = try markup.next(from: nextChunk) { return event }
        if let problem = markup.problem { throw Failure.importBadWorkbook("\(name): \(problem)") }
        return nil
    }
}

/// What one part of a workbook says of others (ECMA-376 part 2, 9.3).
struct WorkbookRelations {
    struct Relation {
        /// The last word of its type, which is the same in both editions of the standard: `worksheet`.
        let kind: String
        /// From the root of the archive.
        let path: String
    }

    /// More than any workbook has sheets and other parts.
    static let countMax = 10_000

    private(set) var byID: [String: Relation] = [:]

    /// - Parameter folder: in which the part lies that has these relations.
    init(_ part: WorkbookPart, folder: String) throws {
        while let event = try part.next() {
            guard case .open("Relationship", let attributes) = event, let id = attributes["Id"],
                let target = attributes["Target"], byID.count < Self.countMax
            else { continue }
            let kind = attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
            byID[id] = Relation(kind: kind, path: Self.path(target, in: folder))
        }
    }

    func path(of kind: String) -> String? { byID.values.first { $0.kind == kind }?.path }

    private static func path(_ target: String, in folder: String) -> String {
        var parts: [Substring] = target.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

extension [MarkupAttribute] {
    subscript(name: String) -> String? { first { $0.name == name }?.value }
}

extension Failure {
    static func importBadWorkbook(_ reason: String) -> Failure {
        Failure(
            .invalid, "import.bad_workbook",
            "The workbook cannot be read on (\(reason)): open it in a spreadsheet, save it anew, and import that.")
    }

    static func importWorkbookTooLarge(_ reason: String) -> Failure {
        Failure(
            .tooLarge, "import.workbook_too_large",
            "The workbook \(reason): save its sheet as CSV, and import that.")
    }
}
