import Foundation
import Testing

/// The web app as files; `Tests/Browser` has it in a browser.
@Suite struct WebAppTests {
    /// The page's files in the source tree.
    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "../../Sources/WebApp/Page").standardized

    private static func fileNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test func `the page says what it may load, and everything it loads is there`() async throws {
        try await withServer { server in
            let client = try server.client()
            for path in ["/", "/journal"] {
                let page = try client.get(path)
                #expect(page.status == 200)
                #expect(page["content-type"] == "text/html; charset=utf-8")
                #expect(
                    page["content-security-policy"]
                        == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                        + "img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
                #expect(page["x-content-type-options"] == "nosniff")
                #expect(page["referrer-policy"] == "no-referrer")
            }
            let types = [
                "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
            ]
            for name in try Self.fileNames() where !name.hasSuffix(".html") {
                let part = try client.get("/app/" + name)
                #expect(part.status == 200, "\(name)")
                #expect(part["content-type"] == types[String(name.split(separator: ".").last ?? "")], "\(name)")
                #expect(try part.text == Self.text(name), "\(name)")
            }
        }
    }

    @Test func `a browser that has a file is not sent it again`() async throws {
        try await withServer { server in
            let client = try server.client()
            for path in ["/", "/app/account.js"] {
                let first = try client.get(path)
                let tag = try #require(first["etag"])
                #expect(first["cache-control"] == "no-cache")
                #expect(tag.hasPrefix("\""))
                for known in [tag, "W/" + tag, "\"other\", \(tag)", "*"] {
                    let again = try client.get(path, ["If-None-Match": known])
                    #expect(again.status == 304, "\(known)")
                    #expect(again.text.isEmpty)
                    #expect(again["etag"] == tag)
                }
                #expect(try client.get(path, ["If-None-Match": "\"other\""]).status == 200)
            }
            let tags = try Set(["/", "/app/account.js", "/app/api.js"].map { try client.get($0)["etag"] })
            #expect(tags.count == 3)
        }
    }

    @Test func `there is nothing but the page's files`() async throws {
        try await withServer { server in
            let client = try server.client()
            for path in ["/app/account.html", "/app/../api/v1/auth/me", "/app/%2e%2e/account.js", "/app/none.js"] {
                #expect(try client.get(path).status == 404, "\(path)")
            }
        }
    }

    @Test func `the page has no script or style in its text, and puts no markup together`() throws {
        for name in try Self.fileNames() where name.hasSuffix(".html") {
            let page = try Self.text(name)
            #expect(try page.matches(of: Regex("<script")).count == page.matches(of: Regex("<script [^>]*src=")).count)
            for word in ["<style", " style=", " onclick=", " onload=", "javascript:"] { #expect(!page.contains(word)) }
        }
        for name in try Self.fileNames() where name.hasSuffix(".js") {
            let text = try Self.text(name)
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                #expect(!text.contains(word), "\(name) uses \(word)")
            }
        }
    }
}
