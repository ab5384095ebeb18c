import Foundation
import Testing

/// What the server says of itself. That it keeps to it is what `Tests/Browser/test_openapi.py` finds out.
@Suite struct DocumentTests {
    private static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "../../docs/openapi.json").standardized

    /// `RECORD=1 swift test --filter DocumentTests` writes it anew.
    @Test func `the document in the repository is the one that is served`() async throws {
        try await withServer { server in
            let answer = try server.client().get("/api/v1/openapi.json")
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/json")
            if ProcessInfo.processInfo.environment["RECORD"] != nil {
                try Data(answer.body).write(to: Self.path, options: .atomic)
            }
            let known = try? String(contentsOf: Self.path, encoding: .utf8)
            #expect(known == answer.text, "run RECORD=1 swift test --filter DocumentTests")
        }
    }

    @Test func `every operation says who may call it and what it answers`() async throws {
        try await withServer { server in
            let document = try server.client().get("/api/v1/openapi.json").json
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            #expect(paths.count > 20)
            var names: Set<String> = []
            for (path, operations) in paths {
                for (method, operation) in operations {
                    let place = "\(method) \(path)"
                    #expect(names.insert(operation["operationId"] as? String ?? "").inserted, "\(place)")
                    #expect(operation["security"] is [Any], "\(place)")
                    let answers = try #require(operation["responses"] as? [String: Any])
                    #expect(answers.keys.contains { $0.hasPrefix("2") }, "\(place) says nothing of its answers")
                    #expect(answers["default"] != nil, "\(place)")
                    if let body = operation["requestBody"] as? [String: Any] {
                        #expect(!(body["content"] as? [String: Any] ?? [:]).isEmpty, "\(place)")
                    }
                }
            }
        }
    }

    @Test func `every shape that is named is there`() async throws {
        try await withServer { server in
            let answer = try server.client().get("/api/v1/openapi.json")
            let components = try #require(answer.json["components"] as? [String: [String: Any]])
            let schemas = try #require(components["schemas"])
            let reference = try Regex(##""\$ref" ?: "#/components/schemas/([A-Za-z]+)""##)
            let named = Set(answer.text.matches(of: reference).compactMap { $0.output[1].substring.map(String.init) })
            #expect(named.contains("Error"))
            #expect(named.subtracting(schemas.keys).isEmpty)
            #expect(Set(schemas.keys).subtracting(named).isEmpty)
        }
    }

    @Test func `the page shows every route, loads nothing from elsewhere and runs nothing`() async throws {
        try await withServer { server in
            let client = try server.client()
            let page = try client.get("/docs")
            #expect(page.status == 200)
            #expect(page["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(page["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'self'"))
            #expect(!policy.contains("unsafe"))
            #expect(!page.text.contains("<script"))
            let paths = try #require(try client.get("/api/v1/openapi.json").json["paths"] as? [String: Any])
            for path in paths.keys { #expect(page.text.contains("<code>\(path)</code>"), "\(path)") }
            for match in page.text.matches(of: try Regex(#"(?:href|src)="([^"]+)""#)) {
                let target = try #require(match.output[1].substring)
                if target.hasPrefix("#") {
                    #expect(page.text.contains("id=\"\(target.dropFirst())\""), "\(target)")
                } else {
                    #expect(try client.get(String(target)).status == 200, "\(target)")
                }
            }
            #expect(try client.get("/").text.contains("href=\"/docs\""))
        }
    }
}
