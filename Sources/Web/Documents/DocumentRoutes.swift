import Primitives

/// Shows what the routes of a family are, to programs (OpenAPI 3.1) and to people.
package struct DocumentRoutes: Sendable {
    private let document: APIDocument

    /// - Parameters:
    ///   - tables: all other routes of the family.
    ///   - base: the path below which most of them are.
    ///   - about: what the family is for, in Markdown.
    /// - Returns: the routes that show all of them, and themselves.
    package static func tables(for tables: [RouteTable], base: String, about: String) -> [RouteTable] {
        let own = DocumentRoutes(tables, base, about).tables
        return DocumentRoutes(tables + own, base, about).tables
    }

    private init(_ tables: [RouteTable], _ base: String, _ about: String) {
        document = APIDocument(tables, title: "Daybook", version: Release.version, about: about, base: base)
    }

    private var tables: [RouteTable] {
        // Indented, because it is also kept in the repository.
        let program = Self.file(document.node.description + "\n", type: "application/json")
        let page = Self.file(DocumentPage(document).text, type: "text/html; charset=utf-8")
        var table = RouteTable(document.base, admits: .anyone)
        table.get(
            "/openapi.json", "Read this document", reads: [], answers: [200: .json(.map(of: .anything))],
            { _ in program.answer(contentSecurityPolicy: DocumentPage.contentSecurityPolicy) })
        var root = RouteTable("", admits: .anyone)
        root.get(
            "/docs", "Read this document as a page", reads: [], answers: [200: .text("text/html")],
            { _ in page.answer(contentSecurityPolicy: DocumentPage.contentSecurityPolicy) })
        return [table, root]
    }

    private static func file(_ text: String, type: String) -> StaticFile { StaticFile(Array(text.utf8), type: type) }
}
