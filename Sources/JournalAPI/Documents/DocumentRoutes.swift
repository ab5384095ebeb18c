import Foundation
import Primitives
import Web

/// What the routes are, for programs (OpenAPI 3.1) and for people.
struct DocumentRoutes: Sendable {
    static let base = "/api/v1"

    private static let about = """
        Daybook keeps a person's trading journal. A write over REST is a commit of the server's replica of that journal: \
        devices get it with their next sync, and it overwrites nothing that a device wrote at the same time.

        Ids are UUIDs, times are ISO 8601 in UTC, days are in the person's zone. Money, prices and quantities are exact \
        decimals, written as text; they may be sent as numbers. What is not known is null.
        """

    private let document: APIDocument

    /// - Parameter tables: all the others.
    /// - Returns: the routes that show all of them, and themselves.
    static func tables(for tables: [RouteTable]) -> [RouteTable] {
        let own = DocumentRoutes(tables).tables
        return DocumentRoutes(tables + own).tables
    }

    private init(_ tables: [RouteTable]) {
        document = APIDocument(
            tables, title: "Daybook", version: Release.version, about: Self.about, base: Self.base)
    }

    private var tables: [RouteTable] {
        let program = Self.file(Self.text(of: document.node), type: "application/json")
        let page = Self.file(DocumentPage(document).text, type: "text/html; charset=utf-8")
        var table = RouteTable(Self.base, admits: .anyone)
        table.get(
            "/openapi.json", "Read this document", reads: [], answers: [200: .json(.map(of: .anything))],
            { _ in Self.answer(program, DocumentPage.contentSecurityPolicy) })
        var root = RouteTable("", admits: .anyone)
        root.get(
            "/docs", "Read this document as a page", reads: [], answers: [200: .text("text/html")],
            { _ in Self.answer(page, DocumentPage.contentSecurityPolicy) })
        return [table, root]
    }

    /// Indented and in order, because it is also kept in the repository.
    private static func text(of node: JSONNode) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return ((try? encoder.encode(node)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
    }

    private static func file(_ text: String, type: String) -> DeskFile { DeskFile(Array(text.utf8), type: type) }

    private static func answer(_ file: DeskFile, _ contentSecurityPolicy: String) -> Answer {
        var answer = Answer(file.bytes, type: file.mediaType)
        answer["etag"] = file.tag
        answer["cache-control"] = "no-cache"
        answer["content-security-policy"] = contentSecurityPolicy
        return answer
    }
}
