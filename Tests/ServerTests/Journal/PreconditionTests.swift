import Foundation
import Testing

/// Edits that say by `If-Match` what they were made to.
@Suite struct PreconditionTests {
    @Test func `an edit of what has changed is refused with what it is now, and nothing is written`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let path = "/trades/\(try person.trade()["id"].text ?? "")"
            let read = try #require(try person.get(path)["etag"])
            let other = try person.send("PATCH", path, ["rating": 5], ["If-Match": read])
            #expect(other.status == 200)
            let tag = try #require(other["etag"])
            #expect(tag != read)

            for (method, place, body) in [
                ("PATCH", path, ["rating": 1]), ("PATCH", path + "/notes", ["notes": "Too late."]),
                ("POST", path + "/tags", ["names": ["late"]]), ("DELETE", path, nil),
            ] as [(String, String, [String: Any]?)] {
                let answer = try person.send(method, place, body, ["If-Match": read])
                #expect(answer.status == 412, "\(method) \(place)")
                #expect(answer.code == "request.stale")
                #expect("\(answer.tree["details"])" == "\(other.tree)")
            }
            let now = try person.get(path)
            #expect(now["etag"] == tag)
            #expect(now.tree["rating"].count == 5)
            #expect(try person.send("DELETE", path, nil, ["If-Match": "\"other\", \(tag)"]).status == 200)
        }
    }

    @Test func `without it the write is taken, and a star asks only that there is something`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let path = "/trades/\(try person.trade()["id"].text ?? "")"
            #expect(try person.send("PATCH", path, ["rating": 5]).status == 200)
            #expect(try person.send("PATCH", path, ["rating": 4], ["If-Match": "*"]).status == 200)
            #expect(try person.send("DELETE", path).status == 200)
            #expect(try person.send("PATCH", path, ["rating": 3], ["If-Match": "*"]).status == 404)
        }
    }

    @Test func `who has it already is told so`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let path = "/trades/\(try person.trade()["id"].text ?? "")"
            let tag = try #require(try person.get(path)["etag"])
            #expect(try person.get(path, ["If-None-Match": tag]).status == 304)
            try person.ask("PATCH", path, ["rating": 1])
            #expect(try person.get(path, ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func `tags and settings have versions too`() async throws {
        try await withServer { server in
            let person = try Trader(server)
            let tag = try person.ask("POST", "/tags", ["name": "late"])
            for (path, body) in [
                ("/tags/\(tag["id"].text ?? "")", ["name": "later"]), ("/settings", ["zone": "Europe/Berlin"]),
            ] {
                let read = try #require(try person.get(path)["etag"])
                #expect(try person.send("PUT", path, body, ["If-Match": read]).status == 200)
                let answer = try person.send("PUT", path, body, ["If-Match": read])
                #expect(answer.status == 412)
                #expect(answer.tree["details"].has(path == "/settings" ? "zone" : "name"))
            }
        }
    }
}
