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
    private let base: String

    package init(_ tables: [RouteTable], title: String, version: String, about: String, base: String) {
        self.title = title
        self.version = version
        self.about = about
        self.base = base
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

    /// How a person lets a program call a route, by the name in the document.
    private static let securitySchemes: JSONNode = [
        "bearer": [
            "type": "http", "scheme": "bearer",
            "description": "The access token that a device, an extension or a program has got.",
        ],
        "cookie": [
            "type": "apiKey", "in": "cookie", "name": "access_token",
            "description": "What a browser gets when its person signs in; it counts on pages of this site only.",
        ],
    ]

    private static let failureResponse: JSONNode = [
        "description": "It was refused, or it failed.",
        "content": ["application/json": ["schema": ["$ref": .text(ShapeSchema.componentsPath + "Error")]]],
    ]

    package var node: JSONNode {
        var writer = OperationWriter()
        var paths: [String: [String: JSONNode]] = [:]
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
                "schemas": .object(writer.components), "responses": ["Failure": Self.failureResponse],
                "securitySchemes": Self.securitySchemes,
            ],
        ]
    }
}
