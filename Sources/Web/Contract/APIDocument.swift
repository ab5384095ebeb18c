import Primitives

/// The routes as an OpenAPI 3.1 document: what a program needs to call them, in the words of the tables that register
/// them. Nothing in it is written twice, so nothing in it can be out of date.
package struct APIDocument: Sendable {
    /// The routes of one folder, in the order in which they were registered.
    package struct Chapter: Sendable {
        package let title: String
        package fileprivate(set) var routes: [RouteTable.Route]
    }

    package let chapters: [Chapter]
    package let title: String
    package let version: String
    package let about: String
    /// Below which path most routes are.
    package let base: String
    /// How all of them tell what went wrong.
    let failures: FailureShape

    package init(_ tables: [RouteTable], title: String, version: String, about: String, base: String) {
        self.title = title
        self.version = version
        self.about = about
        self.base = base
        failures = tables.first?.failures ?? .standard
        var chapters: [Chapter] = []
        for route in tables.flatMap(\.routes) {
            let title = Self.chapter(of: route.path, base)
            if let index = chapters.firstIndex(where: { $0.title == title }) {
                chapters[index].routes.append(route)
            } else {
                chapters.append(Chapter(title: title, routes: [route]))
            }
        }
        self.chapters = chapters
    }

    /// The first folder of the path that says something.
    private static func chapter(of path: String, _ base: String) -> String {
        guard path.hasPrefix(base + "/") else { return "server" }
        let folders = path.dropFirst(base.count).split(separator: "/")
        let telling = folders.first == "journal" ? folders.dropFirst().first : folders.first
        guard let telling, !serverFolders.contains(String(telling)) else { return "server" }
        return telling.hasPrefix("{") ? "journal" : String(telling)
    }

    /// What tells of the server itself and of no journal.
    private static let serverFolders: Set<String> = ["health", "metrics", "openapi.json"]

    /// How callers show who they are, by the name in the document.
    private var securitySchemes: JSON {
        let schemes = chapters.flatMap(\.routes).flatMap(\.admits.schemes)
        return .object(Dictionary(schemes.map { ($0.name, $0.node) }) { first, _ in first })
    }

    private var failureResponse: JSON {
        var schema = ShapeSchema(.answer)
        return [
            "description": "It was refused, or it failed.",
            "content": ["application/json": ["schema": schema.node(of: failures.shape)]],
        ]
    }

    package var node: JSON {
        var writer = OperationWriter(failures)
        var paths: [String: [String: JSON]] = [:]
        for chapter in chapters {
            for route in chapter.routes {
                paths[route.path, default: [:]][route.method.lowercased()] = writer.node(of: route, chapter.title)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .text(title), "version": .text(version), "description": .text(about)],
            "servers": [["url": "/"]],
            "tags": .list(chapters.map { ["name": .text($0.title)] }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(writer.components), "responses": ["Failure": failureResponse],
                "securitySchemes": securitySchemes,
            ],
        ]
    }
}
